// What docs/plugins.md promises of its example. Runs on the copy built with the tests, and through
// tests/support/sample_plugin/outside_tree_test.sh on copies built as a plugin author builds them.
#include <cstdlib>

#include <doctest/doctest.h>

#include "handlers/plugin/plugin_loader.h"
#include "memory_tables.h"

using namespace waybill;

namespace {

LoadedPlugin load_sample() {
  const char* path = std::getenv("WAYBILL_SAMPLE_PLUGIN");
  auto plugin = load_plugin(path ? path : WAYBILL_TEST_PLUGINS "/acme.so");
  REQUIRE_MESSAGE(plugin.has_value(), plugin.error().message);
  return *plugin;
}

}  // namespace

TEST_CASE("the sample plugin has one handler, found as acme.count") {
  const LoadedPlugin plugin = load_sample();
  CHECK(plugin.name == "acme");
  CHECK(plugin.version == "1.0.0");
  HandlerRegistry registry;
  REQUIRE(add_plugin(registry, plugin).has_value());
  CHECK(registry.names() == std::vector<std::string>{"acme.count"});
  CHECK(registry.find("acme.count") == plugin.handlers.at(0).handler);
}

TEST_CASE("the sample plugin counts the events of a source") {
  const LoadedPlugin plugin = load_sample();
  const std::map<std::string, std::string> environment = {{"COUNT_TABLE", "counts"}};
  testing::MemoryTables tables;
  tables.items[R"({"source":"shop"})"] = {{"source", "shop"}, {"count", 41}};
  Invocation invocation;
  invocation.environment = &environment;
  invocation.now = decltype(invocation.now)(std::chrono::milliseconds(1'790'856'005'250));
  invocation.records = {{"1", R"({"source": "shop"})"}, {"2", "{}"}, {"3", R"({"source":"shop"})"}};
  const Outcome outcome = plugin.handlers.at(0).handler->handle(invocation, tables);
  REQUIRE(outcome.records.size() == 3);
  REQUIRE(outcome.records[0].effects.writes.size() == 1);
  CHECK(outcome.records[0].effects.writes[0].table == "counts");
  CHECK(outcome.records[0].effects.writes[0].item ==
        Json{{"source", "shop"}, {"count", 42}, {"updated_at", 1'790'856'005}});
  CHECK_FALSE(outcome.records[1].ok);
  CHECK(outcome.records[1].error == "Missing source in event");
  REQUIRE(outcome.records[2].effects.writes.size() == 1);
  CHECK(outcome.records[2].effects.writes[0].item["count"] == 43);
  CHECK(outcome.records[2].effects.logs.at(0).message == "shop has 43 events");
  CHECK(outcome.response == R"({"count":43,"source":"shop"})");
}
