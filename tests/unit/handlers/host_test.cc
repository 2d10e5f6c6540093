#include <doctest/doctest.h>

#include "host_fixture.h"

using namespace waybill;
using namespace waybill::testing;

namespace {

Outcome done(Effects effects = {}) { return Outcome::of(RecordOutcome::success(std::move(effects))); }

Effects putting(Json item) {
  Effects effects;
  effects.put("things", std::move(item));
  return effects;
}

}  // namespace

TEST_CASE("a handler sees the event, its environment and the attempt") {
  Host host;
  host.run([&](const Invocation& invocation, const TableReader&) {
    CHECK(invocation.kind == InvocationKind::async);
    CHECK(invocation.function_name == "work");
    CHECK(invocation.env("STAGE") == "dev");
    CHECK(invocation.attempt == 1);
    CHECK(invocation.now == host.pipeline.wall.now());
    REQUIRE(invocation.records.size() == 1);
    CHECK(invocation.records[0].parse()["detail"]["n"] == 1);
    CHECK(invocation.records[0].id == invocation.records[0].parse()["id"]);
    return done();
  });
  CHECK(host.dead_letter().empty());
}

TEST_CASE("effects commit with the acknowledgement") {
  Host host;
  host.run([](const Invocation&, const TableReader&) { return done(putting({{"id", "a"}, {"n", 1.5}})); });
  CHECK(host.items() == std::vector<Json>{{{"id", "a"}, {"n", 1.5}}});
  CHECK(host.pipeline.stored()->deliveries.empty());
}

TEST_CASE("a failed record may carry effects, and they are stored") {
  Host host;
  host.run([](const Invocation&, const TableReader&) {
    return Outcome::of(RecordOutcome::failure("bad event", putting({{"id", "error"}})));
  });
  CHECK(host.items().size() == 1);
  CHECK(host.dead_letter() == "ERROR_FROM_TARGET: bad event");
}

TEST_CASE("what a handler throws is a failed attempt with that text") {
  Host host;
  host.run([](const Invocation&, const TableReader&) -> Outcome { throw std::runtime_error("boom"); });
  CHECK(host.dead_letter() == "ERROR_FROM_TARGET: boom");
}

TEST_CASE("what a handler throws or answers is made valid UTF-8, each bad byte as U+FFFD") {
  Host host;
  host.run([](const Invocation&, const TableReader&) -> Outcome { throw std::runtime_error("bad \xff\xc3 \xC3\xBC"); });
  CHECK(host.dead_letter() == "ERROR_FROM_TARGET: bad \xEF\xBF\xBD\xEF\xBF\xBD \xC3\xBC");
}

TEST_CASE("an effect with a string that is no UTF-8 is refused by name") {
  const auto refused = [](const Effects& effects) {
    Host host;
    host.run([&](const Invocation&, const TableReader&) { return Outcome::of(RecordOutcome::success(effects)); });
    CHECK(host.pipeline.dispatcher->quiet());
    return host.dead_letter();
  };
  Effects emits;
  Emit emit;
  emit.bus = "orders";
  emit.source = "shop";
  emit.detail_type = "Again";
  emit.detail = Json{{"name", "\xff"}};
  emits.emits.push_back(emit);
  CHECK(refused(emits).find("emitted event 0: source, detail type and detail must be valid UTF-8") !=
        std::string::npos);
  Effects publishes;
  publishes.publish(Place{}.topic("alerts"), "\xff", "text");
  CHECK(refused(publishes).find("subject and message must be valid UTF-8") != std::string::npos);
}

TEST_CASE("a handler that answers for too few records has failed") {
  Host host;
  host.run([](const Invocation&, const TableReader&) { return Outcome{}; });
  CHECK(host.dead_letter().find("answered for 0 records") != std::string::npos);
}

TEST_CASE("bad effects are refused whole: nothing of them is stored") {
  Host host;
  host.run([](const Invocation&, const TableReader&) {
    Effects effects = putting({{"id", "good"}});
    effects.put("nowhere", {{"id", "x"}});
    return done(effects);
  });
  CHECK(host.items().empty());
  CHECK(host.dead_letter().find("nowhere") != std::string::npos);
}

