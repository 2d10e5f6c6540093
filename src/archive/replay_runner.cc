#include "archive/replay_runner.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "base/log.h"
#include "control/archive_rows.h"
#include "control/replay_rows.h"

namespace waybill::archive {

namespace states = control::replay_states;

class ReplayRunner::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(Ports ports, ReplayOptions options) : ports_(std::move(ports)), options_(options) {}

  void wake() {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    if (!running_) post_locked();
  }
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  bool quiet() const {
    const std::lock_guard lock(mutex_);
    return !running_;
  }
  bool waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_;
  }

 private:
  enum class Step { worked, must_wait };

  void post_locked() {
    if (stopped_) return;
    running_ = true;
    ports_.executor.post([self = shared_from_this()] { self->run(); });
  }

  void run() {
    {
      const std::lock_guard lock(mutex_);
      woken_ = false;
      if (stopped_) return;
    }
    const auto active = active_replays();
    const bool worked = std::any_of(active.begin(), active.end(), [this](const CatalogRowPtr& row) {
      last_ = row->resource.key;
      return advance(*row) == Step::worked;
    });
    const std::lock_guard lock(mutex_);
    running_ = false;
    waiting_ = !worked && !active.empty();
    if (worked || woken_) {
      post_locked();
    } else if (!active.empty() && !stopped_) {
      ports_.wake_in(options_.pause);
    }
  }

  // Beginning with the one whose turn it is.
  std::vector<CatalogRowPtr> active_replays() const {
    std::vector<CatalogRowPtr> active;
    const auto catalog = ports_.book.get();
    for (const auto& [key, row] : *catalog) {
      if (key.kind == kinds::kReplay && control::is_active_replay(*row)) active.push_back(row);
    }
    const auto next =
        std::find_if(active.begin(), active.end(), [this](auto& row) { return last_ < row->resource.key; });
    std::rotate(active.begin(), next, active.end());
    return active;
  }

  Step advance(const CatalogRow& row) {
    if (control::replay_state(row) == states::kCancelling) return note(row, {states::kCancelled, "", {}});
    const auto replay = Replay::read(row);
    if (!replay) return note(row, {states::kFailed, replay.error().message, {}});
    if (!has_archive(*replay)) {
      return note(row, {states::kFailed, "Archive " + replay->archive_name + " does not exist.", {}});
    }
    const auto rules = ports_.rules.get();
    const bus::RuleTable::Bus* bus = rules->bus(replay->bus_arn);
    if (!bus) {
      const std::string name(event_bus_name(replay->bus_arn));
      return note(row, {states::kFailed, "Event bus " + name + " does not exist.", {}});
    }
    if (!has_whole_archive(row)) return Step::must_wait;
    if (ports_.journal.ingress_full() || is_behind(*replay, *bus)) return Step::must_wait;
    auto unit = next_unit(*replay, *bus);
    if (!unit) {
      spdlog::warn("replay {} waits: {}", replay->key.name, unit.error().message);
      return Step::must_wait;
    }
    const Progress progress{unit->is_last ? states::kCompleted : states::kRunning, "", unit->last};
    return note(row, progress, std::move(*unit));
  }

  bool has_archive(const Replay& replay) const {
    const auto catalog = ports_.book.get();
    const auto found = catalog->find({replay.key.account, replay.key.region, kinds::kArchive, replay.archive_name});
    return found != catalog->end() && control::archive_id(*found->second) == replay.archive;
  }

  // Before its first unit a replay waits for what was accepted before it began and is on its way to the archive. After
  // a restart all of that is there.
  bool has_whole_archive(const CatalogRow& row) {
    if (control::replay_state(row) != states::kStarting) return true;
    const auto awaited = awaited_.try_emplace(row.resource.key, ports_.journal.logged()).first;
    return ports_.journal.has_stored(awaited->second);
  }

  bool is_behind(const Replay& replay, const bus::RuleTable::Bus& bus) const {
    for (const RuleSpec* rule : bus.rules()) {
      if (!is_wanted(replay, *rule)) continue;
      for (const TargetSpec& target : rule->targets) {
        if (ports_.pending(target.endpoint) > options_.max_pending) return true;
      }
    }
    return false;
  }

  Result<ReplayUnit> next_unit(const Replay& replay, const bus::RuleTable::Bus& bus) {
    WAYBILL_TRY(const auto reader, ports_.readers.lend());
    return make_unit(replay, *reader, bus, ports_.journal, ports_.random, ports_.wall.now(), options_.unit);
  }

  // Commits the unit with the progress that it makes, or nothing at all when the replay has moved on meanwhile.
  Step note(const CatalogRow& row, const Progress& progress, ReplayUnit unit = {}) {
    const Status noted = ports_.book.edit([&](const Catalog& catalog) -> Result<control::Edit> {
      control::Edit edit = note_progress(catalog, row, progress, ports_.wall.now());
      if (edit.puts.empty()) return edit;
      edit.more = std::move(unit.changes);
      edit.committed = [&sink = ports_.deliveries, deliveries = std::move(unit.deliveries)]() mutable {
        if (!deliveries.empty()) sink.committed(std::move(deliveries));
      };
      return edit;
    });
    if (noted) {
      awaited_.erase(row.resource.key);  // it is STARTING no more
      return Step::worked;
    }
    spdlog::warn("replay {} waits: {}", row.resource.key.name, noted.error().message);
    return Step::must_wait;
  }

  const Ports ports_;
  const ReplayOptions options_;
  ResourceKey last_;  // whose turn was last; only the one task that runs at a time uses it, and awaited_
  std::map<ResourceKey, std::int64_t> awaited_;  // of those that have not begun: Journal::logged() when they were seen
  mutable std::mutex mutex_;
  bool running_ = false;  // a task is posted or running; guarded by mutex_, as all below
  bool woken_ = false;    // since that task began
  bool waiting_ = false;  // the last task found active replays, and none of them could go on
  bool stopped_ = false;
};

ReplayRunner::ReplayRunner(Ports ports, ReplayOptions options)
    : impl_(std::make_shared<Impl>(std::move(ports), options)) {}
ReplayRunner::~ReplayRunner() { stop(); }
void ReplayRunner::wake() { impl_->wake(); }
bool ReplayRunner::quiet() const { return impl_->quiet(); }
bool ReplayRunner::waiting() const { return impl_->waiting(); }
void ReplayRunner::stop() { impl_->stop(); }

}  // namespace waybill::archive
