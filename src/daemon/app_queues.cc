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
  journal_->on_arrivals([this](const std::vector<QueueId>& queues) { queues_->arrived(queues); });
}

}  // namespace waybill