TEST_CASE("effects that are refused give way to those of the outcome for that, and the first error is told") {
  const Json huge = {{"id", "huge"}, {"n", 1e200}};
  const auto fallback = [](const std::string& refusal) {
    return RecordOutcome::failure("told of: " + refusal, putting({{"id", "error"}}));
  };
  Host success;
  success.run([&](const Invocation&, const TableReader&) {
    RecordOutcome record = RecordOutcome::success(putting(huge));
    record.if_refused = fallback;
    return Outcome::of(std::move(record));
  });
  CHECK(success.items() == std::vector<Json>{{{"id", "error"}}});
  CHECK(success.dead_letter().starts_with("ERROR_FROM_TARGET: Number overflow"));

  Host failure;
  failure.run([&](const Invocation&, const TableReader&) {
    RecordOutcome record = RecordOutcome::failure("bad event", putting(huge));
    record.if_refused = fallback;
    return Outcome::of(std::move(record));
  });
  CHECK(failure.items().size() == 1);
  CHECK(failure.dead_letter() == "ERROR_FROM_TARGET: bad event");
}

TEST_CASE("an outcome whose effects are always refused, or that throws, ends as a failed attempt") {
  const auto refused = [](const std::string&) { return RecordOutcome::failure("again", putting({{"n", 1}})); };
  Host host;
  host.run([&](const Invocation&, const TableReader&) {
    RecordOutcome record = RecordOutcome::failure("bad event", putting({{"n", 1}}));
    record.if_refused = [&](const std::string& why) {
      RecordOutcome other = refused(why);
      other.if_refused = [](const std::string&) -> RecordOutcome { throw std::runtime_error("no more"); };
      return other;
    };
    return Outcome::of(std::move(record));
  });
  CHECK(host.items().empty());
  CHECK(host.dead_letter() == "ERROR_FROM_TARGET: bad event");
}

TEST_CASE("a write decided on what was read is asked for again when that changed meanwhile") {
  Host host;
  host.put({{"id", "counter"}, {"n", 1}});
  int calls = 0;
  host.run([&](const Invocation&, const TableReader& tables) {
    const Json read = *tables.get("things", {{"id", "counter"}});
    if (++calls == 1) host.put({{"id", "counter"}, {"n", 10}});  // somebody else is faster
    return done(putting({{"id", "counter"}, {"n", read["n"].get<int>() + 1}}));
  });
  CHECK(calls == 2);
  CHECK(host.items() == std::vector<Json>{{{"id", "counter"}, {"n", 11}}});
}

TEST_CASE("a handler's metrics count what was stored, not how often it was asked") {
  Host host;
  int calls = 0;
  host.run([&](const Invocation&, const TableReader& tables) {
    tables.get("things", {{"id", "a"}});
    if (++calls == 1) host.put({{"id", "a"}, {"n", 1}});  // somebody was faster
    Effects effects = putting({{"id", "a"}, {"n", calls}});
    effects.metrics.push_back({"", "Handled", 1, "Count", {}});
    return done(std::move(effects));
  });
  CHECK(calls == 2);
  CHECK(host.probe.of("Handled") == 1);
}

TEST_CASE("a blind write does not care") {
  Host host;
  host.put({{"id", "counter"}, {"n", 1}});
  int calls = 0;
  host.run([&](const Invocation&, const TableReader& tables) {
    tables.get("things", {{"id", "counter"}});
    ++calls;
    host.put({{"id", "counter"}, {"n", 10}});
    Effects effects = putting({{"id", "counter"}, {"n", 2}});
    effects.writes[0].blind = true;
    return done(effects);
  });
  CHECK(calls == 1);
  CHECK(host.items() == std::vector<Json>{{{"id", "counter"}, {"n", 2}}});
}

