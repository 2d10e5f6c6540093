#include "queue/move_tasks.h"

#include <algorithm>
#include <map>
#include <mutex>

#include <nlohmann/json.hpp>

#include "base/log.h"
#include "queue/message.h"
#include "queue/move_task_row.h"

namespace waybill::queue {

namespace {

using TaskJson = nlohmann::json;

constexpr int kStep = 100;  // messages of one unit
constexpr int kMostPerSecond = 500;

}  // namespace

class MoveTasks::Impl : public std::enable_shared_from_this<Impl> {
 public:
  explicit Impl(Ports ports)
      : ports_(std::move(ports)),
        hand_back_({ports_.topology, ports_.journal, ports_.readers, ports_.wall, ports_.committed}) {}

  Answer<std::string> start(const std::string& source_arn, const std::string& destination_arn,
                            std::optional<int> max_per_second);
  Answer<std::int64_t> cancel(const std::string& handle);
  Answer<std::vector<MoveTask>> list(const std::string& source_arn, int max_results);
  MessageId newest() const { return {ports_.journal.next_sequence()}; }
  Result<HandBack::Page> pick(const std::string& source_arn, const HandBack::PageQuery& query) const {
    const auto source = ports_.topology.get()->queue(source_arn);
    if (!source) return not_found("there is no queue " + source_arn);
    return hand_back_.pick(*source, query);
  }

  void wake() {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    if (!running_) post_locked();
  }
  std::optional<WallTime> next_due() const {
    const std::lock_guard lock(mutex_);
    return resume_at_;
  }
  bool quiet() const {
    const std::lock_guard lock(mutex_);
    return !running_;
  }
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }

 private:
  Answer<void> check(const std::string& source_arn, const std::string& destination_arn,
                     std::optional<int> max_per_second) const;
  void post_locked() {
    if (stopped_) return;
    running_ = true;
    ports_.workers.post([self = shared_from_this()] { self->run(); });
  }
  void run();
  // When it may go on; none: it has ended.
  std::optional<WallTime> advance(const CatalogRow& row);
  store::MoveMessages next_move(const MoveTask& task, const QueueSpec& source, int most) const;
  void note(const CatalogRow& row, const char* status, std::int64_t moved, const std::string& why = "");

  const Ports ports_;
  const HandBack hand_back_;
  mutable std::mutex mutex_;
  std::map<std::string, WallTime> resting_;  // by name: until when its rate keeps a task from going on; used by run()
  bool running_ = false;                     // guarded by mutex_, as all below
  bool woken_ = false;
  bool stopped_ = false;
  std::optional<WallTime> resume_at_;
};

Answer<void> MoveTasks::Impl::check(const std::string& source_arn, const std::string& destination_arn,
                                    std::optional<int> max_per_second) const {
  const auto topology = ports_.topology.get();
  const auto source = topology->queue(source_arn);
  if (!source) return resource_not_found("The resource that you specified for the SourceArn parameter doesn't exist.");
  const auto uses_it = [&](const auto& entry) {
    return entry.second->redrive && entry.second->redrive->dlq_arn == source_arn;
  };
  const bool is_dlq = std::any_of(topology->queues().begin(), topology->queues().end(), uses_it) ||
                      std::any_of(topology->endpoints().begin(), topology->endpoints().end(),
                                  [&](const auto& entry) { return entry.second->dlq_arn == source_arn; });
  if (!is_dlq) return invalid_parameter("Source queue must be configured as a Dead Letter Queue.");
  if (!destination_arn.empty()) {
    const auto destination = topology->queue(destination_arn);
    if (!destination) {
      return resource_not_found("The resource that you specified for the DestinationArn parameter doesn't exist.");
    }
    if (destination->fifo != source->fifo || destination->id == source->id) {
      return invalid_parameter("DestinationArn: it must be another queue of the same type as the source queue.");
    }
  }
  if (max_per_second && (*max_per_second < 1 || *max_per_second > kMostPerSecond)) {
    return invalid_value(std::to_string(*max_per_second), "MaxNumberOfMessagesPerSecond",
                         "Value for parameter MaxNumberOfMessagesPerSecond must be between 1 and 500.");
  }
  return {};
}

