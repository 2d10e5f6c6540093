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

Letters letter(const std::string& id = "id") { return Letters().add(id, "Subject", "Text"); }

// A transport on a clock that stands still, with what came of each notification.
struct Post {
  explicit Post(std::size_t digest_above = 2, const std::string& topic_properties = "{}")
      : transport(mails, topology, wall, [this] { return ++last_id; },
                  {"waybill@example.com", "mail.example.com:587", digest_above}) {
    Topology::EndpointNumbers numbers;
    const auto catalog = catalog_of({resource("AWS::SNS::Topic", "alerts", topic_properties)});
    topology.set(Topology::build(catalog.value(), Place{}, numbers).value());
  }
  void send(const Letters& letters, const std::string& address = "a@example.com") { send(letters.outgoing(), address); }
  void send(const std::vector<Outgoing>& outgoing, const std::string& address = "a@example.com") {
    transport.send(email_subscription(address), outgoing, [this](Sent sent) { outcomes.push_back(std::move(sent)); });
  }
  // What the store would hand out again after it took the latest outcome.
  void send_instead(std::size_t index = 0) {
    const NewDelivery next = outcomes.back().instead.deliveries.at(index);
    send({{next.delivery, *next.payload}});
  }
  // More than the rate allows, and then a minute has passed.
  void storm() {
    for (int i = 0; i < 4; ++i) send(letter("storm-" + std::to_string(i)));
    while (mails.open() > 0) mails.take();
    wall.advance(EmailRate::kMinute);
    REQUIRE(joint() > 1);
    outcomes.clear();
    mails.mails.clear();
  }
  std::size_t joint() const { return transport.joint_limit(email_subscription("a@example.com")); }

  FakeWallClock wall;
  FakeMailSender mails;
  Snapshot<Topology> topology;
  std::int64_t last_id = 100;
  EmailTransport transport;
  std::vector<Sent> outcomes;
};

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
  CHECK(post.mails.mails.size() == 2);  // the digest is stored first
  post.send_instead();
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

TEST_CASE("what is too much for one e-mail becomes several digests") {
  Post post;
  Letters letters;
  const std::string large(262'144, 'x');
  for (int i = 0; i < 21; ++i) letters.add("id-" + std::to_string(i), "s", large);
  post.send(letters);
  const Sent joined = post.outcomes.at(0);
  REQUIRE(joined.instead.deliveries.size() == 2);
  CHECK(notifications_in(*joined.instead.deliveries[0].payload).size() == 19);
  CHECK(notifications_in(*joined.instead.deliveries[1].payload).size() == 2);
}

TEST_CASE("a digest is the same e-mail whenever it is sent again, whatever else waits and whoever sends it") {
  Post post;
  post.storm();
  post.send(Letters().add("n1", "", "a").add("n2", "", "b").add("n3", "", "c"));
  REQUIRE(post.outcomes.at(0).instead.deliveries.size() == 1);
  const NewDelivery digest = post.outcomes[0].instead.deliveries[0];
  const std::vector<Outgoing> again{{digest.delivery, *digest.payload}};
  post.send(again);
  post.mails.fail({MailKind::broken, 0, false, "the connection was lost after the text"});
  CHECK(post.outcomes.back().kind == OutcomeKind::retriable);
  post.send(again);
  Post after_a_crash;
  after_a_crash.send(again);
  CHECK(says(post.mails.mails.at(0), "Subject: 3 notifications from alerts\r\n"));
  CHECK(post.mails.mails.at(1).text == post.mails.mails[0].text);
  CHECK(after_a_crash.mails.mails.at(0).text == post.mails.mails[0].text);
}

TEST_CASE("after several were joined, and when digests are among what comes, deliveries come alone until those leave") {
  Post post(3);
  post.storm();
  post.send(Letters().add("n1", "", "a").add("n2", "", "b"));
  CHECK(post.joint() == 1);
  const NewDelivery digest = post.outcomes.at(0).instead.deliveries.at(0);
  post.send_instead();
  CHECK(post.joint() > 1);
  post.mails.fail({MailKind::later, 451, false, "451 later"});
  const Letters late = letter("n4");
  std::vector<Outgoing> mixed = late.outgoing();
  mixed.push_back({digest.delivery, *digest.payload});
  post.send(mixed);
  CHECK(post.outcomes.back().kind == OutcomeKind::postponed);
  CHECK(post.outcomes.back().wait == Millis{0});
  CHECK(post.mails.open() == 0);
  for (const Outgoing& each : mixed) {
    CHECK(post.joint() == 1);
    post.send({each});
    post.mails.take();
  }
  CHECK(post.joint() > 1);
}

TEST_CASE("notifications that are refused together for what they hold are tried alone") {
  Post post(2);
  post.storm();
  post.send(Letters().add("b", "", "x").add("c", "", "bad"));
  post.send_instead();
  post.mails.fail({MailKind::rejected, 552, true, "552 too large"});
  CHECK(post.joint() == 1);
  const Sent apart = post.outcomes.back();
  CHECK(apart.kind == OutcomeKind::delivered);  // the digest; its notifications go on
  REQUIRE(apart.instead.deliveries.size() == 2);
  const NewDelivery& bad = apart.instead.deliveries[1];
  post.send({{bad.delivery, *bad.payload}});
  CHECK(says(post.mails.mails.back(), "Message-ID: <c."));
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