TEST_CASE("two writes to a key that was read do not conflict with one another") {
  Host host;
  host.run([](const Invocation&, const TableReader& tables) {
    CHECK_FALSE(tables.get("things", {{"id", "a"}}).has_value());
    Effects effects = putting({{"id", "a"}, {"n", 1}});
    effects.put("things", {{"id", "a"}, {"n", 2}});
    return done(effects);
  });
  CHECK(host.items() == std::vector<Json>{{{"id", "a"}, {"n", 2}}});
}

TEST_CASE("a conditional write is skipped or fails the attempt, as it says") {
  for (const bool skip : {true, false}) {
    CAPTURE(skip);
    Host host;
    host.put({{"id", "a"}, {"n", 1}});
    host.run([&](const Invocation&, const TableReader&) {
      Effects effects = putting({{"id", "a"}, {"n", 2}});
      effects.writes[0].condition = Write::Condition::absent;
      effects.writes[0].on_failed = skip ? Write::OnFailed::skip : Write::OnFailed::fail;
      return done(effects);
    });
    CHECK(host.items() == std::vector<Json>{{{"id", "a"}, {"n", 1}}});
    CHECK(host.dead_letter().empty() == skip);
  }
}

TEST_CASE("publishing leaves one waiting notification per subscription") {
  Host host;
  host.run([](const Invocation&, const TableReader&) {
    Effects effects;
    effects.publish(Place{}.topic("alerts"), "Subject", "Text");
    return done(effects);
  });
  CHECK(host.pipeline.stored()->deliveries.size() == 1);
  CHECK(host.pipeline.stored()->payloads.rbegin()->second->kind == PayloadKind::notification);
}

TEST_CASE("an emitted event is matched and delivered, one level deeper") {
  Host host;
  int calls = 0;
  host.run([&](const Invocation&, const TableReader&) {
    Effects effects;
    if (++calls == 1) effects.emits.push_back({"orders", "shop", "Follow-up", {{"n", 2}}, {}});
    return done(effects);
  });
  CHECK(calls == 2);
}

TEST_CASE("an emitted event that AWS would refuse fails the attempt") {
  Host host;
  host.run([](const Invocation&, const TableReader&) {
    Effects effects;
    effects.emits.push_back({"orders", "aws.ec2", "t", Json::object(), {}});
    return done(effects);
  });
  CHECK(host.dead_letter().find("Not authorized for the source.") != std::string::npos);
}

TEST_CASE("without a role a function may use what its own template declares, and nothing else") {
  Host own("", "test");
  own.run([](const Invocation&, const TableReader&) { return done(putting({{"id", "a"}})); });
  CHECK(own.items().size() == 1);
  Host others("", "another-template");
  others.run([](const Invocation&, const TableReader&) { return done(putting({{"id", "a"}})); });
  CHECK(others.items().empty());
  CHECK(
      others.dead_letter().starts_with("NO_PERMISSIONS: User: arn:aws:lambda:us-east-1:000000000000:function:work is "
                                       "not authorized to perform: dynamodb:PutItem on resource: "));
}

TEST_CASE("with a role its policies decide, for writes and for reads") {
  const std::string put_only =
      R"({"Effect":"Allow","Action":"dynamodb:Put*","Resource":"arn:aws:dynamodb:*:*:table/things"})";
  Host host(put_only);
  host.run([](const Invocation&, const TableReader&) { return done(putting({{"id", "a"}})); });
  CHECK(host.items().size() == 1);
  host.run([](const Invocation&, const TableReader& tables) {
    tables.get("things", {{"id", "a"}});
    return done();
  });
  CHECK(host.dead_letter().find("dynamodb:GetItem") != std::string::npos);
}

TEST_CASE("a function whose handler is not loaded is a missing resource") {
  Host host;
  HandlerRegistry empty;
  FunctionInvoker invoker({empty, host.effects, host.pipeline.readers, host.pipeline.topology, host.tables,
                           host.pipeline.random, LogLevel::error});
  host.pipeline.invoker.act = [&](const delivery::Attempt& attempt) {
    return invoker.invoke(attempt, attempt.payload.body);
  };
  host.run({});
  CHECK(host.dead_letter().starts_with("NO_RESOURCE: function work names the handler test.work"));
}
