#include "topic/email_transport.h"

#include <doctest/doctest.h>

#include "support/pipeline.h"
#include "unit/topic/outbox.h"

using namespace waybill;
using namespace waybill::topic;
using namespace waybill::testing;
using OutcomeKind = CallOutcome::Kind;
using MailKind = net::SmtpError::Kind;

namespace {

// A transport on a clock that stands still, with what came of each notification.
struct Post {
  explicit Post(std::size_t digest_above = 2, const std::string& topic_properties = "{}")
      : transport(mails, topology, wall, {"waybill@example.com", "mail.example.com:587", digest_above}) {
    Topology::EndpointNumbers numbers;
    const auto catalog = catalog_of({resource("AWS::SNS::Topic", "alerts", topic_properties)});
    topology.set(Topology::build(catalog.value(), Place{}, numbers).value());
  }
  void send(const Letters& letters, const std::string& address = "a@example.com") {
    transport.send(email_subscription(address), letters.outgoing(),
                   [this](CallOutcome outcome) { outcomes.push_back(std::move(outcome)); });
  }
  std::size_t joint() const { return transport.joint_limit(email_subscription("a@example.com")); }

  FakeWallClock wall;
  FakeMailSender mails;
  Snapshot<Topology> topology;
  EmailTransport transport;
  std::vector<CallOutcome> outcomes;
};

Letters letter(const std::string& id = "id") { return Letters().add(id, "Subject", "Text"); }

bool says(const net::Mail& mail, const std::string& text) { return mail.text.find(text) != std::string::npos; }

}  // namespace

TEST_CASE("a notification is delivered once the server has taken its e-mail") {
  Post post;
  post.send(letter());
  REQUIRE(post.mails.mails.size() == 1);
  CHECK(post.outcomes.empty());
  CHECK(says(post.mails.mails[0], "From: \"alerts\" <waybill@example.com>\r\n"));
  post.mails.take();
  REQUIRE(post.outcomes.size() == 1);
  CHECK(post.outcomes[0].kind == OutcomeKind::delivered);
}

TEST_CASE("the topic's DisplayName is who e-mails come from") {
  Post post(2, R"({"DisplayName":"Logistics desk"})");
  post.send(letter());
  CHECK(says(post.mails.mails[0], "From: \"Logistics desk\" <waybill@example.com>\r\n"));
}

TEST_CASE("what failed is retried unless the server refused this e-mail for good") {
  const auto outcome = [](MailKind kind) { return classify({kind, 0, false, "why"}, "mail:25"); };
  for (const MailKind kind :
       {MailKind::connect, MailKind::tls, MailKind::auth, MailKind::later, MailKind::timeout, MailKind::broken}) {
    CHECK(outcome(kind).kind == OutcomeKind::retriable);
    CHECK(outcome(kind).error_message.starts_with("the SMTP server mail:25 "));
    CHECK(outcome(kind).error_message.ends_with(": why"));
  }
  for (const MailKind kind : {MailKind::connect, MailKind::tls, MailKind::auth, MailKind::timeout}) {
    CHECK(outcome(kind).target_down);
  }
  for (const MailKind kind : {MailKind::later, MailKind::broken}) CHECK_FALSE(outcome(kind).target_down);
  CHECK(outcome(MailKind::rejected).kind == OutcomeKind::permanent);
  CHECK(outcome(MailKind::rejected).error_code == "ERROR_FROM_TARGET");
  CHECK(outcome(MailKind::invalid).kind == OutcomeKind::permanent);
  CHECK(outcome(MailKind::auth).error_code == "NO_PERMISSIONS");
  CHECK(outcome(MailKind::timeout).error_code == "TIMEOUT");
  for (const MailKind kind : {MailKind::busy, MailKind::stopped}) {
    CHECK(outcome(kind).kind == OutcomeKind::postponed);
    CHECK(outcome(kind).wait.count() > 0);
  }
}

