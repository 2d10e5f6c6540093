#include <algorithm>

#include <doctest/doctest.h>

#include "support/fake_clock.h"
#include "topic/lambda_event.h"
#include "topic/webhook_transport.h"
#include "unit/destination/fake_outbound.h"

using namespace waybill;
using namespace waybill::topic;
using namespace waybill::testing;
using Kind = CallOutcome::Kind;

namespace {

const std::string kAlerts = "arn:aws:sns:us-east-1:000000000000:alerts";

struct Receiver {
  FakeOutbound http;
  FakeWallClock wall;
  FakeSteadyClock steady;
  SigningKey key{"", wall};
  WebhookTransport transport{{http, key, wall, steady, [] { return std::string("http://waybill"); }},
                             WebhookShapes::parse({"hooks.slack.com=slack", "*.pagerduty.com=pagerduty"}).value()};
  SubscriptionSpec spec;
  std::string body;
  std::vector<CallOutcome> outcomes;

  Receiver() {
    spec.arn = kAlerts + ":s";
    spec.protocol = "https";
    spec.address = "https://hooks.example/in";
    body = notification("INFO: Delivered", "Shipment 7 <arrived>").dump();
  }
  static NotificationJson notification(const std::string& subject, const std::string& message) {
    NotificationJson stored{{"Type", "Notification"}, {"MessageId", "id-1"}, {"TopicArn", kAlerts}};
    if (!subject.empty()) stored["Subject"] = subject;
    stored["Message"] = message;
    stored["Timestamp"] = "2026-01-01T00:00:00.000Z";
    return stored;
  }
  void send() {
    EndpointSpec endpoint;
    endpoint.kind = EndpointKind::subscription;
    endpoint.target_arn = spec.arn;
    endpoint.topic_arn = kAlerts;
    endpoint.subscription = std::make_shared<const SubscriptionSpec>(spec);
    const Payload payload{PayloadId{1}, PayloadKind::notification, wall.now(), kAlerts, body};
    const Delivery delivery{};
    transport.send(endpoint, {{delivery, payload}},
                   [this](CallOutcome outcome) { outcomes.push_back(std::move(outcome)); });
  }
  std::string header(const std::string& name) const {
    for (const auto& [each, value] : http.calls.back().headers) {
      if (each == name) return value;
    }
    return "";
  }
};

}  // namespace

TEST_CASE("a notification is posted as SNS posts it") {
  Receiver receiver;
  receiver.send();
  const net::HttpCall& call = receiver.http.calls.at(0);
  CHECK(call.method == "POST");
  CHECK(call.url == "https://hooks.example/in");
  CHECK(call.timeout == std::chrono::seconds{15});
  CHECK(receiver.header("Content-Type") == "text/plain; charset=UTF-8");
  CHECK(receiver.header("x-amz-sns-message-type") == "Notification");
  CHECK(receiver.header("x-amz-sns-message-id") == "id-1");
  CHECK(receiver.header("x-amz-sns-topic-arn") == kAlerts);
  CHECK(receiver.header("x-amz-sns-subscription-arn") == kAlerts + ":s");
  CHECK(receiver.header("Idempotency-Key") == idempotency_key("id-1", kAlerts + ":s"));
  CHECK(NotificationJson::parse(call.body).value("Message", "") == "Shipment 7 <arrived>");
  receiver.http.answer(204);
  CHECK(receiver.outcomes.at(0).kind == Kind::delivered);
}

TEST_CASE("raw delivery is the message itself, said by a header and not signed") {
  Receiver receiver;
  receiver.spec.raw = true;
  receiver.spec.policy.content_type = "application/json";
  receiver.send();
  CHECK(receiver.http.calls.at(0).body == "Shipment 7 <arrived>");
  CHECK(receiver.header("x-amz-sns-rawdelivery") == "true");
  CHECK(receiver.header("Content-Type") == "application/json");
}

