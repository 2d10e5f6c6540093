// A plugin that shows what crosses the border, written with the C++ wrapper.
#include <waybill/plugin.h>

namespace {

using namespace waybill;

// Answers with the invocation as it arrived.
class EchoHandler final : public Handler {
 public:
  Outcome handle(const Invocation& invocation, const TableReader&) override {
    Json bodies = Json::array();
    for (const Record& record : invocation.records) bodies.push_back({record.id, record.body});
    const Json seen = {{"kind", static_cast<int>(invocation.kind)},
                       {"request_id", invocation.request_id},
                       {"function_name", invocation.function_name},
                       {"attempt", invocation.attempt},
                       {"now", invocation.now.time_since_epoch().count()},
                       {"deadline", invocation.deadline.time_since_epoch().count()},
                       {"environment", *invocation.environment},
                       {"random_seed", invocation.random_seed},
                       {"records", bodies}};
    Outcome outcome;
    outcome.records.resize(invocation.records.size());
    outcome.response = seen.dump();
    return outcome;
  }
};

// Gives every kind of effect with no member at its default, on a record that fails for good.
class EffectsHandler final : public Handler {
 public:
  Outcome handle(const Invocation&, const TableReader&) override {
    Effects effects;
    effects.writes.push_back({Write::Kind::put,
                              "t1",
                              {{"id", 1}, {"deep", {{"list", {1, "two", nullptr, 2.5}}}}},
                              Write::Condition::absent,
                              Write::OnFailed::skip,
                              true});
    effects.writes.push_back(
        {Write::Kind::remove, "t2", {{"id", 2}}, Write::Condition::present, Write::OnFailed::fail, false});
    effects.publish("arn:aws:sns:us-east-1:000000000000:topic", "Subject", "line 1\nline 2 \"ü\"");
    effects.emits.push_back({"bus", "acme", "Counted", {{"n", 1}}, {"arn:one", "arn:two"}});
    effects.metrics.push_back({"Acme", "Counted", 2.5, "Seconds", {{"Source", "web"}, {"Zone", "a"}}});
    effects.log(LogLevel::debug, "d");
    effects.log(LogLevel::warn, "w");
    effects.log(LogLevel::error, "e");
    return Outcome::of(RecordOutcome::failure("said no", std::move(effects), false), R"({"text":"\u00fc"})");
  }
};

// Reads, and answers with what it got.
class ReadHandler final : public Handler {
 public:
  Outcome handle(const Invocation& invocation, const TableReader& tables) override {
    const auto found = tables.get("items", {{"id", 1}});
    const auto missing = tables.get("items", {{"id", 2}});
    TableQuery query;
    query.table = "items";
    query.index = "by-status";
    query.partition = "new";
    query.from = 5;
    query.to = 9;
    query.newest_first = true;
    query.limit = 2;
    query.start = {{"id", 3}};
    const TablePage page = tables.query(query);
    std::string error;
    try {
      tables.get(invocation.env("WRONG_TABLE", "wrong"), {{"id", 1}});
    } catch (const std::runtime_error& e) {
      error = e.what();
    }
    const Json seen = {{"found", *found},
                       {"missing", missing.has_value()},
                       {"items", page.items},
                       {"last_key", page.last_key},
                       {"error", error}};
    return Outcome::of(RecordOutcome::success(), seen.dump());
  }
};

class ThrowHandler final : public Handler {
 public:
  Outcome handle(const Invocation& invocation, const TableReader& tables) override {
    const std::string how = invocation.env("HOW");
    if (how == "read") tables.get("wrong", {{"id", 1}});
    if (how == "int") throw 42;
    throw std::runtime_error("the handler threw");
  }
};

// What it answers cannot be written as JSON.
class BrokenTextHandler final : public Handler {
 public:
  Outcome handle(const Invocation&, const TableReader&) override {
    return Outcome::of(RecordOutcome::failure("not UTF-8: \xff"));
  }
};

}  // namespace

WAYBILL_PLUGIN("probe", "2.1", WAYBILL_HANDLER("echo", EchoHandler), WAYBILL_HANDLER("effects", EffectsHandler),
               WAYBILL_HANDLER("read", ReadHandler), WAYBILL_HANDLER("throw", ThrowHandler),
               WAYBILL_HANDLER("broken_text", BrokenTextHandler))
