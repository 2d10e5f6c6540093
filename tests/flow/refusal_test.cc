// What the whole daemon says to requests that it does not do, or does not do as they may be meant.
#include <chrono>
#include <thread>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "daemon/app.h"
#include "net/http_client.h"
#include "support/temp_dir.h"

using namespace waybill;
using Json = nlohmann::json;

namespace {

constexpr const char* kJson = "application/x-amz-json-1.1";
constexpr const char* kForm = "application/x-www-form-urlencoded";

class Daemon {
 public:
  Daemon() {
    Settings made;
    made.set("listen", "127.0.0.1:0").value();
    made.set("data_dir", (directory_.path() / "data").string()).value();
    made.set("rules", std::string(WAYBILL_SOURCE_DIR) + "/rules/logistics-events.yaml").value();
    made.set("retry.base", "1ms").value();
    made.set("retry.cap", "2ms").value();
    made.set("log.level", "off").value();
    app_ = std::make_unique<App>(std::move(made));
    REQUIRE(app_->start().has_value());
  }

  net::HttpResponse send(const std::string& method, const std::string& path, const std::string& body, const char* type,
                         const std::string& target = "") const {
    net::HttpCall call;
    call.method = method;
    call.url = "http://127.0.0.1:" + std::to_string(app_->port()) + path;
    call.body = body;
    call.headers.emplace_back("Content-Type", type);
    if (!target.empty()) call.headers.emplace_back("X-Amz-Target", target);
    auto response = net::http_call(call);
    REQUIRE(response.has_value());
    return std::move(*response);
  }
  // The body of an answer that must have the status.
  Json events_api(const std::string& operation, const Json& request, unsigned status = 200) const {
    const auto response = send("POST", "/", request.dump(), kJson, "AWSEvents." + operation);
    CHECK_MESSAGE(response.status == status, response.body);
    return Json::parse(response.body, nullptr, false);
  }
  net::HttpResponse form(const std::string& body, const std::string& path = "/") const {
    return send("POST", path, body, kForm);
  }
  Json letters() const { return Json::parse(send("GET", "/_waybill/dead-letters", "", kJson).body)["dead_letters"]; }
  // The message of a redrive that must be refused.
  std::string redrive_refused(const char* body) const {
    const auto response = send("POST", "/_waybill/dead-letters/redrive", body, kJson);
    CHECK_MESSAGE(response.status == 400, body);
    return Json::parse(response.body).value("message", "");
  }

 private:
  testing::TempDir directory_;
  std::unique_ptr<App> app_;
};

void check_xml(const net::HttpResponse& response, unsigned status, const std::string& code) {
  CHECK(response.status == status);
  CHECK(response.content_type.starts_with("text/xml"));
  CHECK_MESSAGE(response.body.find("<Code>" + code + "</Code>") != std::string::npos, response.body);
}

}  // namespace

