// Queues over a Journal that is committed by hand, on clocks that stand still: no thread, no sleep.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "queue/service.h"
#include "support/failing_engine.h"
#include "support/fake_clock.h"
#include "support/model_engine.h"
#include "support/pipeline.h"

namespace waybill::testing {

inline std::string queue_arn(const std::string& name) { return Place{}.queue(name); }

class QueueRig {
 public:
  using Json = nlohmann::json;
  struct Stores {
    std::function<std::unique_ptr<store::Engine>()> engine;
    std::function<std::unique_ptr<store::Reader>()> reader;
  };

  // Over the model engine.
  explicit QueueRig(queue::Limits limits = {}) : limits_(limits) {
    const auto disk = std::make_shared<ModelDisk>();
    stores_ = {[disk] { return std::make_unique<ModelEngine>(disk); },
               [disk] { return std::make_unique<ModelReader>(disk); }};
    open();
  }
  explicit QueueRig(Stores stores) : stores_(std::move(stores)) { open(); }
  ~QueueRig() { close(); }

  // Queues by name; those that were there keep their numbers.
  void put_queue(const std::string& name, Json body = Json::object()) { put(kinds::kQueue, name, body); }
  void put(const char* kind, const std::string& name, const Json& body) {
    Resource resource{{Place{}.account, Place{}.region, kind, name}, "", body.dump(), ""};
    const auto before = catalog_.find(resource.key);
    resource.state = before == catalog_.end() ? Json{{"Id", ++last_id_}}.dump() : before->second->resource.state;
    catalog_[resource.key] = *CatalogRow::read(resource);
    configure();
  }
  void drop_queue(const std::string& name) { drop(kinds::kQueue, name); }
  void drop(const char* kind, const std::string& name) {
    catalog_.erase({Place{}.account, Place{}.region, kind, name});
    configure();
  }
  Result<std::unique_ptr<store::Reader>> make_reader() const { return stores_.reader(); }
  QueueId id_of(const std::string& name) const { return topology.get()->queue(queue_arn(name))->id; }

  // What was submitted is gone, as when the power goes; what was committed stays.
  void crash() {
    plan_->kind = FailurePlan::Kind::failed_sync;
    plan_->fail_at = plan_->calls + 1;
    close();
    open();
  }
  // From now on the store fails, as on a full disk; or works again.
  void fail(bool fails = true) {
    plan_->kind = FailurePlan::Kind::stays_full;
    plan_->fail_at = fails ? plan_->calls + 1 : 0;
  }
  // Everything that was submitted is committed, and what follows from it.
  void commit() {
    bool more = true;
    while (more) {
      more = journal->commit_waiting();
      while (workers.run_one()) more = true;
    }
  }

  template <class T>
  using Got = std::shared_ptr<std::optional<queue::Answer<T>>>;
  template <class T>
  static auto into(const Got<T>& got) {
    return [got](queue::Answer<T> answer) { got->emplace(std::move(answer)); };
  }
  template <class T>
  static Got<T> nothing() {
    return std::make_shared<std::optional<queue::Answer<T>>>();
  }

  queue::Answer<queue::Sent> send(const std::string& name, queue::SendEntry entry) {
    const auto got = nothing<std::vector<queue::Answer<queue::Sent>>>();
    std::vector<queue::SendEntry> entries;
    entries.push_back(std::move(entry));
    service->send(queue_arn(name), std::move(entries), into(got));
    commit();
    REQUIRE(got->has_value());
    if (!**got) return (*got)->error();
    REQUIRE((**got)->size() == 1);
    return (**got)->front();
  }
  void send_text(const std::string& name, const std::string& body) {
    queue::SendEntry entry;
    entry.body = body;
    REQUIRE(send(name, std::move(entry)).has_value());
  }

