#include "daemon/maintenance.h"

#include "archive/retention.h"
#include "base/log.h"
#include "table/ttl_sweeper.h"

namespace waybill {

namespace {

constexpr int kRows = 1000;
constexpr Millis kGrain = std::chrono::minutes{1};
// Sweeps take what is older than an age: it goes one millisecond after it has that age.
constexpr Millis kOlder{1};
constexpr std::chrono::minutes kDeduplication{5};  // of FIFO queues

void keep_earlier(std::optional<WallTime>& first, WallTime time) { first = first ? std::min(*first, time) : time; }

}  // namespace

void Maintenance::run() {
  const std::lock_guard lock(running_);
  if (!sweeping_payloads_.exchange(true)) sweep_payloads(PayloadId{0}, PayloadId{ports_.journal.next_sequence()});
  const auto tables = ports_.tables.get();
  for (const store::SweepExpiredItems& sweep : table::plan_ttl_sweep(*tables, ports_.wall.now())) {
    sweep_items(sweep);
  }
  sweep_dead_letters(ports_.wall.now() - ports_.dead_letter_retention);
  if (sweeping_archives_ == 0) sweep_archives();
  if (sweeping_queues_ == 0) sweep_queues();
}

void Maintenance::sweep_archives() {
  const auto reader = ports_.readers.lend();
  if (!reader) return;
  const auto stored = (*reader)->archives();
  if (!stored) return;
  const auto catalog = ports_.book.get();
  for (const auto& sweep : archive::plan_archive_sweep(*catalog, ports_.wall.now())) sweep_archive(sweep);
  for (const auto& drop : archive::plan_archive_drop(*stored, *catalog)) sweep_archive(drop);
  if (const Status dropped = archive::drop_old_replays(ports_.book, ports_.wall.now()); !dropped) {
    spdlog::warn("maintenance: {}", dropped.error().message);
  }
}

template <class Sweep>
void Maintenance::sweep_archive(Sweep sweep) {
  ++sweeping_archives_;
  submit(sweep, [this, sweep](const store::Swept& swept) {
    if (swept.more) sweep_archive(sweep);
    --sweeping_archives_;
  });
}

// Each sweep removes a bounded number of rows in one group, and comes again as long as there was something.
void Maintenance::submit(store::Change change, std::function<void(const store::Swept&)> swept) {
  store::Changes changes;
  changes.add(std::move(change));
  ++in_flight_;
  ports_.journal.submit(store::Lane::maintenance, std::move(changes),
                        [this, swept = std::move(swept)](store::Applied applied) {
                          if (applied) {
                            swept(std::get<store::Swept>(applied->front()));
                          } else {
                            if (applied.error().reason != store::Refusal::Reason::unavailable) {
                              spdlog::warn("maintenance: {}", applied.error().message);
                            }
                            swept({});
                          }
                          --in_flight_;  // after what follows was submitted
                        });
}

std::optional<WallTime> Maintenance::next_due() {
  std::optional<WallTime> first;
  if (const Status looked = look_ahead(first); !looked) spdlog::warn("maintenance: {}", looked.error().message);
  if (!first) return first;
  const WallTime now = ports_.wall.now();
  const WallTime minute = std::chrono::ceil<std::chrono::minutes>(*first);
  return minute > now ? minute : std::chrono::floor<std::chrono::minutes>(now) + kGrain;
}

Status Maintenance::look_ahead(std::optional<WallTime>& first) {
  WAYBILL_TRY(const auto reader, ports_.readers.lend());
  const auto tables = ports_.tables.get();
  for (const table::TablePtr& table : tables->tables()) {
    if (table->ttl_attribute.empty()) continue;
    WAYBILL_TRY(const auto expiry, reader->first_expiry(table->id));
    if (expiry) keep_earlier(first, from_millis(*expiry * 1000));
  }
  store::DeadLetterFilter oldest;  // ids are in the order of dead_at
  oldest.limit = 1;
  WAYBILL_TRY(const auto letters, reader->dead_letters(oldest));
  if (!letters.empty()) keep_earlier(first, letters.front().dead_at + ports_.dead_letter_retention + kOlder);
  const auto catalog = ports_.book.get();
  for (const auto& sweep : archive::plan_archive_sweep(*catalog, WallTime{})) {
    WAYBILL_TRY(const auto archived, reader->oldest_archived(sweep.archive));
    if (archived) keep_earlier(first, *archived + (WallTime{} - sweep.before) + kOlder);
  }
  if (const auto drop = archive::next_replay_drop(*catalog)) keep_earlier(first, *drop + kOlder);
  return look_at_queues(*reader, first);
}

void Maintenance::sweep_payloads(PayloadId after, PayloadId before) {
  submit(store::SweepPayloads{after, before, kRows}, [this, before](const store::Swept& swept) {
    if (swept.more) {
      sweep_payloads(swept.last, before);
    } else {
      sweeping_payloads_ = false;
    }
  });
}

void Maintenance::sweep_items(store::SweepExpiredItems sweep) {
  submit(sweep, [this, sweep](const store::Swept& swept) {
    ports_.metrics.items_expired(swept.rows);
    if (const auto next = table::next_ttl_sweep(sweep, swept)) sweep_items(*next);
  });
}

// What was sent to a queue that is gone goes too: its number is never given again.
void Maintenance::sweep_queues() {
  // Looked up before the topology: a queue that is made meanwhile is not taken for one that is gone.
  const std::vector<QueueId> stored = stored_queues();
  const auto topology = ports_.topology.get();
  const WallTime now = ports_.wall.now();
  for (const auto& [arn, queue] : topology->queues()) {
    sweep_queue({queue->id, queue->fifo, now - queue->retention, kRows});
  }
  submit(store::SweepDeduplication{now - kDeduplication, kRows}, [](const store::Swept&) {});
  for (const QueueId id : stored) {
    if (!topology->queue(id)) drop_queue({id, kRows});
  }
}

std::vector<QueueId> Maintenance::stored_queues() {
  const auto reader = ports_.readers.lend();
  if (!reader) return {};
  auto stored = (*reader)->queues();
  return stored ? std::move(*stored) : std::vector<QueueId>();
}

void Maintenance::sweep_queue(store::SweepMessages sweep) {
  ++sweeping_queues_;
  submit(sweep, [this, sweep](const store::Swept& swept) {
    ports_.metrics.messages_expired(swept.rows);
    if (swept.more) sweep_queue(sweep);
    --sweeping_queues_;
  });
}

void Maintenance::drop_queue(store::DropQueue drop) {
  ++sweeping_queues_;
  submit(drop, [this, drop](const store::Swept& swept) {
    if (swept.more) drop_queue(drop);
    --sweeping_queues_;
  });
}

Status Maintenance::look_at_queues(store::Reader& reader, std::optional<WallTime>& first) {
  const auto topology = ports_.topology.get();
  for (const auto& [arn, queue] : topology->queues()) {
    if (queue->fifo) {
      // Pages are in the order of groups; what is told of the oldest may be too early, and then it is looked at again.
      WAYBILL_TRY(const auto counts, reader.message_counts({{queue->id, true}}, ports_.wall.now()));
      if (counts.front().oldest) keep_earlier(first, *counts.front().oldest + queue->retention + kOlder);
      continue;
    }
    // In order of what becomes visible first, as the sweep takes them.
    WAYBILL_TRY(const auto page, reader.messages(queue->id, false, std::nullopt, 1));
    if (!page.empty()) keep_earlier(first, page.front().row.visible_at + queue->retention + kOlder);
  }
  return {};
}

void Maintenance::sweep_dead_letters(WallTime before) {
  submit(store::SweepDeadLetters{before, kRows}, [this, before](const store::Swept& swept) {
    ports_.metrics.dead_letters_expired(swept.rows);
    if (swept.rows > 0) spdlog::warn("{} dead letters were removed because of their age", swept.rows);
    if (swept.rows == kRows) sweep_dead_letters(before);
  });
}

}  // namespace waybill
