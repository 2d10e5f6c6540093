#include "handlers/plugin/plugin_handler.h"

#include <limits>

#include <doctest/doctest.h>

#include "handlers/plugin/plugin_loader.h"
#include "memory_tables.h"

using namespace waybill;

namespace {

std::shared_ptr<Handler> handler_of(const std::string& plugin_name, const std::string& name) {
  const auto plugin = load_plugin(WAYBILL_TEST_PLUGINS "/" + plugin_name + ".so");
  REQUIRE_MESSAGE(plugin.has_value(), plugin.error().message);
  for (const auto& one : plugin->handlers) {
    if (one.name == name) return one.handler;
  }
  FAIL("there is no handler " << name);
  return nullptr;
}

Outcome call(const std::string& plugin, const std::string& name, const TableReader& tables = testing::MemoryTables(),
             const std::map<std::string, std::string>& environment = {}) {
  Invocation invocation;
  invocation.environment = &environment;
  invocation.records.push_back({"1", "{}"});
  return handler_of(plugin, name)->handle(invocation, tables);
}

std::string error_of(const std::string& plugin, const std::string& name,
                     const std::map<std::string, std::string>& environment = {}) {
  const Outcome outcome = call(plugin, name, testing::MemoryTables(), environment);
  REQUIRE(outcome.records.size() == 1);
  CHECK_FALSE(outcome.records[0].ok);
  CHECK(outcome.records[0].retryable);
  CHECK(outcome.records[0].effects.writes.empty());
  return outcome.records[0].error;
}

}  // namespace

TEST_CASE("an invocation arrives whole, bodies to the byte") {
  const std::map<std::string, std::string> environment = {{"A", "1"}, {"EMPTY", ""}, {"TEXT", "\"ü\"\n"}};
  const std::string body = "{ \"n\" : 1.10,\t\"text\":\"\\u00fc\", \"big\": 123456789012345678901234567890 }";
  Invocation invocation;
  invocation.kind = InvocationKind::stream;
  invocation.request_id = "request-1";
  invocation.function_name = "acme-echo-dev";
  invocation.attempt = 3;
  invocation.now = decltype(invocation.now)(std::chrono::milliseconds(1'790'856'005'250));
  invocation.deadline = std::chrono::steady_clock::time_point(std::chrono::nanoseconds(987'654'321'012'345));
  invocation.environment = &environment;
  invocation.random_seed = std::numeric_limits<std::uint64_t>::max();
  invocation.records = {{"1", body}, {"2", "[]"}};
  const Outcome outcome = handler_of("probe", "echo")->handle(invocation, testing::MemoryTables());
  REQUIRE(outcome.records.size() == 2);
  CHECK(outcome.records[1].ok);
  CHECK(Json::parse(outcome.response) ==
        Json{{"kind", 3},
             {"request_id", "request-1"},
             {"function_name", "acme-echo-dev"},
             {"attempt", 3},
             {"now", 1'790'856'005'250},
             {"deadline", 987'654'321'012'345},
             {"environment", environment},
             {"random_seed", std::numeric_limits<std::uint64_t>::max()},
             {"records", Json::array({Json::array({"1", body}), Json::array({"2", "[]"})})}});
}

TEST_CASE("an invocation without environment and records is one, too") {
  const Outcome outcome = handler_of("probe", "echo")->handle(Invocation{}, testing::MemoryTables());
  CHECK(outcome.records.empty());
  CHECK(Json::parse(outcome.response)["environment"] == Json::object());
}

TEST_CASE("effects come back whole, also those of a failed record") {
  const Outcome outcome = call("probe", "effects");
  REQUIRE(outcome.records.size() == 1);
  const RecordOutcome& record = outcome.records[0];
  CHECK_FALSE(record.ok);
  CHECK(record.error == "said no");
  CHECK_FALSE(record.retryable);
  CHECK(outcome.response == R"({"text":"\u00fc"})");
  const Effects& effects = record.effects;
  REQUIRE(effects.writes.size() == 2);
  CHECK(effects.writes[0].kind == Write::Kind::put);
  CHECK(effects.writes[0].table == "t1");
  CHECK(effects.writes[0].item == Json{{"id", 1}, {"deep", {{"list", {1, "two", nullptr, 2.5}}}}});
  CHECK(effects.writes[0].condition == Write::Condition::absent);
  CHECK(effects.writes[0].on_failed == Write::OnFailed::skip);
  CHECK(effects.writes[0].blind);
  CHECK(effects.writes[1].kind == Write::Kind::remove);
  CHECK(effects.writes[1].condition == Write::Condition::present);
  CHECK(effects.writes[1].on_failed == Write::OnFailed::fail);
  CHECK_FALSE(effects.writes[1].blind);
  REQUIRE(effects.publishes.size() == 1);
  CHECK(effects.publishes[0].topic == "arn:aws:sns:us-east-1:000000000000:topic");
  CHECK(effects.publishes[0].subject == "Subject");
  CHECK(effects.publishes[0].message == "line 1\nline 2 \"ü\"");
  REQUIRE(effects.emits.size() == 1);
  CHECK(effects.emits[0].bus == "bus");
  CHECK(effects.emits[0].source == "acme");
  CHECK(effects.emits[0].detail_type == "Counted");
  CHECK(effects.emits[0].detail == Json{{"n", 1}});
  CHECK(effects.emits[0].resources == std::vector<std::string>{"arn:one", "arn:two"});
  REQUIRE(effects.metrics.size() == 1);
  CHECK(effects.metrics[0].name_space == "Acme");
  CHECK(effects.metrics[0].name == "Counted");
  CHECK(effects.metrics[0].value == 2.5);
  CHECK(effects.metrics[0].unit == "Seconds");
  CHECK(effects.metrics[0].dimensions == std::map<std::string, std::string>{{"Source", "web"}, {"Zone", "a"}});
  REQUIRE(effects.logs.size() == 3);
  CHECK(effects.logs[0].level == LogLevel::debug);
  CHECK(effects.logs[1].level == LogLevel::warn);
  CHECK(effects.logs[2].level == LogLevel::error);
  CHECK(effects.logs[2].message == "e");
}

