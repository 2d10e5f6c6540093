// Queues that feed a function, over a rig: what the function does is the test's.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "queue/event_sources.h"
#include "support/queue_rig.h"

namespace waybill::testing {

// Does what the test says, and remembers what it was given.
class FakeFunction final : public queue::BatchInvoker {
 public:
  std::vector<queue::RecordResult> invoke(const queue::BatchCall& call) override {
    std::vector<std::string> bodies;
    for (const queue::Received& each : call.messages) bodies.push_back(each.message->body);
    batches.push_back(bodies);
    std::vector<queue::RecordResult> results;
    for (const std::string& body : bodies) results.push_back(act(body));
    if (during) during();
    return results;
  }
  bool wants_alone(const queue::Received& received) const override { return received.message->body == lonely; }
  static queue::RecordResult failed() {
    queue::RecordResult result;
    result.ok = false;
    result.error = "it is bad";
    return result;
  }
  std::function<queue::RecordResult(const std::string&)> act = [](const std::string& body) {
    if (body.starts_with("bad")) return failed();
    queue::RecordResult result;
    result.changes.add(store::PutSetting{"done " + body, "1"});
    return result;
  };
  std::string lonely;  // the message that is given alone
  std::function<void()> during;
  std::vector<std::vector<std::string>> batches;
};

class Tally final : public queue::EventSourceProbe {
 public:
  void batch(const EventSourceSpec&, std::size_t messages, std::size_t failures) override {
    given += messages;
    failed += failures;
  }
  void filtered(const EventSourceSpec&, std::size_t messages) override { unwanted += messages; }
  std::size_t given = 0, failed = 0, unwanted = 0;
};

class BatchWorld {
 public:
  explicit BatchWorld(nlohmann::json mapping = nlohmann::json::object(),
                      nlohmann::json queue = nlohmann::json::object(), std::string queue_name = "q")
      : name(std::move(queue_name)) {
    rig.put_queue(name, std::move(queue));
    rig.put("AWS::Lambda::Function", "work", {{"Handler", "test.work"}, {"Timeout", 10}});
    put_mapping(std::move(mapping));
    sources = std::make_unique<queue::EventSources>(queue::EventSources::Ports{
        rig.topology, *rig.service, *rig.journal, function, rig.workers, rig.wall, rig.steady,
        [this](std::vector<NewDelivery> deliveries) { caused += deliveries.size(); }, [](Millis) {}, probe, 2, 4});
    sources->reconfigure();
    rig.commit();
  }
  ~BatchWorld() { sources->stop(); }

  void put_mapping(nlohmann::json mapping) {
    mapping["EventSourceArn"] = queue_arn(name);
    mapping["FunctionName"] = "work";
    rig.put(kinds::kEventSourceMapping, "m", mapping);
    if (sources) sources->reconfigure();
  }
  void send(const std::vector<std::string>& bodies) {
    std::vector<queue::SendEntry> entries;
    for (const std::string& body : bodies) {
      entries.push_back(queue::SendEntry{body});
      if (name.ends_with(".fifo")) entries.back().group_id = body.substr(body.size() - 1);
    }
    rig.service->send(queue_arn(name), std::move(entries), [](auto) {});
    rig.commit();
  }
  // What is for workers stays undone.
  void commit_alone() {
    while (rig.journal->commit_waiting()) {
    }
  }
  void advance(Millis by) {
    rig.wall.advance(by);
    rig.steady.advance(by);
    rig.service->tick();
    sources->tick();
    rig.commit();
  }
  bool stored(const std::string& body) {
    auto reader = rig.readers->lend();
    return (*(*reader)->setting("done " + body)).has_value();
  }
  std::int64_t left() {
    const auto counts = rig.counts(name);
    return counts.visible + counts.in_flight + counts.delayed;
  }

  const std::string name;
  QueueRig rig;
  FakeFunction function;
  Tally probe;
  std::size_t caused = 0;
  std::unique_ptr<queue::EventSources> sources;
};

}  // namespace waybill::testing
