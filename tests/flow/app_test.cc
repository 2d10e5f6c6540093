// The whole daemon in this process, on a free port over a real directory.
#include "daemon/app.h"

#include <chrono>
#include <thread>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "net/http_client.h"
#include "support/temp_dir.h"

using namespace waybill;
using Json = nlohmann::json;

namespace {

Settings settings(const testing::TempDir& directory) {
  Settings made;
  made.set("listen", "127.0.0.1:0").value();
  made.set("data_dir", (directory.path() / "data").string()).value();
  made.set("rules", std::string(WAYBILL_SOURCE_DIR) + "/rules/logistics-events.yaml").value();
  made.set("retry.base", "1ms").value();
  made.set("retry.cap", "5ms").value();
  made.set("allow_reset", "true").value();
  made.set("log.level", "off").value();
  return made;
}

struct Answer {
  unsigned status;
  Json body;
};

Answer call(const App& app, const std::string& method, const std::string& path, const std::string& body = "") {
  net::HttpCall request;
  request.method = method;
  request.url = "http://127.0.0.1:" + std::to_string(app.port()) + path;
  request.body = body;
  const auto response = net::http_call(request);
  REQUIRE(response.has_value());
  return {response->status, Json::parse(response->body, nullptr, false)};
}

std::string event(const std::string& detail) {
  return R"({"Source":"logistics.shipment","DetailType":"Shipment Created","EventBusName":"logistics-events-dev","Detail":)" +
         detail + "}";
}

Json items(const App& app, const std::string& table) {
  return call(app, "GET", "/_waybill/tables/" + table + "/items?limit=1000").body["items"];
}

// Deliveries happen on other threads: polls, with a deadline that only a broken daemon reaches.
template <class F>
bool eventually(F holds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  return true;
}

}  // namespace

TEST_CASE("an acknowledged event is in its table, also after a stop and a start") {
  const testing::TempDir directory;
  std::string id;
  {
    App app(settings(directory));
    REQUIRE(app.start().has_value());
    const Answer answer = call(app, "POST", "/events", event(R"({"shipment_id":"SHIP-1"})"));
    REQUIRE(answer.status == 200);
    id = answer.body["Entries"][0]["EventId"];
    CHECK(app.stop());
  }
  App app(settings(directory));
  REQUIRE(app.start().has_value());
  REQUIRE(eventually([&] { return items(app, "logistics-shipment-events-dev").size() == 1; }));
  CHECK(items(app, "logistics-shipment-events-dev")[0]["event_id"] == id);
}

TEST_CASE("an event that cannot be handled leaves its error items, its dead-letter row and its record") {
  const testing::TempDir directory;
  App app(settings(directory));
  REQUIRE(app.start().has_value());
  call(app, "POST", "/events", event("{}"));
  REQUIRE(eventually([&] { return call(app, "GET", "/_waybill/dead-letters").body["dead_letters"].size() == 1; }));
  CHECK(items(app, "logistics-error-events-dev").size() == 4);
  const Json letter = call(app, "GET", "/_waybill/dead-letters").body["dead_letters"][0];
  const Answer redriven = call(app, "POST", "/_waybill/dead-letters/redrive",
                               Json{{"id", letter["id"]}, {"detail", {{"shipment_id", "SHIP-1"}}}}.dump());
  CHECK(redriven.body["redriven"] == 1);
  CHECK(eventually([&] { return items(app, "logistics-shipment-events-dev").size() == 1; }));
  CHECK(call(app, "GET", "/_waybill/dead-letters").body["dead_letters"].empty());
}

TEST_CASE("a reset drops all data and keeps what the templates declare") {
  const testing::TempDir directory;
  App app(settings(directory));
  REQUIRE(app.start().has_value());
  call(app, "POST", "/events", event(R"({"shipment_id":"SHIP-1","status":"delivered"})"));
  REQUIRE(eventually([&] { return items(app, "logistics-shipment-events-dev").size() == 1; }));
  CHECK(call(app, "POST", "/_waybill/reset").status == 200);
  CHECK(items(app, "logistics-shipment-events-dev").empty());
  call(app, "POST", "/events", event(R"({"shipment_id":"SHIP-2"})"));
  CHECK(eventually([&] { return items(app, "logistics-shipment-events-dev").size() == 1; }));
}

TEST_CASE("a reset that is not allowed changes nothing") {
  const testing::TempDir directory;
  Settings without = settings(directory);
  without.set("allow_reset", "false").value();
  App app(std::move(without));
  REQUIRE(app.start().has_value());
  const Answer answer = call(app, "POST", "/_waybill/reset");
  CHECK(answer.status == 403);
  CHECK(answer.body["message"].get<std::string>().find("allow_reset=true") != std::string::npos);
}

TEST_CASE("what is wrong with the settings is said at the start") {
  const testing::TempDir directory;
  Settings open = settings(directory);
  open.set("listen", "0.0.0.0:0").value();
  CHECK(App(std::move(open)).start().error().message.find("--allow-unauthenticated-listen") != std::string::npos);
  Settings missing = settings(directory);
  missing.set("rules", "/nowhere").value();
  CHECK(App(std::move(missing)).start().error().message.find("/nowhere") != std::string::npos);
  Settings parameter = settings(directory);
  parameter.set("parameters.Enviroment", "x").value();
  CHECK(App(std::move(parameter)).start().error().message.find("Enviroment") != std::string::npos);
}

TEST_CASE("a second daemon on the same directory is refused") {
  const testing::TempDir directory;
  App first(settings(directory));
  REQUIRE(first.start().has_value());
  App second(settings(directory));
  const Status started = second.start();
  REQUIRE(started.has_error());
  CHECK(started.error().code == ErrorCode::unavailable);
}