TEST_CASE("members that are left out have the defaults of handler.h") {
  const Effects effects = call("raw", "minimal").records.at(0).effects;
  CHECK(effects.writes.at(0).kind == Write::Kind::put);
  CHECK(effects.writes.at(0).condition == Write::Condition::none);
  CHECK(effects.writes.at(0).on_failed == Write::OnFailed::fail);
  CHECK_FALSE(effects.writes.at(0).blind);
  CHECK(effects.publishes.at(0).subject == "");
  CHECK(effects.emits.at(0).bus == "default");
  CHECK(effects.emits.at(0).detail == Json::object());
  CHECK(effects.metrics.at(0).value == 1);
  CHECK(effects.metrics.at(0).unit == "Count");
}

TEST_CASE("a plugin reads tables through the host") {
  testing::MemoryTables tables;
  tables.items[R"({"id":1})"] = {{"id", 1}, {"name", "one"}};
  tables.page = {{{{"id", 4}}, {{"id", 5}}}, {{"id", 5}}};
  const Outcome outcome = call("probe", "read", tables);
  CHECK(outcome.records.at(0).error == "");
  CHECK(Json::parse(outcome.response) == Json{{"found", {{"id", 1}, {"name", "one"}}},
                                              {"missing", false},
                                              {"items", {{{"id", 4}}, {{"id", 5}}}},
                                              {"last_key", {{"id", 5}}},
                                              {"error", "there is no table wrong"}});
  REQUIRE(tables.asked.has_value());
  CHECK(tables.asked->table == "items");
  CHECK(tables.asked->index == "by-status");
  CHECK(tables.asked->partition == "new");
  CHECK(tables.asked->from == 5);
  CHECK(tables.asked->to == 9);
  CHECK(tables.asked->newest_first);
  CHECK(tables.asked->limit == 2);
  CHECK(tables.asked->start == Json{{"id", 3}});
}

TEST_CASE("what a handler throws fails its records, with its text") {
  CHECK(error_of("probe", "throw") == "the handler threw");
  CHECK(error_of("probe", "throw", {{"HOW", "int"}}) == "unknown exception");
  CHECK(error_of("probe", "throw", {{"HOW", "read"}}) == "there is no table wrong");
  CHECK(error_of("probe", "broken_text").find("invalid UTF-8") != std::string::npos);
}

TEST_CASE("a body that is not UTF-8 fails the record and not the daemon") {
  Invocation invocation;
  invocation.records.push_back({"1", "\"\xff\""});
  const Outcome outcome = handler_of("probe", "echo")->handle(invocation, testing::MemoryTables());
  CHECK_FALSE(outcome.records.at(0).ok);
  CHECK(outcome.records.at(0).error.find("probe.echo: ") == 0);
}

TEST_CASE("an outcome may come in pieces, and lines said on the way come first") {
  const Outcome outcome = call("raw", "pieces");
  REQUIRE(outcome.records.size() == 1);
  CHECK(outcome.records[0].ok);
  const auto& logs = outcome.records[0].effects.logs;
  REQUIRE(logs.size() == 3);
  CHECK(logs[0].message == "while it runs");
  CHECK(logs[0].level == LogLevel::warn);
  CHECK(logs[1].level == LogLevel::error);
  CHECK(logs[2].message == "in the outcome");
  CHECK(logs[2].level == LogLevel::info);
}

TEST_CASE("a bad outcome fails the records with a text that names handler and member") {
  CHECK(error_of("raw", "silent_failure") == "raw.silent_failure failed");
  CHECK(error_of("raw", "garbage").find("raw.garbage: [json.exception.parse_error") == 0);
  CHECK(error_of("raw", "no_records") == "raw.no_records answered with 0 record outcomes for 1 records");
  CHECK(error_of("raw", "unknown") == "raw.unknown: outcome.records[0].effects has an unknown member \"write\"");
  CHECK(error_of("raw", "wrong_type") ==
        "raw.wrong_type: outcome.records[0].effects.writes[0].table must be a string, got number");
  CHECK(error_of("raw", "no_item") == "raw.no_item: outcome.records[0].effects.writes[0] must have a member \"item\"");
  CHECK(error_of("raw", "bad_choice") ==
        "raw.bad_choice: outcome.records[0].effects.writes[0].condition must be one of none, absent, present, "
        "got \"maybe\"");
  CHECK(error_of("raw", "no_metric") ==
        "raw.no_metric: outcome.records[0].effects.metrics[0].value must be a number, got null");
  CHECK(error_of("raw", "odd_request") == "query.limit must be a whole number in its range, got 1e+30");
}
