// The pipeline with real functions behind it: a handler that the test writes, over a table "things".
#pragma once

#include <functional>

#include "handlers/host/function_invoker.h"
#include "support/pipeline.h"
#include "table/item_codec.h"

namespace waybill::testing {

class LambdaHandler final : public Handler {
 public:
  Outcome handle(const Invocation& invocation, const TableReader& tables) override { return act(invocation, tables); }
  std::function<Outcome(const Invocation&, const TableReader&)> act;
};

inline TableSpec things() {
  return {TableId{1}, "things", Place{}.table("things"), {{"id", KeyType::string}, {}}, {}, ""};
}

class MetricTally final : public HostProbe {
 public:
  void custom_metric(const Metric& metric) override {
    counts.with([&](auto& map) { map[metric.name] += metric.value; });
  }
  double of(const std::string& name) const {
    return counts.with([&](const auto& map) { return map.count(name) > 0 ? map.at(name) : 0; });
  }
  Guarded<std::map<std::string, double>> counts;
};

class Host {
 public:
  // role: the properties of the function that name it, "" for none.
  explicit Host(const std::string& policy = "", const std::string& table_owner = "test")
      : pipeline(resources(policy, table_owner)),
        effects(
            {pipeline.topology, tables, pipeline.acceptor, pipeline.journal, pipeline.wall, pipeline.random, probe}),
        invoker({registry, effects, pipeline.readers, pipeline.topology, tables, pipeline.random, LogLevel::error}) {
    registry.add("test", "work", handler).value();
    tables.set(std::make_shared<const table::TableCatalog>(std::vector<TableSpec>{things()}));
    store::Changes changes;
    changes.add(store::PutTable{things()});
    pipeline.journal.apply(store::Lane::internal, std::move(changes)).value();
    pipeline.invoker.act = [this](const delivery::Attempt& attempt) {
      return invoker.invoke(attempt, attempt.payload.body);
    };
  }

  // One event through the pipeline, as far as it goes without time passing.
  void run(const std::function<Outcome(const Invocation&, const TableReader&)>& act) {
    handler->act = act;
    pipeline.put({entry()});
    pipeline.settle();
  }
  void put(const Json& item) {
    store::Changes changes;
    changes.add(
        store::PutItem{TableId{1}, table::encode_item(things(), item, pipeline.wall.now()).value(), {}, {}, nullptr});
    pipeline.journal.apply(store::Lane::internal, std::move(changes)).value();
  }
  std::vector<Json> items() const {
    std::vector<Json> list;
    for (const auto& [key, row] : pipeline.stored()->tables.at(TableId{1}).rows) {
      list.push_back(table::decode_item(row).value());
    }
    return list;
  }
  // Error of the only dead letter, "" when there is none.
  std::string dead_letter() const {
    const auto state = pipeline.stored();
    if (state->dead_letters.empty()) return "";
    const DeadLetter& letter = state->dead_letters.begin()->second;
    return letter.error_code + ": " + letter.error_message;
  }

 private:
  static std::vector<Resource> resources(const std::string& policy, const std::string& table_owner) {
    std::string role;
    std::vector<Resource> list;
    if (!policy.empty()) {
      role = R"(,"Role":"arn:aws:iam::000000000000:role/worker")";
      list.push_back(
          resource("AWS::IAM::Role", "worker", R"({"Policies":[{"PolicyDocument":{"Statement":[)" + policy + "]}}]}"));
    }
    for (Resource& each : one_rule(R"(,"RetryPolicy":{"MaximumRetryAttempts":0})",
                                   R"(,"Environment":{"Variables":{"STAGE":"dev"}})" + role)) {
      list.push_back(std::move(each));
    }
    list.push_back(resource("AWS::DynamoDB::Table", "things", R"({"Arn":")" + things().arn + "\"}", table_owner));
    const std::string topic = Place{}.topic("alerts");
    list.push_back(resource("AWS::SNS::Topic", "alerts", R"({"Arn":")" + topic + "\"}"));
    list.push_back(resource("AWS::SNS::Subscription", "t/S",
                            R"({"TopicArn":")" + topic + R"(","Protocol":"email","Endpoint":"a@example.com"})"));
    return list;
  }

 public:
  MetricTally probe;
  Pipeline pipeline;
  Snapshot<table::TableCatalog> tables;
  HandlerRegistry registry;
  std::shared_ptr<LambdaHandler> handler = std::make_shared<LambdaHandler>();
  EffectBuilder effects;
  FunctionInvoker invoker;
};

}  // namespace waybill::testing
