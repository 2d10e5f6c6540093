// The daemon's queues: the service, what polls it, and what keeps it tidy.
#include <algorithm>

#include "daemon/app_impl.h"

namespace waybill {

namespace {

// A virtual clock does not come to a due time by itself.
constexpr Millis kLeastQueueWake{20};

}  // namespace

void App::Impl::make_queues() {
  queue_timer_ = std::make_unique<WakeTimer>(io_->context(), [this] { queues_->tick(); });
  queues_ = std::make_unique<queue::QueueService>(queue::QueueService::Ports{
      topology_, *journal_, *readers_, wall_, steady_, *workers_,
      [this](Millis delay) { queue_timer_->wake_in(clock_is_virtual() ? std::max(delay, kLeastQueueWake) : delay); }});
  batches_ = std::make_unique<BatchFunctionInvoker>(
      FunctionInvoker::Ports{registry_, *effects_, *readers_, topology_, tables_, random_,
                             function_log_level(settings_.text("log.functions"))},
      *crashes_, *journal_);
  const auto workers = static_cast<int>(settings_.number("delivery.workers"));
  event_source_timer_ = std::make_unique<WakeTimer>(io_->context(), [this] { event_sources_->tick(); });
  event_sources_ = std::make_unique<queue::EventSources>(queue::EventSources::Ports{
      topology_, *queues_, *journal_, *batches_, *callers_, wall_, steady_,
      [this](std::vector<NewDelivery> deliveries) { dispatcher_->committed(std::move(deliveries)); },
      [this](Millis delay) {
        event_source_timer_->wake_in(clock_is_virtual() ? std::max(delay, kLeastQueueWake) : delay);
      },
      probes_, workers, std::max(4, 2 * workers)});
  move_timer_ = std::make_unique<WakeTimer>(io_->context(), [this] { move_tasks_->wake(); });
  move_tasks_ = std::make_unique<queue::MoveTasks>(queue::MoveTasks::Ports{
      *book_, topology_, *journal_, *readers_, *workers_, wall_, random_,
      [this](std::vector<NewDelivery> deliveries) { dispatcher_->committed(std::move(deliveries)); },
      [this](Millis delay) { move_timer_->wake_in(clock_is_virtual() ? std::max(delay, kLeastQueueWake) : delay); }});
  journal_->on_arrivals([this](const std::vector<QueueId>& queues) { queues_->arrived(queues); });
}

void App::Impl::add_queue_parts(std::vector<TimeMachine::Part>& parts) {
  parts.push_back({"queues", [this] { return queues_->next_due(); }, [this] { queues_->tick(); },
                   [this] { return queues_->quiet(); }});
  parts.push_back({"batches", [this] { return event_sources_->next_due(); }, [this] { event_sources_->tick(); },
                   [this] { return event_sources_->quiet(); }});
  parts.push_back({"message moves", [this] { return move_tasks_->next_due(); }, [this] { move_tasks_->wake(); },
                   [this] { return move_tasks_->quiet(); }});
}

// Counting looks at each message: it takes no more than a twentieth of the time, however often somebody asks.
std::vector<metrics::Gauges::Queue> App::Impl::queue_gauges() {
  return queue_gauges_.with([this](QueueGauges& kept) {
    const SteadyTime begun = steady_.now();
    if (begun < kept.until) return kept.gauges;
    kept.gauges = count_queues();
    const SteadyTime ended = steady_.now();
    kept.until = ended + 19 * (ended - begun);
    return kept.gauges;
  });
}

std::vector<metrics::Gauges::Queue> App::Impl::count_queues() {
  std::vector<metrics::Gauges::Queue> gauges;
  auto reader = readers_->lend();
  if (!reader) return gauges;
  const WallTime now = wall_.now();
  const auto topology = topology_.get();
  std::vector<store::CountedQueue> queues;
  for (const auto& [arn, spec] : topology->queues()) queues.push_back({spec->id, spec->fifo});
  const auto counted = (*reader)->message_counts(queues, now);
  if (!counted) return gauges;
  auto counts = counted->begin();
  for (const auto& [arn, spec] : topology->queues()) {
    const double age = counts->oldest ? std::chrono::duration<double>(now - *counts->oldest).count() : 0;
    gauges.push_back({spec->name, counts->visible, counts->in_flight, counts->delayed, age});
    ++counts;
  }
  return gauges;
}

}  // namespace waybill