TEST_CASE("a redrive that is told what it does not know redrives nothing") {
  const Daemon daemon;
  const std::string event = R"({"Source":"logistics.shipment","DetailType":"Shipment Created",)"
                            R"("EventBusName":"logistics-events-dev","Detail":{}})";
  REQUIRE(daemon.send("POST", "/events", event, kJson).status == 200);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (daemon.letters().empty() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  const Json before = daemon.letters();
  REQUIRE(before.size() == 1);
  CHECK(daemon.redrive_refused(R"({"filter":{"limit":"1"}})") ==
        "filter: there is no 'limit'; there are target, rule, code and event");
  CHECK(daemon.redrive_refused(R"({"filter":{"after":"1"}})").starts_with("filter: there is no 'after'"));
  CHECK(daemon.redrive_refused(R"({"filter":{"code":5}})") == "filter.code must be a string");
  CHECK(daemon.redrive_refused(R"({"filter":{},"dry_run":"true"})") == "dry_run must be true or false");
  CHECK(daemon.redrive_refused(R"({"filter":{},"dryrun":true})") ==
        "'dryrun' is no member of a redrive; there are id, filter, detail, dry_run, limit and after");
  CHECK(daemon.redrive_refused(R"({"id":1,"filter":{}})").starts_with("name what to redrive in one way"));
  CHECK(daemon.redrive_refused("{}").starts_with("name what to redrive in one way"));
  CHECK(daemon.redrive_refused(R"({"id":"1"})") == "id must be a whole number, at least 1");
  CHECK(daemon.redrive_refused(R"({"id":0})") == "id must be a whole number, at least 1");
  CHECK(daemon.redrive_refused("[]").starts_with("the body must be a JSON object"));
  const auto dry = daemon.send("POST", "/_waybill/dead-letters/redrive", R"({"filter":{},"dry_run":true})", kJson);
  CHECK(Json::parse(dry.body)["redriven"] == 1);
  CHECK(daemon.letters() == before);
}

TEST_CASE("errors of the query protocol are XML, whoever finds them") {
  const Daemon daemon;
  check_xml(daemon.form("Action=CreateStack&Version=2010-05-15"), 400, "InvalidAction");
  check_xml(daemon.form("Action=Publish&Message=%zz"), 400, "MalformedQueryString");
  check_xml(daemon.send("GET", "/?Action=Publish&Message=m", "", kForm), 405, "InvalidAction");
  check_xml(daemon.send("PUT", "/?Action=Publish&Message=m", "", kForm), 405, "MethodNotAllowed");
}

TEST_CASE("a form that is not UTF-8, or has a hole in a list, is the client's fault") {
  const Daemon daemon;
  REQUIRE(daemon.form("Action=CreateQueue&QueueName=jobs&Version=2012-11-05").status == 200);
  const std::string receive = "Action=ReceiveMessage&Version=2012-11-05&AttributeName.1.x=1";
  check_xml(daemon.form(receive, "/000000000000/jobs"), 400, "MissingParameter");
  for (const char* body : {"Action=SendMessage&Version=2012-11-05&QueueUrl=/000000000000/jobs&MessageBody=%ff",
                           "Action=CreateQueue&Version=2012-11-05&QueueName=%c3%28", "Action=CreateTopic&Name=%ff",
                           "Action=Subscribe&Protocol=%ff&TopicArn=x", "Action=%ff"}) {
    CAPTURE(body);
    check_xml(daemon.form(body), 400, "MalformedQueryString");
  }
}

TEST_CASE("members that AWS does not know are neither stored nor shown") {
  const Daemon daemon;
  daemon.events_api("PutRule", {{"Name", "r"}, {"EventPattern", R"({"source":["a"]})"}});
  const Json target{{"Id", "1"}, {"Arn", "arn:aws:sqs:us-east-1:000000000000:q"}};
  Json given = target;
  given["Foo"] = {{"x", 1}};
  daemon.events_api("PutTargets", {{"Rule", "r"}, {"Targets", {given}}});
  CHECK(daemon.events_api("ListTargetsByRule", {{"Rule", "r"}})["Targets"] == Json::array({target}));
}

TEST_CASE("a replay's times may be texts") {
  const Daemon daemon;
  const std::string arn = "arn:aws:events:us-east-1:000000000000:";
  daemon.events_api("CreateArchive", {{"ArchiveName", "a"}, {"EventSourceArn", arn + "event-bus/default"}});
  daemon.events_api("StartReplay", {{"ReplayName", "p"},
                                    {"EventSourceArn", arn + "archive/a"},
                                    {"EventStartTime", "2026-01-01T00:00:00Z"},
                                    {"EventEndTime", "2026-01-02T00:00:00Z"},
                                    {"Destination", {{"Arn", arn + "event-bus/default"}}}});
  const Json shown = daemon.events_api("DescribeReplay", {{"ReplayName", "p"}});
  CHECK(shown["EventStartTime"] == 1'767'225'600);
  CHECK(shown["EventEndTime"] == 1'767'312'000);
}