Answer<std::string> MoveTasks::Impl::start(const std::string& source_arn, const std::string& destination_arn,
                                           std::optional<int> max_per_second) {
  if (auto checked = check(source_arn, destination_arn, max_per_second); !checked) return std::move(checked).error();
  const auto source = ports_.topology.get()->queue(source_arn);
  const auto arn = Arn::parse(source_arn);
  if (!source || !arn) return queue_does_not_exist();
  std::int64_t waiting = 0;
  if (auto reader = ports_.readers.lend()) {
    const auto counts = (*reader)->message_counts({{source->id, source->fifo}}, ports_.wall.now());
    if (counts) waiting = counts->front().visible;
  }
  const std::string name = uuid_v4(ports_.random);
  bool busy = false;
  const Status edited = ports_.book.edit([&](const Catalog& catalog) -> Result<control::Edit> {
    for (const auto& [key, row] : catalog) {
      const bool same = key.kind == kinds::kMessageMoveTask && row->body.value("SourceArn", "") == source_arn;
      busy = busy || (same && is_active(*row));
    }
    control::Edit edit;
    if (busy) return edit;
    TaskJson body{{"SourceArn", source_arn}};
    if (!destination_arn.empty()) body["DestinationArn"] = destination_arn;
    if (max_per_second) body["MaxNumberOfMessagesPerSecond"] = *max_per_second;
    const TaskJson state{{"Status", kRunning}, {"ToMove", waiting}, {"Started", to_millis(ports_.wall.now())}};
    edit.deletes = old_tasks(catalog, source_arn);
    edit.puts.push_back({{arn->account, arn->region, kinds::kMessageMoveTask, name}, "", body.dump(), state.dump()});
    return edit;
  });
  if (busy) {
    return invalid_parameter(
        "There is already a task running. Only one active task is allowed for a source queue arn at a given time.");
  }
  if (!edited) return unavailable(edited.error().message);
  wake();
  return task_handle(name, source_arn);
}

Answer<std::int64_t> MoveTasks::Impl::cancel(const std::string& handle) {
  const auto name = task_name_in(handle);
  if (!name) return invalid_parameter("Value for parameter TaskHandle is invalid.");
  std::int64_t moved = 0;
  bool found = false;
  bool active = false;
  const Status edited = ports_.book.edit([&](const Catalog& catalog) -> Result<control::Edit> {
    control::Edit edit;
    for (const auto& [key, row] : catalog) {
      if (key.kind != kinds::kMessageMoveTask || key.name != *name) continue;
      found = true;
      if (status_of(*row) != kRunning) continue;
      active = true;
      moved = row->state.value("Moved", std::int64_t{0});
      TaskJson state = row->state;
      state["Status"] = kCancelling;
      Resource changed = row->resource;
      changed.state = state.dump();
      edit.puts.push_back(std::move(changed));
    }
    return edit;
  });
  if (!edited) return unavailable(edited.error().message);
  if (!found) return resource_not_found("Task does not exist.");
  if (!active) return invalid_parameter("Only active tasks can be cancelled.");
  wake();
  return moved;
}

Answer<std::vector<MoveTask>> MoveTasks::Impl::list(const std::string& source_arn, int max_results) {
  if (!ports_.topology.get()->queue(source_arn)) {
    return resource_not_found("The resource that you specified for the SourceArn parameter doesn't exist.");
  }
  std::vector<MoveTask> tasks;
  const auto book = ports_.book.get();
  for (const auto& [key, row] : *book) {
    if (key.kind != kinds::kMessageMoveTask || row->body.value("SourceArn", "") != source_arn) continue;
    tasks.push_back(task_of(*row));
  }
  std::stable_sort(tasks.begin(), tasks.end(),
                   [](const MoveTask& a, const MoveTask& b) { return a.started_at > b.started_at; });
  const auto most = static_cast<std::size_t>(std::clamp(max_results, 1, kShownTasks));
  if (tasks.size() > most) tasks.resize(most);
  return tasks;
}

void MoveTasks::Impl::run() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = false;
    if (stopped_) return;
  }
  std::optional<WallTime> next;
  const auto catalog = ports_.book.get();
  for (const auto& [key, row] : *catalog) {
    if (key.kind != kinds::kMessageMoveTask || !is_active(*row)) continue;
    const auto resting = resting_.find(key.name);
    const bool rests = resting != resting_.end() && resting->second > ports_.wall.now();
    const auto again = rests && status_of(*row) == kRunning ? resting->second : advance(*row);
    if (again) {
      resting_[key.name] = *again;
      next = next ? std::min(*next, *again) : *again;
    } else {
      resting_.erase(key.name);
    }
  }
  const std::lock_guard lock(mutex_);
  running_ = false;
  resume_at_ = next;
  const Millis wait = next ? *next - ports_.wall.now() : Millis{0};
  if (woken_ || (next && wait <= Millis{0})) {
    post_locked();
  } else if (next && !stopped_) {
    ports_.wake_in(wait);
  }
}