TEST_CASE("an address that is none is given up without asking the server") {
  Post post;
  for (const char* address : {"nobody", "a@b\r\nRCPT TO:<c@d>", "a b@c", "<a@b>", "a@b,c@d", "@b", "a@", "ü@b"}) {
    CAPTURE(address);
    post.outcomes.clear();
    post.send(letter(), address);
    REQUIRE(post.outcomes.size() == 1);
    CHECK(post.outcomes[0].kind == OutcomeKind::permanent);
    CHECK(post.outcomes[0].error_code == "INVALID_PARAMETER");
  }
  CHECK(post.mails.mails.empty());
}

TEST_CASE("above the rate notifications wait, and then leave in one e-mail") {
  Post post(2);
  for (int i = 0; i < 4; ++i) post.send(letter("id-" + std::to_string(i)));
  CHECK(post.mails.mails.size() == 2);
  REQUIRE(post.outcomes.size() == 2);
  CHECK(post.outcomes[0].kind == OutcomeKind::postponed);
  CHECK(post.outcomes[0].wait == Millis{60'000});
  CHECK(post.joint() == 1);
  post.wall.advance(post.outcomes[0].wait);
  CHECK(post.joint() == 500);
  post.send(Letters().add("id-2", "Third", "c").add("id-3", "Fourth", "d"));
  REQUIRE(post.mails.mails.size() == 3);
  CHECK(says(post.mails.mails[2], "Subject: 2 notifications from alerts\r\n"));
}

TEST_CASE("e-mails that failed do not use up the rate") {
  Post post(2);
  for (int i = 0; i < 20; ++i) {
    post.send(letter());
    REQUIRE(post.mails.open() == 1);
    post.mails.fail({MailKind::connect, 0, false, "nobody listens"});
  }
  CHECK(post.outcomes.size() == 20);
}

TEST_CASE("what is too much for one e-mail leaves in several, and is delivered when all were taken") {
  Post post;
  Letters letters;
  std::string large;
  while (large.size() < 262'144) large += std::string(127, 'x') + "\n";
  for (int i = 0; i < 21; ++i) letters.add("id-" + std::to_string(i), "s", large);
  post.send(letters);
  CHECK(post.mails.open() == 1);
  post.mails.take();
  CHECK(post.outcomes.empty());
  REQUIRE(post.mails.open() == 1);
  CHECK(says(post.mails.mails[0], "Subject: 19 notifications"));
  CHECK(says(post.mails.mails[1], "Subject: 2 notifications"));
  SUBCASE("all") {
    post.mails.take();
    CHECK(post.outcomes.at(0).kind == OutcomeKind::delivered);
  }
  SUBCASE("not all") {
    post.mails.fail({MailKind::later, 451, false, "451 try later"});
    CHECK(post.outcomes.at(0).kind == OutcomeKind::retriable);
  }
}

TEST_CASE("notifications that are refused together for what they hold are tried alone") {
  Post post(1);
  post.send(letter("a"));
  post.send(letter("b"));
  post.wall.advance(EmailRate::kMinute);
  CHECK(post.joint() > 1);
  post.outcomes.clear();
  post.send(Letters().add("b", "", "x").add("c", "", "bad"));
  post.mails.take();
  post.mails.fail({MailKind::rejected, 552, true, "552 too large"});
  REQUIRE(post.outcomes.size() == 2);
  CHECK(post.outcomes[1].kind == OutcomeKind::retriable);
  CHECK(post.joint() == 1);
  post.send(letter("b"));
  post.mails.fail({MailKind::rejected, 552, true, "552 too large"});
  CHECK(post.outcomes.back().kind == OutcomeKind::permanent);
}

TEST_CASE("what keeps e-mails from leaving is known until one leaves") {
  Post post(0);
  CHECK(post.transport.problem() == "");
  post.send(letter());
  post.mails.fail({MailKind::auth, 535, false, "535 wrong password"});
  CHECK(post.transport.problem() == "the SMTP server mail.example.com:587 does not let Waybill in: 535 wrong password");
  post.send(letter());
  post.mails.fail({MailKind::stopped, 0, false, "stopped"});
  CHECK(post.transport.problem() != "");
  post.send(letter());
  post.mails.take();
  CHECK(post.transport.problem() == "");
  post.send(letter());
  post.mails.fail({MailKind::rejected, 550, false, "550 no such user"});
  CHECK(post.transport.problem() == "");
}