TEST_CASE("what an answer means is SNS's rule") {
  Receiver receiver;
  struct Row {
    unsigned status;
    Kind kind;
    const char* says;
  };
  for (const Row& row : {Row{200, Kind::delivered, ""}, Row{500, Kind::retriable, "status 500"},
                         Row{503, Kind::retriable, "status 503"}, Row{429, Kind::retriable, "status 429"},
                         Row{400, Kind::permanent, "status 400"}, Row{401, Kind::permanent, "status 401"},
                         Row{409, Kind::permanent, "status 409"}, Row{302, Kind::permanent, "not followed"}}) {
    CAPTURE(row.status);
    receiver.send();
    receiver.http.answer(row.status, "", {{"Retry-After", "7"}});
    const CallOutcome& outcome = receiver.outcomes.back();
    CHECK(outcome.kind == row.kind);
    CHECK(outcome.error_message.find(row.says) != std::string::npos);
    CHECK(outcome.wait == (row.kind == Kind::retriable ? Millis{7'000} : Millis{0}));
  }
  receiver.send();
  receiver.http.fail(net::OutboundError::Kind::timeout);
  CHECK(receiver.outcomes.back().kind == Kind::retriable);
  CHECK(receiver.outcomes.back().error_code == "TIMEOUT");
}

TEST_CASE("a message of an error names the host, and nothing else of an address that may be a secret") {
  Receiver receiver;
  receiver.spec.address = "https://user:word@hooks.example:8443/secret?key=secret";
  receiver.send();
  receiver.http.answer(404);
  CHECK(receiver.outcomes.at(0).error_message == "the receiver at hooks.example:8443 answered with status 404");
}

TEST_CASE("a receiver that has not agreed gets the request to agree, and no notification") {
  Receiver receiver;
  receiver.spec.confirmed = false;
  receiver.send();
  CHECK(receiver.http.calls.empty());
  CHECK(receiver.outcomes.at(0).error_code == "NO_PERMISSIONS");
  receiver.spec.raw = true;  // a request is never raw
  receiver.body = confirmation_request(kAlerts, "id-2", "tok", receiver.wall.now()).dump();
  receiver.send();
  CHECK(receiver.header("x-amz-sns-message-type") == "SubscriptionConfirmation");
  CHECK(receiver.header("x-amz-sns-subscription-arn").empty());
  CHECK(NotificationJson::parse(receiver.http.calls.at(0).body).value("Token", "") == "tok");
}

TEST_CASE("a request to agree that was answered meanwhile is not sent again") {
  Receiver receiver;
  receiver.body = confirmation_request(kAlerts, "id-2", "tok", receiver.wall.now()).dump();
  receiver.send();
  CHECK(receiver.http.calls.empty());
  CHECK(receiver.outcomes.at(0).kind == Kind::delivered);
}

TEST_CASE("a throttle policy holds back what comes too fast, without an attempt") {
  Receiver receiver;
  receiver.spec.policy.most_per_second = 1;
  receiver.send();
  receiver.send();
  CHECK(receiver.http.calls.size() == 1);
  CHECK(receiver.outcomes.at(0).kind == Kind::postponed);
  CHECK(receiver.outcomes.at(0).wait > Millis{0});
}

TEST_CASE("Slack gets a text with the subject in bold, its special characters escaped") {
  Receiver receiver;
  receiver.spec.address = "https://HOOKS.slack.com/services/T/B/x";
  receiver.send();
  CHECK(receiver.header("Content-Type") == "application/json");
  CHECK(receiver.header("x-amz-sns-message-type").empty());
  CHECK(NotificationJson::parse(receiver.http.calls.at(0).body) ==
        NotificationJson{{"text", "*INFO: Delivered*\nShipment 7 &lt;arrived&gt;"}});
  const auto long_text = NotificationJson::parse(slack_body(Receiver::notification("", std::string(50'000, 'x'))));
  CHECK(long_text["text"].get<std::string>().size() <= 40'000);
}

TEST_CASE("PagerDuty gets an event whose key comes from the address, and whose severity from the subject") {
  Receiver receiver;
  receiver.spec.address = "https://events.pagerduty.com/v2/enqueue?routing_key=R0&x=1";
  receiver.body = Receiver::notification("CRITICAL: Down", R"({"host":"a"})").dump();
  receiver.send();
  CHECK(receiver.http.calls.at(0).url == "https://events.pagerduty.com/v2/enqueue?x=1");
  const auto event = NotificationJson::parse(receiver.http.calls.at(0).body);
  CHECK(event["routing_key"] == "R0");
  CHECK(event["event_action"] == "trigger");
  CHECK(event["dedup_key"] == "id-1");
  CHECK(event["payload"]["summary"] == "CRITICAL: Down");
  CHECK(event["payload"]["severity"] == "critical");
  CHECK(event["payload"]["source"] == kAlerts);
  CHECK(event["payload"]["custom_details"]["host"] == "a");
  const auto severity = [](const std::string& subject) {
    const auto call = pagerduty_call("https://p/?routing_key=k", Receiver::notification(subject, "first\nsecond"));
    return NotificationJson::parse(call.value().body)["payload"];
  };
  CHECK(severity("INFO: x")["severity"] == "info");
  CHECK(severity("")["severity"] == "warning");
  CHECK(severity("")["summary"] == "first");
  CHECK(severity("")["custom_details"]["message"] == "first\nsecond");
}

TEST_CASE("what PagerDuty gets has a summary, whatever the message is") {
  const auto summary = [](const std::string& subject, const std::string& message) {
    const auto call = pagerduty_call("https://p/?routing_key=k", Receiver::notification(subject, message));
    return NotificationJson::parse(call.value().body)["payload"]["summary"].get<std::string>();
  };
  CHECK(summary("", "\n\r\n  first \r\nsecond") == "first");
  CHECK(summary("", "\n \n") == "alerts");
  CHECK(summary(" ", "text") == "text");
}

TEST_CASE("an address of PagerDuty without a key is a permanent failure that says what is missing") {
  Receiver receiver;
  receiver.spec.address = "https://events.pagerduty.com/v2/enqueue";
  receiver.send();
  CHECK(receiver.outcomes.at(0).kind == Kind::permanent);
  CHECK(receiver.outcomes.at(0).error_message.find("routing_key") != std::string::npos);
}

TEST_CASE("shapes are chosen by host, the first that fits") {
  const auto shapes = WebhookShapes::parse({"a.example=sns", "*.example=slack"}).value();
  CHECK(shapes.of("https://a.example/x") == WebhookShape::sns);
  CHECK(shapes.of("https://b.example:8443/x") == WebhookShape::slack);
  CHECK(shapes.of("https://user@b.example/x") == WebhookShape::slack);
  CHECK(shapes.of("https://example/x") == WebhookShape::sns);
  CHECK(shapes.of("https://[::1]:80/x") == WebhookShape::sns);
  for (const char* wrong : {"a.example", "a.example=teams", "=slack", "https://a=slack"}) {
    CAPTURE(wrong);
    CHECK(WebhookShapes::parse({wrong}).error().message.find(wrong) != std::string::npos);
  }
}

TEST_CASE("a function gets the event that SNS gives it") {
  SubscriptionSpec spec;
  spec.arn = kAlerts + ":s";
  const auto event = NotificationJson::parse(lambda_event(Receiver::notification("", "Text").dump(), spec));
  const auto& record = event["Records"][0];
  CHECK(record["EventSource"] == "aws:sns");
  CHECK(record["EventVersion"] == "1.0");
  CHECK(record["EventSubscriptionArn"] == kAlerts + ":s");
  CHECK(record["Sns"]["Message"] == "Text");
  CHECK(record["Sns"]["Subject"].is_null());
  CHECK(record["Sns"]["MessageAttributes"].empty());
}

TEST_CASE("what a function gets is signed, with the names that Lambda has for the addresses") {
  SubscriptionSpec spec;
  spec.arn = kAlerts + ":s";
  FakeWallClock wall;
  SigningKey key("", wall);
  const auto envelope = signed_envelope(Receiver::notification("S", "Text"), spec, "http://w", key).value();
  const auto posted = NotificationJson::parse(envelope);
  const auto sns = NotificationJson::parse(lambda_event(envelope, spec))["Records"][0]["Sns"];
  CHECK(sns["SignatureVersion"] == "1");
  CHECK(sns["Signature"] == posted["Signature"]);
  CHECK(sns["SigningCertUrl"] == posted["SigningCertURL"]);
  CHECK(sns["UnsubscribeUrl"] == posted["UnsubscribeURL"]);
  CHECK_FALSE(sns.contains("SigningCertURL"));
  CHECK_FALSE(sns.contains("UnsubscribeURL"));
}

TEST_CASE("details that are nested too deep go to PagerDuty as text") {
  std::string deep = R"({"a":)";
  for (int i = 0; i < 50'000; ++i) deep += "[";
  for (int i = 0; i < 50'000; ++i) deep += "]";
  deep += "}";
  const auto call = pagerduty_call("https://p/?routing_key=k", Receiver::notification("s", deep));
  REQUIRE(call.has_value());
  CHECK(nlohmann::json::parse(call->body)["payload"]["custom_details"]["message"] == deep);
}