  Got<std::vector<queue::Received>> begin_receive(const std::string& name, queue::ReceiveRequest request) {
    const auto got = nothing<std::vector<queue::Received>>();
    service->receive(queue_arn(name), std::move(request), into(got));
    return got;
  }
  queue::Answer<std::vector<queue::Received>> try_receive(const std::string& name, int most = 10,
                                                          std::optional<std::chrono::seconds> visibility = {}) {
    queue::ReceiveRequest request;
    request.max_messages = most;
    request.wait = std::chrono::seconds{0};
    request.visibility = visibility;
    const auto got = begin_receive(name, std::move(request));
    commit();
    REQUIRE(got->has_value());
    return **got;
  }
  std::vector<queue::Received> receive(const std::string& name, int most = 10,
                                       std::optional<std::chrono::seconds> visibility = {}) {
    auto got = try_receive(name, most, visibility);
    REQUIRE(got.has_value());
    return std::move(*got);
  }
  std::vector<std::string> bodies(const std::string& name, int most = 10) {
    std::vector<std::string> list;
    for (const auto& each : receive(name, most)) list.push_back(each.message->body);
    return list;
  }
  queue::Answer<void> remove(const std::string& name, const std::string& handle) {
    const auto got = nothing<std::vector<queue::Answer<void>>>();
    service->remove(queue_arn(name), {handle}, into(got));
    commit();
    REQUIRE(got->has_value());
    return (**got) ? (**got)->front() : queue::Answer<void>((*got)->error());
  }
  queue::Answer<void> change(const std::string& name, const std::string& handle, std::chrono::seconds timeout) {
    const auto got = nothing<std::vector<queue::Answer<void>>>();
    service->change_visibility(queue_arn(name), {{handle, timeout}}, into(got));
    commit();
    REQUIRE(got->has_value());
    return (**got) ? (**got)->front() : queue::Answer<void>((*got)->error());
  }
  queue::Counts counts(const std::string& name) {
    const auto got = nothing<queue::Counts>();
    service->counts(queue_arn(name), into(got));
    commit();
    REQUIRE(got->has_value());
    return ***got;
  }

  // Both clocks; then what was waited for happens.
  void advance(Millis by) {
    wall.advance(by);
    steady.advance(by);
    service->tick();
    commit();
  }

  FakeWallClock wall;
  FakeSteadyClock steady;
  ManualExecutor workers;
  Snapshot<Topology> topology;
  std::optional<Millis> wake;  // what was asked for last
  std::unique_ptr<store::ReaderPool> readers;
  std::unique_ptr<store::Journal> journal;
  std::unique_ptr<queue::QueueService> service;

 private:
  void open() {
    configure();
    readers = std::make_unique<store::ReaderPool>(
        [this]() -> Result<std::unique_ptr<store::Reader>> { return stores_.reader(); });
    store::JournalOptions options;
    options.by_hand = true;
    plan_ = std::make_shared<FailurePlan>();
    journal = std::make_unique<store::Journal>(make_failing_engine(stores_.engine(), plan_), options, probe_,
                                               [](const Error&) {});
    service = std::make_unique<queue::QueueService>(
        queue::QueueService::Ports{topology, *journal, *readers, wall, steady, workers,
                                   [this](Millis delay) { wake = delay; }},
        limits_);
    journal->on_arrivals([this](const std::vector<QueueId>& queues) { service->arrived(queues); });
  }
  void close() {
    journal->on_arrivals(nullptr);
    service->stop();
    journal->stop();
    while (workers.run_one()) {
    }
    service.reset();
    readers.reset();
    journal.reset();
  }
  void configure() {
    auto built = Topology::build(catalog_, Place{}, numbers_);
    const std::string why = built ? std::string() : built.error().message;
    REQUIRE_MESSAGE(built.has_value(), why);
    topology.set(std::move(*built));
    if (service) service->reconfigure();
  }

  queue::Limits limits_;
  Stores stores_;
  Catalog catalog_;
  Topology::EndpointNumbers numbers_;
  std::int64_t last_id_ = 0;
  store::JournalProbe probe_;
  std::shared_ptr<FailurePlan> plan_;
};

}  // namespace waybill::testing
