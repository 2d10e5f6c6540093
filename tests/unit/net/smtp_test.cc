#include "net/smtp.h"

#include <algorithm>
#include <fstream>
#include <future>

#include <doctest/doctest.h>

#include "support/temp_dir.h"
#include "unit/net/smtp_peer.h"

using namespace waybill;
using namespace waybill::net;
using namespace waybill::testing;
using MailError = SmtpError::Kind;

namespace {

SmtpOptions to_peer(const SmtpPeer& peer) {
  SmtpOptions options;
  options.host = "127.0.0.1";
  options.port = peer.port;
  options.connections = 1;
  return options;
}

Mail mail(const std::string& body = "Subject: s\r\n\r\ntext\r\n") {
  return {"from@example.com", {"to@example.com"}, body};
}

std::future<SmtpResult> submit(SmtpClient& client, Mail what) {
  auto promise = std::make_shared<std::promise<SmtpResult>>();
  client.submit(std::move(what), [promise](SmtpResult result) { promise->set_value(std::move(result)); });
  return promise->get_future();
}

SmtpResult taken(std::future<SmtpResult> future) {
  REQUIRE(future.wait_for(std::chrono::seconds{20}) == std::future_status::ready);
  return future.get();
}

SmtpResult send(const SmtpOptions& options, Mail what = mail()) {
  SmtpClient client(options);
  return taken(submit(client, std::move(what)));
}

SmtpPeer::Answer answers(const std::string& begin, const char* reply) {
  return [begin, reply](const std::string& command) -> const char* {
    return command.starts_with(begin) && (!begin.empty() || command.empty()) ? reply : nullptr;
  };
}

// The error of a mail to a server that answers so to commands that begin so.
SmtpError refused(const std::string& command, const char* reply) {
  SmtpPeer peer(answers(command, reply));
  const SmtpResult result = send(to_peer(peer));
  REQUIRE(result.has_error());
  return result.error();
}

}  // namespace

TEST_CASE("a mail reaches the server with its envelope, its text, and its dots") {
  SmtpPeer peer;
  const std::string text = "Subject: s\r\n\r\n.\r\n..two\r\n.x\r\nend.\r\n";
  REQUIRE(send(to_peer(peer), mail(text)).has_value());
  const auto commands = peer.commands();
  CHECK(std::count_if(commands.begin(), commands.end(), [&](const std::string& each) {
          return each.starts_with("MAIL FROM:<from@example.com>") || each == "RCPT TO:<to@example.com>";
        }) == 2);
  REQUIRE(peer.mails().size() == 1);
  CHECK(peer.mails()[0] == "Subject: s\r\n\r\n..\r\n...two\r\n..x\r\nend.\r\n");
}

TEST_CASE("a connection is used for mail after mail, and opened anew when the server closed it") {
  SmtpPeer peer([n = 0](const std::string& command) mutable -> const char* {
    return command == "RCPT TO:<bye@example.com>" && ++n == 1 ? SmtpPeer::kHangUp : nullptr;
  });
  SmtpClient client(to_peer(peer));
  for (int i = 0; i < 5; ++i) REQUIRE(taken(submit(client, mail())).has_value());
  CHECK(peer.connections() == 1);
  CHECK(taken(submit(client, {"from@example.com", {"bye@example.com"}, "x\r\n"})).error().kind == MailError::broken);
  REQUIRE(taken(submit(client, mail())).has_value());
  CHECK(peer.connections() == 2);
  CHECK(peer.mails().size() == 6);
}

TEST_CASE("a refusal says whether trying again can help, in the server's words") {
  const SmtpError unknown = refused("RCPT", "550 5.1.1 no such user here");
  CHECK(unknown.kind == MailError::rejected);
  CHECK(unknown.reply == 550);
  CHECK(unknown.message == "550 5.1.1 no such user here");
  CHECK_FALSE(unknown.of_content);
  CHECK(refused("RCPT", "450 greylisted").kind == MailError::later);
  CHECK(refused("MAIL", "452 disk full").kind == MailError::later);
  CHECK(refused("MAIL", "553 not this sender").kind == MailError::rejected);
  CHECK(refused("DATA", "554 no valid recipients").kind == MailError::rejected);
  CHECK(refused("", "421 too busy").kind == MailError::later);
  const SmtpError spam = refused(".", "550-this\r\n550 is spam");
  CHECK(spam.kind == MailError::rejected);
  CHECK(spam.of_content);
  CHECK(spam.message == "550-this 550 is spam");
  CHECK(refused(".", "451 scanner failed").kind == MailError::later);
  CHECK(refused("MAIL", "552 too large").of_content);
}