store::MoveMessages MoveTasks::Impl::next_move(const MoveTask& task, const QueueSpec& source, int most) const {
  const auto topology = ports_.topology.get();
  store::MoveMessages move;
  move.from = source.id;
  move.fifo = source.fifo;
  move.now = ports_.wall.now();
  if (!task.destination_arn.empty()) {
    if (const auto to = topology->queue(task.destination_arn)) move.routes.push_back({{}, to->id, to->fifo});
  } else {
    for (const auto& [arn, queue] : topology->queues()) {
      if (queue->id != source.id && queue->fifo == source.fifo)
        move.routes.push_back({queue->id, queue->id, queue->fifo});
    }
  }
  for (int i = 0; i < most; ++i) move.ids.push_back({ports_.journal.next_sequence()});
  return move;
}

std::optional<WallTime> MoveTasks::Impl::advance(const CatalogRow& row) {
  MoveTask task = task_of(row);
  if (task.status == kCancelling) return note(row, "CANCELLED", task.moved), std::nullopt;
  const auto topology = ports_.topology.get();
  const auto source = topology->queue(task.source_arn);
  if (!source) return note(row, "FAILED", task.moved, "AWS.SimpleQueueService.NonExistentQueue"), std::nullopt;
  if (!task.destination_arn.empty() && !topology->queue(task.destination_arn)) {
    return note(row, "FAILED", task.moved, "The destination queue does not exist."), std::nullopt;
  }
  const WallTime now = ports_.wall.now();
  const int most = std::min(task.max_per_second.value_or(kStep), kStep);
  store::Changes changes;
  changes.add(next_move(task, *source, most));
  const auto applied = ports_.journal.apply(store::Lane::internal, std::move(changes));
  if (!applied) {
    spdlog::warn("message move task of {}: {}", source->name, applied.error().message);
    return now + std::chrono::seconds{1};
  }
  const auto& moved = std::get<store::MessagesMoved>(applied->front());
  std::int64_t count = moved.moved;
  if (moved.stuck) {
    const auto back = hand_back_.front(*source, std::max(most - static_cast<int>(count), 1));
    if (!back || back->stuck) {
      const std::string why = back ? "CouldNotDetermineMessageSource" : back.error().message;
      return note(row, "FAILED", task.moved + count, why), std::nullopt;
    }
    count += back->handed_back;
  }
  const bool done = !moved.stuck && moved.moved < most;
  note(row, done ? "COMPLETED" : kRunning, task.moved + count);
  if (done) return std::nullopt;
  if (!task.max_per_second) return now;
  return now +
         std::chrono::ceil<Millis>(std::chrono::duration<double>(static_cast<double>(count) / *task.max_per_second));
}

void MoveTasks::Impl::note(const CatalogRow& row, const char* status, std::int64_t moved, const std::string& why) {
  const Status edited = ports_.book.edit([&](const Catalog& catalog) -> Result<control::Edit> {
    control::Edit edit;
    const auto found = catalog.find(row.resource.key);
    if (found == catalog.end()) return edit;
    TaskJson state = found->second->state;
    // Cancelled meanwhile: that stands.
    if (status_of(*found->second) != kCancelling || std::string(status) != kRunning) state["Status"] = status;
    state["Moved"] = moved;
    if (!why.empty()) state["FailureReason"] = why;
    Resource changed = found->second->resource;
    changed.state = state.dump();
    edit.puts.push_back(std::move(changed));
    return edit;
  });
  if (!edited) spdlog::warn("message move task {}: {}", row.resource.key.name, edited.error().message);
}

MoveTasks::MoveTasks(Ports ports) : impl_(std::make_shared<Impl>(std::move(ports))) {}
MoveTasks::~MoveTasks() { stop(); }
Answer<std::string> MoveTasks::start(const std::string& source_arn, const std::string& destination_arn,
                                     std::optional<int> max_per_second) {
  return impl_->start(source_arn, destination_arn, max_per_second);
}
Answer<std::int64_t> MoveTasks::cancel(const std::string& handle) { return impl_->cancel(handle); }
Answer<std::vector<MoveTask>> MoveTasks::list(const std::string& source_arn, int max_results) {
  return impl_->list(source_arn, max_results);
}
Result<HandBack::Page> MoveTasks::pick(const std::string& source_arn, const HandBack::PageQuery& query) const {
  return impl_->pick(source_arn, query);
}
MessageId MoveTasks::newest() const { return impl_->newest(); }
void MoveTasks::wake() { impl_->wake(); }
std::optional<WallTime> MoveTasks::next_due() const { return impl_->next_due(); }
bool MoveTasks::quiet() const { return impl_->quiet(); }
void MoveTasks::stop() { impl_->stop(); }

}  // namespace waybill::queue
