// The part of the dispatcher that reads the store: payloads, and the next deliveries of an endpoint.
#include "base/log.h"
#include "delivery/dispatcher_impl.h"

namespace waybill::delivery {

// Null: it could not be read at present. A payload without an id: it is not in the store.
PayloadPtr Dispatcher::Impl::payload_of(const Window::Waiting& waiting) {
  if (waiting.payload) return waiting.payload;
  try {
    return read_payload(waiting.delivery);
  } catch (const std::exception& error) {
    spdlog::error("reading the payload of delivery {} failed: {}", waiting.delivery.key.id.value, error.what());
    return nullptr;
  }
}

PayloadPtr Dispatcher::Impl::read_payload(const Delivery& delivery) {
  static const PayloadPtr kMissing = std::make_shared<const Payload>();
  auto reader = ports_.readers.lend();
  if (!reader) return nullptr;
  auto found = (*reader)->payloads({delivery.payload});
  if (!found) return nullptr;
  return !found->empty() && found->front() ? found->front() : kMissing;
}

void Dispatcher::Impl::read_page(Lane* lane) {
  DeliveryKey first{lane->id, WallTime::min(), DeliveryId{0}};
  std::size_t limit = 0;
  {
    const std::lock_guard lock(mutex_);
    limit = lane->window.page_size();
  }
  auto reader = ports_.readers.lend();
  Result<std::vector<Delivery>> rows = reader ? (*reader)->deliveries(first, WallTime::max(), static_cast<int>(limit))
                                              : Result<std::vector<Delivery>>(reader.error());
  if (!rows) spdlog::error("reading the deliveries of endpoint {} failed: {}", lane->key, rows.error().message);
  Work work;
  {
    const std::lock_guard lock(mutex_);
    --reading_;
    if (rows) {
      lane->window.merge_page(std::move(*rows));
      lane->expires.reset();
      refresh_locked(*lane);
    } else {
      lane->window.abandon_page();
      lane->stalled_until = ports_.wall.now() + std::chrono::seconds{1};
      refresh_locked(*lane);
    }
    pump_locked(work);
  }
  start(std::move(work));
}

}  // namespace waybill::delivery
