// Units, answers and a Journal over the model engine, for the tests of the store.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <spdlog/spdlog.h>

#include "store/journal.h"
#include "support/model_engine.h"

namespace waybill::testing {

using namespace store;

inline constexpr TableId kTable{1};
using Existence = ItemCondition::Existence;

template <class... C>
Changes changes_of(C... change) {
  Changes changes;
  (changes.add(std::move(change)), ...);
  return changes;
}

inline PutTable make_table(TableId id = kTable) {
  TableSpec spec;
  spec.id = id;
  spec.name = "table-" + std::to_string(id.value);
  spec.key = {{"pk", KeyType::string}, std::nullopt};
  return {spec};
}

inline PutItem put_item(std::string pk, std::string body = "{}", ItemCondition condition = {}) {
  PutItem put;
  put.table = kTable;
  put.row.pk = std::move(pk);
  put.row.body = std::move(body);
  put.condition = condition;
  return put;
}

inline DeleteItem delete_item(std::string pk, ItemCondition condition = {}) {
  DeleteItem remove;
  remove.table = kTable;
  remove.pk = std::move(pk);
  remove.condition = condition;
  return remove;
}

inline CheckItem check_item(std::string pk, std::int64_t version) { return {kTable, std::move(pk), "", version}; }

template <class ItemChange>
ItemChange or_skip(ItemChange change) {
  change.on_failed = OnConditionFailed::skip;
  return change;
}

template <class ItemChange>
ItemChange or_else(ItemChange change, Changes alternative) {
  change.on_failed = OnConditionFailed::alternative;
  change.alternative = std::make_shared<const Changes>(std::move(alternative));
  return change;
}

inline PutSetting put_setting(std::string name, std::string value = "set") {
  return {std::move(name), std::move(value)};
}

inline InsertPayload insert_payload(std::int64_t id, std::string body = "{}") {
  return {std::make_shared<const Payload>(Payload{PayloadId{id}, PayloadKind::event, {}, "arn", std::move(body)})};
}

inline DeliveryKey key_of(std::int64_t id, std::int64_t due = 10) {
  return {EndpointId{1}, from_millis(due), DeliveryId{id}};
}

inline InsertDelivery insert_delivery(std::int64_t id, std::int64_t payload = 1) {
  return {Delivery{key_of(id), PayloadId{payload}, 0, 0, {}, ""}};
}

inline FinishDelivery finish(std::int64_t id, std::int64_t generation = 1, int attempts = 0) {
  return {DeliveryFence{key_of(id), attempts, generation}};
}

inline RescheduleDelivery reschedule(std::int64_t id, std::int64_t due, std::int64_t generation = 1) {
  return {DeliveryFence{key_of(id), 0, generation}, from_millis(due), "it failed"};
}

inline Refusal::Reason reason_of(const Applied& applied) {
  REQUIRE(applied.has_error());
  return applied.error().reason;
}

// The result of one change of a unit that was applied.
template <class R>
R result_of(const Applied& applied, std::size_t change = 0) {
  REQUIRE(applied.has_value());
  REQUIRE(applied->size() > change);
  REQUIRE(std::holds_alternative<R>((*applied)[change]));
  return std::get<R>((*applied)[change]);
}

// A door that a thread waits at until the test opens it.
class Gate {
 public:
  void wait_until_open() {
    std::unique_lock lock(mutex_);
    arrived_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void wait_for_arrival() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return arrived_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool arrived_ = false;
  bool open_ = false;
};

// No log lines of failures that a test makes on purpose.
class QuietLog {
 public:
  QuietLog() { spdlog::set_level(spdlog::level::off); }
  ~QuietLog() { spdlog::set_level(level_); }
  QuietLog(const QuietLog&) = delete;
  QuietLog& operator=(const QuietLog&) = delete;

 private:
  const spdlog::level::level_enum level_ = spdlog::get_level();
};

// Counts what a Journal tells. Thread-safe.
class CountingProbe final : public JournalProbe {
 public:
  struct Counts {
    std::vector<std::size_t> groups;  // units of each transaction
    std::size_t changes = 0;
    std::vector<Refusal::Reason> refused;
    int shed = 0;
    int checkpoints = 0;
  };
  void committed(std::size_t units, std::size_t changes, std::chrono::nanoseconds, std::chrono::nanoseconds) override {
    with([&] {
      counts_.groups.push_back(units);
      counts_.changes += changes;
    });
  }
  void refused(Refusal::Reason reason) override {
    with([&] { counts_.refused.push_back(reason); });
  }
  void shed() override {
    with([&] { ++counts_.shed; });
  }
  void checkpointed(std::int64_t, std::chrono::nanoseconds) override {
    with([&] { ++counts_.checkpoints; });
  }
  Counts counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
  }

 private:
  template <class F>
  void with(F&& f) {
    const std::lock_guard lock(mutex_);
    f();
  }
  mutable std::mutex mutex_;
  Counts counts_;  // guarded by mutex_
};

// A Journal over a model engine whose disk the test can look at, also after the Journal is gone.
class JournalFixture {
 public:
  explicit JournalFixture(JournalOptions options = {}) : options_(options) { start(); }

  void start() {
    journal = std::make_unique<Journal>(std::make_unique<ModelEngine>(disk), options_, probe,
                                        [this](const Error& error) { poison.push_back(error.message); });
  }

  template <class... C>
  Applied apply(C... change) {
    return journal->apply(Lane::internal, changes_of(std::move(change)...));
  }
  bool has_setting(const std::string& name) const { return disk->state()->settings.contains(name); }
  std::optional<ItemRow> item(const std::string& pk) { return *ModelReader(disk).get_item(kTable, pk, ""); }

  // The writer stands still, inside a `done`, until the gate opens: what is submitted meanwhile becomes the next group.
  std::shared_ptr<Gate> hold_writer() {
    auto gate = std::make_shared<Gate>();
    journal->submit(Lane::internal, {}, [gate](const Applied&) { gate->wait_until_open(); });
    gate->wait_for_arrival();
    return gate;
  }

  std::shared_ptr<ModelDisk> disk = std::make_shared<ModelDisk>();
  CountingProbe probe;
  std::vector<std::string> poison;
  std::unique_ptr<Journal> journal;

 private:
  JournalOptions options_;
};

}  // namespace waybill::testing
