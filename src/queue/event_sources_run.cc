// One batch, from the function to the commit.
#include <algorithm>

#include "base/json_text.h"
#include "base/log.h"
#include "base/random.h"
#include "pattern/pattern.h"
#include "queue/event_sources_impl.h"

namespace waybill::queue {

namespace {

constexpr int kMaxConflicts = 50;   // in a row, as of a delivery
constexpr std::size_t kPart = 100;  // messages that are stored at once after a refusal

// AWS: a filter sees {"body": …}, as JSON where it is JSON, else as text.
bool is_wanted_message(const EventSourceSpec& source, const Received& received) {
  const std::string& body = received.message->body;
  std::string record = R"({"body":)";
  if (is_json(body)) {
    record += body;
  } else {
    append_json_string(body, record);
  }
  record += '}';
  const auto flat = pattern::FlatEvent::parse(record);
  return flat && std::any_of(source.filters.begin(), source.filters.end(),
                             [&](const auto& filter) { return filter->matches(*flat); });
}

}  // namespace

// Deletes what no filter wants.
void EventSources::Impl::drop_unwanted(Run& run) {
  if (run.source->filters.empty()) return;
  const auto unwanted = std::stable_partition(run.messages.begin(), run.messages.end(), [&](const Received& each) {
    return is_wanted_message(*run.source, each);
  });
  if (unwanted == run.messages.end()) return;
  store::Changes changes;
  for (auto at = unwanted; at != run.messages.end(); ++at) {
    changes.add(store::DeleteMessage{at->fence, run.fifo, ports_.wall.now(), false});
  }
  const QueueId queue = unwanted->fence.queue;
  const auto count = run.messages.end() - unwanted;
  run.messages.erase(unwanted, run.messages.end());
  ports_.probe.filtered(*run.source, static_cast<std::size_t>(count));
  ports_.journal.submit(store::Lane::internal, std::move(changes),
                        [self = shared_from_this(), queue, count](const store::Applied& applied) {
                          if (applied) self->ports_.queues.removed(queue, count);
                        });
}

// Leaves the first message where it is to be alone, else those before the first that is.
void EventSources::Impl::set_aside(Run& run) const {
  const auto alone = [this](const Received& each) { return ports_.invoker.wants_alone(each); };
  const auto second = run.messages.begin() + 1;
  const auto cut = alone(run.messages.front()) ? second : std::find_if(second, run.messages.end(), alone);
  run.later.assign(std::make_move_iterator(cut), std::make_move_iterator(run.messages.end()));
  run.messages.erase(cut, run.messages.end());
}

void EventSources::Impl::run(const RunPtr& run) {
  if (run->given == 0) {
    drop_unwanted(*run);
    run->given = run->messages.size();
    if (run->messages.empty()) return end(run);
    set_aside(*run);
  }
  // It may have waited for a worker: its time begins now.
  {
    const std::lock_guard lock(mutex_);
    run->with_function = true;
    run->deadline = ports_.steady.now() + run->function->timeout;
  }
  ports_.wake_in(Millis{run->function->timeout} + kBatchHangs);
  const bool answered = ask(*run);
  {
    const std::lock_guard lock(mutex_);
    run->with_function = false;
  }
  if (run->given_up) return came_back(run);  // tick() has ended it, and looks at it no more
  if (!answered) {
    run->failed += run->messages.size();
    if (run->fifo) {
      for (const Received& each : run->messages) run->stopped_groups.insert(each.message->group);
    }
    return part_done(run);
  }
  judge(*run);
  run->settled = 0;
  commit_next(run);
}

void EventSources::Impl::fail(Run& run, std::size_t message, const std::string& why) {
  run.results[message] = RecordResult::failure(why);
  if (!run.source->report_item_failures) run.keep_all = true;
}

// What failures mean for the others of the batch.
void EventSources::Impl::judge(Run& run) const {
  if (run.fifo) hold_back_groups(run.messages, run.results, run.stopped_groups);
  const bool failures = std::any_of(run.results.begin(), run.results.end(),
                                    [](const RecordResult& each) { return !each.ok && !each.lost; });
  // One failure keeps the batch, also what the function is asked for again.
  if (failures && !run.source->report_item_failures) run.keep_all = true;
}

bool EventSources::Impl::ask(Run& run) {
  const SteadyTime deadline = run.deadline;
  const BatchCall call{
      *run.function,     run.messages, uuid_from(static_cast<std::uint64_t>(run.messages.front().fence.id.value)),
      ports_.wall.now(), deadline,     run.source->queue_arn};
  std::vector<RecordResult> results;
  try {
    results = ports_.invoker.invoke(call);
  } catch (const std::exception& error) {
    spdlog::error("{}: a batch ended with an exception: {}", run.function->name, error.what());
  }
  const bool late = ports_.steady.now() > deadline;
  if (late || results.size() != run.messages.size()) {
    spdlog::error("{}: a batch of {} messages {}; they are received again", run.function->name, run.messages.size(),
                  late ? "took longer than its timeout" : "was not answered message by message");
    return false;
  }
  run.results = std::move(results);
  return true;
}

namespace {

void log_skipped(const std::string& function, const std::vector<store::ChangeResult>& results) {
  for (const store::ChangeResult& result : results) {
    if (!std::holds_alternative<store::ConditionSkipped>(result)) continue;
    spdlog::info("{}: a conditional write was skipped: the item is there already", function);
  }
}

}  // namespace

void EventSources::Impl::commit_next(const RunPtr& run) {
  const std::size_t left = run->messages.size() - run->settled;
  const std::size_t count = run->parts ? std::min(left, kPart) : left;
  commit(run, {run->settled, run->settled + count}, false);
}

void EventSources::Impl::commit(const RunPtr& run, const BatchPart& part, bool then_ask) {
  auto unit = std::make_shared<BatchUnit>(
      batch_unit(run->messages, run->results, part, {run->fifo, run->keep_all}, ports_.wall.now()));
  if (unit->changes.list.empty()) {
    for (const auto& tell : unit->on_commit) tell();
    return committed(run, part, then_ask);
  }
  store::Changes changes = unit->changes;
  ports_.journal.submit(store::Lane::internal, std::move(changes),
                        [self = shared_from_this(), run, unit, part, then_ask](const store::Applied& applied) {
                          if (!applied) return self->refused(run, applied.error(), *unit);
                          log_skipped(run->function->name, *applied);
                          for (const auto& tell : unit->on_commit) tell();
                          if (!unit->deliveries.empty()) self->ports_.committed(std::move(unit->deliveries));
                          if (unit->deletions > 0) {
                            self->ports_.queues.removed(run->messages[part.first].fence.queue, unit->deletions);
                          }
                          self->committed(run, part, then_ask);
                        });
}

void EventSources::Impl::committed(const RunPtr& run, const BatchPart& part, bool then_ask) {
  for (std::size_t i = part.first; i < part.end; ++i) {
    const RecordResult& result = run->results[i];
    if (result.ok && !result.lost && !run->keep_all) continue;
    ++run->failed;
    if (result.ok) continue;
    spdlog::warn("{}: message {} failed: {}", run->function->name, run->messages[i].message_id, result.error);
  }
  run->settled = part.end;
  run->conflicts = 0;
  if (run->settled == run->messages.size()) return part_done(run);
  if (then_ask) return ask_again(run);
  commit_next(run);
}

void EventSources::Impl::refused(const RunPtr& run, const store::Refusal& refusal, const BatchUnit& unit) {
  using Step = AfterRefusal::Step;
  const AfterRefusal after = after_refusal(refusal, unit);
  switch (after.step) {
    case Step::commit_again:
      if (refusal.reason == store::Refusal::Reason::fenced) {
        // Its visibility timeout ended and somebody else has it, or it was purged: its effects are not ours to store.
        run->results[after.message].lost = true;
      } else {
        fail(*run, after.message, refusal.message);
      }
      if (run->fifo) judge(*run);
      run->parts = true;
      return commit_next(run);
    case Step::commit_before: return commit(run, {unit.part.first, after.message}, true);
    case Step::ask_again:
      if (++run->conflicts <= kMaxConflicts) return ask_again(run);
      fail(*run, after.message, refusal.message);
      if (run->fifo) judge(*run);
      return commit_next(run);
    case Step::give_up: break;
  }
  const std::size_t left = run->messages.size() - run->settled;
  run->failed += left + run->later.size();
  spdlog::error("{}: a batch of {} messages was not stored, they are received again: {}", run->function->name, left,
                refusal.message);
  end(run);
}

// For what is not settled, less what is lost or may not be done before another one.
void EventSources::Impl::ask_again(const RunPtr& run) {
  std::vector<Received> left;
  for (std::size_t i = run->settled; i < run->messages.size(); ++i) {
    const bool stopped = run->fifo && run->stopped_groups.count(run->messages[i].message->group) > 0;
    if (run->results[i].lost || stopped) {
      ++run->failed;
    } else {
      left.push_back(std::move(run->messages[i]));
    }
  }
  run->messages = std::move(left);
  run->results.clear();
  run->settled = 0;
  if (run->messages.empty()) return part_done(run);
  ports_.callers.post([self = shared_from_this(), run] { self->run(run); });
}

// What was set aside is judged by itself; but no message before an earlier one of its group.
void EventSources::Impl::part_done(const RunPtr& run) {
  if (run->fifo) {
    run->failed += static_cast<std::size_t>(std::erase_if(
        run->later, [&](const Received& each) { return run->stopped_groups.count(each.message->group) > 0; }));
  }
  if (run->later.empty()) return end(run);
  run->messages = std::exchange(run->later, {});
  set_aside(*run);
  run->results.clear();
  run->settled = 0;
  run->conflicts = 0;
  run->keep_all = run->parts = false;
  ports_.callers.post([self = shared_from_this(), run] { self->run(run); });
}

void EventSources::Impl::end(const RunPtr& run) {
  if (run->given > 0) ports_.probe.batch(*run->source, run->given, run->failed);
  Work work;
  {
    const std::lock_guard lock(mutex_);
    runs_.remove(run);
    if (Source* source = source_of_locked(*run)) {
      --source->running;
      pump_locked(run->source_name, *source, work);
    }
  }
  start(std::move(work));
}

// Too late for its batch.
void EventSources::Impl::came_back(const RunPtr& run) {
  Work work;
  {
    const std::lock_guard lock(mutex_);
    if (Source* source = source_of_locked(*run)) {
      --source->stuck;
      pump_locked(run->source_name, *source, work);
    }
  }
  start(std::move(work));
}

}  // namespace waybill::queue
