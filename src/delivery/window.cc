#include "delivery/window.h"

#include <utility>

namespace waybill::delivery {

namespace {

constexpr std::size_t kPayloadBytes = 1 << 20;

}  // namespace

void Window::add(Delivery delivery, PayloadPtr payload) {
  const DeliveryKey key = delivery.key;
  if (!known(key)) {
    missed_while_paging_ = true;
    return;
  }
  drop_if_large(payload);
  waiting_.emplace(key, Waiting{std::move(delivery), std::move(payload), 0});
  if (waiting_.size() <= limit_) return;
  waiting_.erase(std::prev(waiting_.end()));
  behind_ = true;
  missed_while_paging_ = true;
  known_to_ = waiting_.rbegin()->first;
}

// Large payloads are read back when their turn comes, so that a window is bounded in bytes too.
void Window::drop_if_large(PayloadPtr& payload) const {
  if (payload && payload->body.size() * (waiting_.size() + 1) > kPayloadBytes) payload.reset();
}

std::optional<Window::Waiting> Window::take(WallTime now) {
  if (waiting_.empty()) return std::nullopt;
  const auto first = waiting_.begin();
  if (first->first.due > now) return std::nullopt;
  Waiting taken = std::move(first->second);
  waiting_.erase(first);
  in_flight_.insert(taken.delivery.key.id);
  return taken;
}

std::vector<Window::Waiting> Window::take_ingested_until(WallTime time) {
  std::vector<Waiting> taken;
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    if (at->second.delivery.ingested_at > time) {
      ++at;
      continue;
    }
    in_flight_.insert(at->first.id);
    taken.push_back(std::move(at->second));
    at = waiting_.erase(at);
  }
  return taken;
}

void Window::put_back(Waiting waiting) {
  in_flight_.erase(waiting.delivery.key.id);
  drop_if_large(waiting.payload);
  const DeliveryKey key = waiting.delivery.key;
  waiting_.insert_or_assign(key, std::move(waiting));
}

void Window::finish(DeliveryId id) {
  in_flight_.erase(id);
  if (paging_) ended_while_paging_.insert(id);
}

std::size_t Window::begin_page() {
  paging_ = true;
  missed_while_paging_ = false;
  ended_while_paging_.clear();
  asked_ = limit_ + in_flight_.size();
  return asked_;
}

void Window::merge_page(std::vector<Delivery> rows) {
  paging_ = false;
  if (std::exchange(discard_page_, false)) return;
  const bool all = rows.size() < asked_;
  if (all && !missed_while_paging_) {
    behind_ = false;
  } else if (!rows.empty() && known_to_ < rows.back().key) {
    known_to_ = rows.back().key;
  }
  for (Delivery& row : rows) {
    const DeliveryId id = row.key.id;
    if (in_flight_.count(id) > 0 || ended_while_paging_.count(id) > 0) continue;
    const DeliveryKey key = row.key;
    waiting_.try_emplace(key, Waiting{std::move(row), nullptr, 0});
  }
  ended_while_paging_.clear();
}

std::optional<WallTime> Window::first_due() const {
  if (waiting_.empty()) return std::nullopt;
  return waiting_.begin()->first.due;
}

std::optional<WallTime> Window::first_ingested() const {
  std::optional<WallTime> first;
  for (const auto& [key, waiting] : waiting_) {
    if (!first || waiting.delivery.ingested_at < *first) first = waiting.delivery.ingested_at;
  }
  return first;
}

void Window::clear() {
  waiting_.clear();
  in_flight_.clear();
  ended_while_paging_.clear();
  behind_ = false;
  discard_page_ = paging_;  // its rows belong to what was cleared
}

}  // namespace waybill::delivery
