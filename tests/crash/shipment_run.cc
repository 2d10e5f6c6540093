#include "crash/shipment_run.h"

#include <atomic>
#include <thread>

#include <spdlog/spdlog.h>

#include "crash/ledger.h"
#include "crash/message_work.h"

namespace waybill::testing {

namespace {

using namespace store;

constexpr EndpointId kEndpoint{1};
constexpr TableId kSecondTable{2};  // made in the middle of the run
constexpr ArchiveId kKept{1};
constexpr ArchiveId kDropped{2};  // again and again

template <class... C>
Changes changes_of(C... change) {
  Changes changes;
  (changes.add(std::move(change)), ...);
  return changes;
}

class Run {
 public:
  Run(sqlite::Store& store, Engine* engine, std::unique_ptr<IngressLog> log, const RunPlan& plan,
      const Ledger::Told& told)
      : store_(store),
        plan_(plan),
        journal_(
            std::unique_ptr<Engine>(engine), options(plan), probe_, [](const Error&) {}, std::move(log)),
        ledger_(journal_, told) {}

  RunOutcome finish() {
    std::vector<std::thread> submitters;
    put_table(kEffects);
    put_table(kFailures);
    ledger_.unit(Lane::internal, changes_of(PutEndpoint{kEndpoint, "handler"}), {"endpoint"});
    for (int i = 0; i < plan_.submitters; ++i) submitters.emplace_back([this, i] { submit(i); });
    for (auto& submitter : submitters) submitter.join();
    journal_.stop();
    return {ledger_.take_promises(), ledger_.take_refusals(), journal_.poisoned()};
  }

 private:
  static JournalOptions options(const RunPlan& plan) {
    JournalOptions options;
    options.checkpoint_wal_bytes = plan.checkpoint_wal_bytes;
    options.full_disk_pause = std::chrono::milliseconds{1};
    return options;
  }

  bool put_table(TableId id) {
    return ledger_.unit(Lane::internal, changes_of(PutTable{crash_table(id)}), {"table", id.value});
  }

  void submit(int submitter) {
    const auto reader = store_.make_reader();
    if (!reader) return;
    MessageWork standard(ledger_, **reader, plan_.first_queue + 6 * submitter, false);
    MessageWork fifo(ledger_, **reader, plan_.first_queue + 6 * submitter + 3, true);
    for (int i = 0; i < plan_.shipments && !journal_.poisoned(); ++i) {
      if (submitter == 0 && i == plan_.shipments / 2) second_ = put_table(kSecondTable);
      ship(i);
      standard.send(i);
      fifo.send(i);
      if (i % 4 == 3) work_on(standard);
      if (i % 4 == 1) work_on(fifo);
      if (i % 8 == 7) ledger_.unit(Lane::maintenance, changes_of(SweepPayloads{{0}, {1'000'000'000}, 100}), {"swept"});
      if (i % 8 == 3) ledger_.unit(Lane::maintenance, changes_of(DropArchive{kDropped, 2}), {"dropped"});
    }
  }

  void work_on(MessageWork& messages) {
    messages.work_on_batch();
    messages.move_dead_letters();
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
    const char* what = i % 4 < 2 ? "archived" : "accepted";
    if (!ledger_.accept(std::move(accepted), {what, number})) return;
    if (i % 3 == 1) {
      const WallTime due = from_millis(number + 1'000'000);
      Changes retried = changes_of(RescheduleDelivery{fence, due, "no answer"});
      if (!ledger_.unit(Lane::internal, std::move(retried), {"retried", number})) return;
      fence.key.due = due;
      fence.attempts = 1;
    }
    if (i % 5 == 4) {
      DeadLetter letter;
      letter.id = {number};
      ledger_.unit(Lane::internal, changes_of(FinishDelivery{fence}, InsertDeadLetter{letter}), {"buried", number});
    } else if (i % 7 != 6) {  // some stay pending
      const TableId table = second_ && number % 2 == 0 ? kSecondTable : kEffects;
      ledger_.unit(Lane::internal, changes_of(FinishDelivery{fence}, crash_item(table, std::to_string(number), number)),
                   {"delivered", number});
    }
  }

  sqlite::Store& store_;
  const RunPlan plan_;
  JournalProbe probe_;
  std::atomic<bool> second_ = false;
  Journal journal_;
  Ledger ledger_;
};

}  // namespace

RunOutcome run_shipments(sqlite::Store& store, const RunPlan& plan, const std::function<void(const Promise&)>& told) {
  auto engine = store.make_engine();
  // A disk that fails this early is a daemon that does not start.
  if (!engine) return {};
  const auto level = spdlog::get_level();
  spdlog::set_level(spdlog::level::off);  // the failures are wanted
  auto log = store.make_ingress_log();
  if (!log) return {};
  auto outcome = Run(store, engine->release(), std::move(*log), plan, told).finish();
  spdlog::set_level(level);
  return outcome;
}

}  // namespace waybill::testing
