#include "crash/shipment_run.h"

#include <atomic>
#include <future>
#include <mutex>
#include <thread>

#include <spdlog/spdlog.h>

namespace waybill::testing {

namespace {

using namespace store;

constexpr EndpointId kEndpoint{1};
constexpr TableId kFirstTable{1};
constexpr TableId kSecondTable{2};  // made in the middle of the run
constexpr ArchiveId kKept{1};
constexpr ArchiveId kDropped{2};  // again and again
constexpr WallTime kNow{Millis{1'000}};

TableSpec shipments_table(TableId id) {
  TableSpec spec;
  spec.id = id;
  spec.name = "Shipments" + std::to_string(id.value);
  spec.key = {{"id", KeyType::string}, std::nullopt};
  spec.indexes = {{"by_status", {{"status", KeyType::string}, KeyAttribute{"id", KeyType::string}}}};
  spec.ttl_attribute = "ttl";
  return spec;
}

template <class... C>
Changes changes_of(C... change) {
  Changes changes;
  (changes.add(std::move(change)), ...);
  return changes;
}

class Run {
 public:
  Run(Engine* engine, const RunPlan& plan, const std::function<void(const Promise&)>& told)
      : plan_(plan),
        told_(told),
        journal_(std::unique_ptr<Engine>(engine), {.checkpoint_wal_bytes = plan.checkpoint_wal_bytes}, probe_,
                 [](const Error&) {}) {}

  RunOutcome finish() {
    std::vector<std::thread> submitters;
    unit(Lane::internal, changes_of(PutTable{shipments_table(kFirstTable)}, PutEndpoint{kEndpoint, "handler"}),
         {"table", kFirstTable.value});
    for (int i = 0; i < plan_.submitters; ++i) submitters.emplace_back([this, i] { submit(i); });
    for (auto& submitter : submitters) submitter.join();
    journal_.stop();
    outcome_.poisoned = journal_.poisoned();
    return std::move(outcome_);
  }

 private:
  // Everybody has queues of their own, so that nobody's visibility timeouts end by another's time.
  struct Worker {
    QueueId queue, dead_letters;
    int receives = 0;
  };

  void submit(int submitter) {
    const bool makes_table = submitter == 0;
    Worker worker{{2 * submitter + 1}, {2 * submitter + 2}};
    for (int i = 0; i < plan_.shipments && !journal_.poisoned(); ++i) {
      if (makes_table && i == plan_.shipments / 2) {
        second_ =
            unit(Lane::internal, changes_of(PutTable{shipments_table(kSecondTable)}), {"table", kSecondTable.value});
      }
      ship(i);
      send(worker, i);
      if (i % 4 == 3) work_on_batch(worker);
      if (i % 8 == 7) unit(Lane::maintenance, changes_of(SweepPayloads{{0}, {1'000'000'000}, 100}), {"swept", 0});
      if (i % 8 == 3) unit(Lane::maintenance, changes_of(DropArchive{kDropped, 2}), {"dropped", 0});
    }
  }

  void ship(int i) {
    const std::int64_t number = journal_.next_sequence();
    Payload payload;
    payload.id = {number};
    payload.accepted_at = from_millis(number);
    payload.body = std::string(static_cast<std::size_t>(200 + i * 37 % 900), 'x');
    DeliveryFence fence{{kEndpoint, from_millis(number), {number}}, 0, journal_.generation()};
    const Delivery delivery{fence.key, {number}, 0, 0, from_millis(number), ""};
    Changes accepted = changes_of(InsertPayload{std::make_shared<const Payload>(payload)}, InsertDelivery{delivery});
    const auto bytes = static_cast<std::int64_t>(payload.body.size());
    if (i % 4 < 2) accepted.add(ArchiveEvent{kKept, from_millis(number), {number}, bytes, from_millis(number)});
    if (i % 4 == 1) accepted.add(ArchiveEvent{kDropped, from_millis(number), {number}, bytes, from_millis(number)});
    if (!unit(Lane::ingress, std::move(accepted), {i % 4 < 2 ? "archived" : "accepted", number})) return;
    if (i % 3 == 1) {
      const WallTime due = from_millis(number + 1'000'000);
      if (!unit(Lane::internal, changes_of(RescheduleDelivery{fence, due, "no answer"}), {"retried", number})) return;
      fence.key.due = due;
      fence.attempts = 1;
    }
    if (i % 5 == 4) {
      DeadLetter letter;
      letter.id = {number};
      unit(Lane::internal, changes_of(FinishDelivery{fence}, InsertDeadLetter{letter}), {"buried", number});
    } else if (i % 7 != 6) {  // some stay pending
      unit(Lane::internal, changes_of(FinishDelivery{fence}, item(number)), {"delivered", number});
    }
  }

  void send(const Worker& worker, int i) {
    const std::int64_t number = journal_.next_sequence();
    Message message;
    message.id = {number};
    message.body = std::string(static_cast<std::size_t>(100 + i * 53 % 700), 'm');
    message.sent_at = kNow;
    SendMessage change;
    change.queue = worker.queue;
    change.message = std::make_shared<const Message>(std::move(message));
    change.visible_at = kNow;
    unit(Lane::ingress, changes_of(std::move(change)), {"sent", number});
  }

  // A batch as an event source takes it: each message is deleted in one unit with its effect, or moved on by the
  // receive after the next, or left for later.
  void work_on_batch(Worker& worker) {
    ReceiveMessages receive;
    receive.queue = worker.queue;
    receive.limit = 5;
    receive.now = kNow + Millis{++worker.receives * 20};
    receive.visible_at = receive.now + Millis{30};
    receive.retained_since = from_millis(0);
    receive.redrive = Redrive{worker.dead_letters, 1};
    std::promise<std::vector<ReceivedMessage>> promise_of_batch;
    auto batch = promise_of_batch.get_future();
    journal_.submit(Lane::internal, changes_of(receive),
                    [this, received = std::move(promise_of_batch)](Applied result) mutable {
                      note(result, {"received", 0});
                      received.set_value(result ? std::get<MessagesReceived>(result->front()).messages
                                                : std::vector<ReceivedMessage>());
                    });
    for (const ReceivedMessage& each : batch.get()) {
      const std::int64_t number = each.fence.id.value;
      if (number % 3 == 0) continue;  // its visibility timeout ends, and the receive after that moves it
      Changes changes = changes_of(DeleteMessage{each.fence, false, receive.now, true}, item(number));
      std::get<PutItem>(changes.list.back()).table = kFirstTable;
      unit(Lane::internal, std::move(changes), {"taken", number});
    }
  }

  PutItem item(std::int64_t number) const {
    PutItem put;
    put.table = second_ && number % 2 == 0 ? kSecondTable : kFirstTable;
    put.row.pk = std::to_string(number);
    put.row.body = R"({"id":{"S":")" + put.row.pk + R"("},"status":{"S":"open"}})";
    put.row.index_keys = {ItemRow::IndexKey{"open", put.row.pk}};
    put.row.expires_at = number;
    put.condition.existence = ItemCondition::Existence::absent;
    return put;
  }

  bool unit(Lane lane, Changes changes, Promise promise) {
    // The callback owns the promise: it may still be at work in set_value() when the waiting thread goes on.
    std::promise<bool> promise_of_answer;
    auto answer = promise_of_answer.get_future();
    journal_.submit(lane, std::move(changes),
                    [this, promise, applied = std::move(promise_of_answer)](Applied result) mutable {
                      note(result, promise);
                      applied.set_value(result.has_value());
                    });
    return answer.get();
  }

  void note(const Applied& result, const Promise& promise) {
    const std::lock_guard lock(mutex_);
    if (result.has_error()) {
      outcome_.refusals.push_back(result.error().reason);
      return;
    }
    outcome_.promises.push_back(promise);
    if (told_) told_(promise);
  }

  const RunPlan plan_;
  const std::function<void(const Promise&)>& told_;
  JournalProbe probe_;
  std::mutex mutex_;
  RunOutcome outcome_;  // guarded by mutex_
  std::atomic<bool> second_ = false;
  Journal journal_;
};

}  // namespace

RunOutcome run_shipments(sqlite::Store& store, const RunPlan& plan, const std::function<void(const Promise&)>& told) {
  auto engine = store.make_engine();
  // A disk that fails this early is a daemon that does not start.
  if (!engine) return {};
  const auto level = spdlog::get_level();
  spdlog::set_level(spdlog::level::off);  // the failures are wanted
  auto outcome = Run(engine->release(), plan, told).finish();
  spdlog::set_level(level);
  return outcome;
}

}  // namespace waybill::testing
