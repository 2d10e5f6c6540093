#include "net/reply_gate.h"

#include <poll.h>

#include <boost/asio/post.hpp>

namespace waybill::net {

void ReplyGate::answer(HttpResponse response) { settle(std::move(response)); }
void ReplyGate::drop() { settle(std::nullopt); }

bool ReplyGate::peer_is_there() const {
  const std::lock_guard lock(mutex_);
  if (closed_ || socket_ < 0) return false;
  pollfd asked{socket_, POLLRDHUP, 0};
  return ::poll(&asked, 1, 0) <= 0 || (asked.revents & (POLLRDHUP | POLLHUP | POLLERR)) == 0;
}

void ReplyGate::let_go() {
  const std::lock_guard lock(mutex_);
  socket_ = -1;
}

void ReplyGate::settle(std::optional<HttpResponse> response) {
  const std::lock_guard lock(mutex_);
  if (closed_ || settled_) return;
  settled_ = true;
  response_ = std::move(response);
  // Posted under the lock: close() by the server's destructor must not slip in between, after which the io_context
  // may be gone. Posting runs nothing.
  if (waiter_) asio::post(*strand_, std::exchange(waiter_, nullptr));
}

void ReplyGate::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  if (waiter_) asio::post(*strand_, std::exchange(waiter_, nullptr));
}

void ReplyGate::detach() {
  UniqueFunction<void()> forgotten;  // destroyed after the lock: it may own the connection, which detaches this gate
  const std::lock_guard lock(mutex_);
  closed_ = true;
  socket_ = -1;
  forgotten = std::exchange(waiter_, nullptr);
  strand_.reset();
}

void ReplyGate::arm() {
  const std::lock_guard lock(mutex_);
  settled_ = false;
  response_.reset();
}

bool ReplyGate::settled() {
  const std::lock_guard lock(mutex_);
  return settled_ || closed_;
}

void ReplyGate::set_waiter(UniqueFunction<void()> waiter) {
  const std::lock_guard lock(mutex_);
  if (settled_ || closed_) {
    asio::post(*strand_, std::move(waiter));
  } else {
    waiter_ = std::move(waiter);
  }
}

Task<void> ReplyGate::wait() {
  co_await asio::async_initiate<const asio::use_awaitable_t<Strand>&, void()>(
      [this](auto handler) { set_waiter([h = std::move(handler)]() mutable { std::move(h)(); }); }, kAwait);
}

std::optional<HttpResponse> ReplyGate::take() {
  const std::lock_guard lock(mutex_);
  return settled_ ? std::exchange(response_, std::nullopt) : std::nullopt;
}

}  // namespace waybill::net
