#include "daemon/maintenance.h"

#include "archive/retention.h"
#include "base/log.h"
#include "table/ttl_sweeper.h"

namespace waybill {

namespace {

constexpr int kRows = 1000;

}  // namespace

void Maintenance::run() {
  if (!sweeping_payloads_.exchange(true)) sweep_payloads(PayloadId{0}, PayloadId{ports_.journal.next_sequence()});
  for (const store::SweepExpiredItems& sweep : table::plan_ttl_sweep(*ports_.tables.get(), ports_.wall.now())) {
    sweep_items(sweep);
  }
  sweep_dead_letters(ports_.wall.now() - ports_.dead_letter_retention);
  if (sweeping_archives_ == 0) sweep_archives();
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
  ports_.journal.submit(store::Lane::maintenance, std::move(changes),
                        [swept = std::move(swept)](store::Applied applied) {
                          if (!applied) {
                            if (applied.error().reason != store::Refusal::Reason::unavailable) {
                              spdlog::warn("maintenance: {}", applied.error().message);
                            }
                            swept({});
                            return;
                          }
                          swept(std::get<store::Swept>(applied->front()));
                        });
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

void Maintenance::sweep_dead_letters(WallTime before) {
  submit(store::SweepDeadLetters{before, kRows}, [this, before](const store::Swept& swept) {
    ports_.metrics.dead_letters_expired(swept.rows);
    if (swept.rows > 0) spdlog::warn("{} dead letters were removed because of their age", swept.rows);
    if (swept.rows == kRows) sweep_dead_letters(before);
  });
}

}  // namespace waybill