TEST_CASE("what is wrong with the login or the server itself is not held against the mail") {
  CHECK(refused("MAIL", "530 5.7.0 authentication required").kind == MailError::auth);
  CHECK(refused("", "554 no SMTP service here").kind == MailError::connect);
  CHECK(refused("", SmtpPeer::kHangUp).kind == MailError::broken);
  CHECK(refused(".", SmtpPeer::kHangUp).kind == MailError::broken);
}

TEST_CASE("without STARTTLS on offer a client that wants it sends nothing") {
  SmtpPeer peer;
  SmtpOptions options = to_peer(peer);
  options.tls = SmtpOptions::Tls::starttls;
  CHECK(send(options).error().kind == MailError::tls);
  CHECK(peer.mails().empty());
  for (const std::string& command : peer.commands()) CHECK_FALSE(command.starts_with("MAIL"));
}

TEST_CASE("the password is read for each mail") {
  TempDir directory;
  SmtpPeer peer([](const std::string& command) -> const char* {
    if (command.starts_with("EHLO")) return "250-peer\r\n250 AUTH PLAIN";
    if (command == "AUTH PLAIN") return "334 ";
    if (command == "AHVzZXIAcmlnaHQ=") return "235 welcome";  // user, right
    return command.starts_with("AHVz") ? "535 5.7.8 wrong password" : nullptr;
  });
  SmtpOptions options = to_peer(peer);
  options.username = "user";
  options.password_file = directory.path() / "password";
  SmtpClient client(options);
  const SmtpError missing = taken(submit(client, mail())).error();
  CHECK(missing.kind == MailError::auth);
  CHECK(missing.message.find(options.password_file) != std::string::npos);
  options.password_file = directory.path();
  CHECK(send(options).error().kind == MailError::auth);
  options.password_file = directory.path() / "password";
  std::ofstream(options.password_file) << "wrong\n";
  const SmtpError wrong = taken(submit(client, mail())).error();
  CHECK(wrong.kind == MailError::auth);
  CHECK(wrong.message == "535 5.7.8 wrong password");
  std::ofstream(options.password_file) << "right\n";
  CHECK(taken(submit(client, mail())).has_value());
}

TEST_CASE("an address cannot carry a command") {
  SmtpPeer peer;
  for (const char* address : {"a@b\r\nDATA", "a@b>\r\nRCPT TO:<c@d", "a b@c", "", "a", "\"a\"@b", "a@b\n"}) {
    CAPTURE(address);
    CHECK(send(to_peer(peer), {"from@example.com", {address}, "x\r\n"}).error().kind == MailError::invalid);
    CHECK(send(to_peer(peer), {address, {"to@example.com"}, "x\r\n"}).error().kind == MailError::invalid);
  }
  CHECK(peer.connections() == 0);
}

TEST_CASE("a port where nobody listens") {
  std::uint16_t port = 0;
  {
    SmtpPeer peer;
    port = peer.port;
  }
  SmtpOptions options;
  options.host = "127.0.0.1";
  options.port = port;
  CHECK(send(options).error().kind == MailError::connect);
}

TEST_CASE("a server that does not answer is given up after the timeout, and mails behind it in the queue go unsent") {
  std::promise<void> over;
  SmtpPeer peer([done = over.get_future().share()](const std::string& command) -> const char* {
    if (command.starts_with("MAIL")) done.wait();
    return nullptr;
  });
  SmtpOptions options = to_peer(peer);
  options.timeout = std::chrono::milliseconds{300};
  options.queue_timeout = std::chrono::milliseconds{50};
  SmtpClient client(options);
  auto first = submit(client, mail());
  auto second = submit(client, mail());
  CHECK(taken(std::move(first)).error().kind == MailError::timeout);
  CHECK(taken(std::move(second)).error().kind == MailError::busy);
  over.set_value();
}

TEST_CASE("stopping ends what hangs and answers what waits") {
  std::promise<void> arrived, over;
  SmtpPeer peer([&arrived, done = over.get_future().share()](const std::string& command) -> const char* {
    if (command.starts_with("MAIL")) {
      arrived.set_value();
      done.wait();
    }
    return nullptr;
  });
  SmtpClient client(to_peer(peer));
  auto first = submit(client, mail());
  arrived.get_future().wait();
  auto second = submit(client, mail());
  client.stop(std::chrono::milliseconds{10});
  CHECK(taken(std::move(first)).error().kind == MailError::stopped);
  CHECK(taken(std::move(second)).error().kind == MailError::stopped);
  CHECK(taken(submit(client, mail())).error().kind == MailError::stopped);
  over.set_value();
}

TEST_CASE("a full queue says so at once") {
  std::promise<void> over;
  SmtpPeer peer([done = over.get_future().share()](const std::string&) -> const char* {
    done.wait();
    return nullptr;
  });
  SmtpOptions options = to_peer(peer);
  options.queue = 0;
  SmtpClient client(options);
  CHECK(taken(submit(client, mail())).error().kind == MailError::busy);
  over.set_value();
}
