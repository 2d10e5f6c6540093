#include "net/reply_gate.h"

#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>

namespace waybill::net {

namespace {
// More is for the connection: it would hold up what the thread that brings it has to do, and be kept in text_.
constexpr std::size_t kMaxDirectBody = 4 * 1024;
}  // namespace

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
  if (response && write(*response)) return;
  if (!answer_.written) answer_.response = std::move(response);
  tell();
}

bool ReplyGate::write(const HttpResponse& response) {
  const bool may = direct_ && socket_ >= 0 && !response.close && response.body.size() <= kMaxDirectBody && asker_ &&
                   asker_->goes_on();
  if (!may) return false;
  text_.clear();
  append_head(text_, response, *direct_);
  if (status_has_body(response.status)) text_ += response.body;
  const ssize_t sent = ::send(socket_, text_.data(), text_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  answer_.written = true;
  if (sent == static_cast<ssize_t>(text_.size())) {
    written_at_ = std::chrono::steady_clock::now();
    return true;
  }
  // An error will be the connection's, when it tries.
  answer_.rest = text_.substr(sent > 0 ? static_cast<std::size_t>(sent) : 0);
  return false;
}

// Posted under the lock: close() by the server's destructor must not slip in between, after which the io_context may be
// gone. Posting runs nothing.
void ReplyGate::tell() {
  if (!asker_) return;
  asio::post(*strand_, [asker = std::exchange(asker_, nullptr)] { asker->answered(); });
}

void ReplyGate::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  tell();
}

void ReplyGate::detach() {
  std::shared_ptr<Asker> forgotten;  // destroyed after the lock: it may be the connection, which detaches this gate
  const std::lock_guard lock(mutex_);
  closed_ = true;
  socket_ = -1;
  forgotten = std::exchange(asker_, nullptr);
  strand_.reset();
}

void ReplyGate::arm() {
  const std::lock_guard lock(mutex_);
  settled_ = false;
  answer_ = {};
}

bool ReplyGate::settled() {
  const std::lock_guard lock(mutex_);
  return settled_ || closed_;
}

void ReplyGate::wait(std::shared_ptr<Asker> asker, std::optional<ResponseFrame> direct) {
  const std::lock_guard lock(mutex_);
  asker_ = std::move(asker);
  direct_ = direct;
  if (settled_ || closed_) tell();
}

std::optional<ReplyGate::Time> ReplyGate::stop_direct() {
  const std::lock_guard lock(mutex_);
  direct_.reset();
  return written_at_;
}

ReplyGate::Answer ReplyGate::collect() {
  std::shared_ptr<Asker> forgotten;
  const std::lock_guard lock(mutex_);
  forgotten = std::exchange(asker_, nullptr);
  direct_.reset();
  written_at_.reset();
  return settled_ ? std::exchange(answer_, {}) : Answer{};
}

}  // namespace waybill::net
