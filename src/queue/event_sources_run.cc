// One batch, from the function to the commit.
#include <algorithm>

#include "base/log.h"
#include "base/random.h"
#include "pattern/pattern.h"
#include "queue/event_sources_impl.h"

namespace waybill::queue {

namespace {

constexpr int kMaxConflicts = 50;  // in a row, as of a delivery

// AWS: a filter sees the record; its body as JSON where it is JSON.
bool is_wanted_message(const EventSourceSpec& source, const Received& received) {
  if (source.filters.empty()) return true;
  const std::string text = R"({"body":)" + received.message->body + "}";
  const auto record = pattern::FlatEvent::parse(text);
  if (!record) return false;
  return std::any_of(source.filters.begin(), source.filters.end(),
                     [&](const auto& filter) { return filter->matches(*record); });
}

}  // namespace

// Deletes what no filter wants; false when nothing is left.
bool EventSources::Impl::drop_unwanted(Run& run) {
  const auto unwanted = std::stable_partition(run.messages.begin(), run.messages.end(), [&](const Received& each) {
    return is_wanted_message(*run.source, each);
  });
  if (unwanted == run.messages.end()) return true;
  store::Changes changes;
  for (auto at = unwanted; at != run.messages.end(); ++at) {
    changes.add(store::DeleteMessage{at->fence, run.fifo, ports_.wall.now(), false});
  }
  run.messages.erase(unwanted, run.messages.end());
  ports_.journal.submit(store::Lane::internal, std::move(changes), [](const store::Applied&) {});
  return !run.messages.empty();
}

void EventSources::Impl::run(const RunPtr& run) {
  if (!drop_unwanted(*run)) return end(run);
  const BatchCall call{*run->function, run->messages,
                       uuid_from(static_cast<std::uint64_t>(run->messages.front().fence.id.value)), ports_.wall.now(),
                       run->deadline};
  std::vector<RecordResult> results = ports_.invoker.invoke(call);
  const bool late = ports_.steady.now() > run->deadline;
  {
    const std::lock_guard lock(mutex_);
    run->with_function = false;
    if (run->given_up) return;  // tick() has ended it
  }
  if (late || results.size() != run->messages.size()) {
    run->failed += run->messages.size();
    spdlog::error("{}: a batch of {} messages {}; they are received again", run->function->name, run->messages.size(),
                  late ? "took longer than its timeout" : "was not answered message by message");
    return end(run);
  }
  run->results = std::move(results);
  commit(run, run->messages.size());
}

namespace {

void log_skipped(const std::string& function, const std::vector<store::ChangeResult>& results) {
  for (const store::ChangeResult& result : results) {
    if (!std::holds_alternative<store::ConditionSkipped>(result)) continue;
    spdlog::info("{}: a conditional write was skipped: the item is there already", function);
  }
}

}  // namespace

void EventSources::Impl::commit(const RunPtr& run, std::size_t count) {
  auto unit = std::make_shared<BatchUnit>(
      batch_unit(run->messages, run->results, count, run->source->report_item_failures, run->fifo, ports_.wall.now()));
  if (unit->changes.list.empty()) return committed(run, count);
  store::Changes changes = unit->changes;
  ports_.journal.submit(store::Lane::internal, std::move(changes),
                        [self = shared_from_this(), run, unit, count](const store::Applied& applied) {
                          if (!applied) return self->refused(run, applied.error(), *unit);
                          log_skipped(run->function->name, *applied);
                          if (!unit->deliveries.empty()) self->ports_.committed(std::move(unit->deliveries));
                          self->committed(run, count);
                        });
}

void EventSources::Impl::committed(const RunPtr& run, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const RecordResult& result = run->results[i];
    if (result.ok) continue;
    ++run->failed;
    spdlog::warn("{}: message {} failed: {}", run->function->name, run->messages[i].message_id, result.error);
  }
  const auto past = static_cast<std::ptrdiff_t>(count);
  run->messages.erase(run->messages.begin(), run->messages.begin() + past);
  run->results.clear();
  if (run->messages.empty()) return end(run);
  run->conflicts = 0;
  ask_again(run);
}

void EventSources::Impl::refused(const RunPtr& run, const store::Refusal& refusal, const BatchUnit& unit) {
  using Step = AfterRefusal::Step;
  const AfterRefusal after = after_refusal(refusal, unit);
  const auto at = static_cast<std::ptrdiff_t>(after.message);
  switch (after.step) {
    case Step::commit_again:
      if (refusal.reason == store::Refusal::Reason::fenced) {
        // Its visibility timeout ended and somebody else has it, or it was purged: its effects are not ours to store.
        ++run->failed;
        run->messages.erase(run->messages.begin() + at);
        run->results.erase(run->results.begin() + at);
        if (run->messages.empty()) return end(run);
      } else {
        RecordResult& result = run->results[after.message];
        result = RecordResult{};
        result.ok = false;
        result.error = refusal.message;
      }
      return commit(run, run->messages.size());
    case Step::commit_before: return commit(run, after.message);
    case Step::ask_again:
      if (++run->conflicts <= kMaxConflicts) return ask_again(run);
      run->results[after.message] = RecordResult{};
      run->results[after.message].ok = false;
      run->results[after.message].error = refusal.message;
      return commit(run, run->messages.size());
    case Step::give_up: break;
  }
  run->failed += run->messages.size();
  spdlog::error("{}: a batch of {} messages was not stored, they are received again: {}", run->function->name,
                run->messages.size(), refusal.message);
  end(run);
}

void EventSources::Impl::ask_again(const RunPtr& run) {
  {
    const std::lock_guard lock(mutex_);
    run->with_function = true;
    run->deadline = ports_.steady.now() + run->function->timeout;
  }
  ports_.workers.post([self = shared_from_this(), run] { self->run(run); });
  ports_.wake_in(Millis{run->function->timeout} + Millis{300});
}

void EventSources::Impl::end(const RunPtr& run) {
  ports_.probe.batch(*run->source, run->first_size, run->failed);
  Work work;
  {
    const std::lock_guard lock(mutex_);
    runs_.remove(run);
    const auto source = sources_.find(run->source_name);
    if (source != sources_.end()) {
      --source->second.running;
      pump_locked(source->first, source->second, work);
    }
  }
  start(std::move(work));
}

}  // namespace waybill::queue
