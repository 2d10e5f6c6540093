#include "daemon/io_threads.h"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include "base/log.h"

namespace waybill {

namespace asio = boost::asio;

IoThreads::IoThreads(std::size_t threads) {
  for (std::size_t i = 0; i < threads; ++i) loops_.push_back(std::make_unique<Loop>());
}

// The first goes last: what is left in the others may hold timers and strands of it.
IoThreads::~IoThreads() {
  stop();
  while (!loops_.empty()) loops_.pop_back();
}

boost::asio::io_context& IoThreads::next() {
  return loops_[next_.fetch_add(1, std::memory_order_relaxed) % loops_.size()]->context;
}

void IoThreads::start() {
  for (const auto& loop : loops_) {
    loop->thread = std::thread([&context = loop->context] {
      for (;;) {
        try {
          context.run();
          return;
        } catch (const std::exception& error) {
          spdlog::error("an io task ended with an exception: {}", error.what());
        }
      }
    });
  }
}

void IoThreads::stop() {
  for (const auto& loop : loops_) loop->context.stop();
  for (const auto& loop : loops_) {
    if (loop->thread.joinable()) loop->thread.join();
  }
}

void IoThreads::post(UniqueFunction<void()> task) {
  asio::post(next(), [task = std::move(task)]() mutable { task(); });
}

void IoThreads::post_after(Millis delay, UniqueFunction<void()> task) {
  auto timer = std::make_shared<asio::steady_timer>(context(), delay);
  timer->async_wait([timer, task = std::move(task)](const boost::system::error_code& cancelled) mutable {
    if (!cancelled) task();
  });
}

WakeTimer::WakeTimer(asio::io_context& context, std::function<void()> call)
    : context_(context), timer_(context), strand_(asio::make_strand(context)), call_(std::move(call)) {}

void WakeTimer::wake_in(Millis delay) {
  asio::post(strand_, [this, delay] {
    const auto at = std::chrono::steady_clock::now() + delay;
    if (timer_.expiry() > std::chrono::steady_clock::now() && timer_.expiry() <= at) return;
    timer_.expires_at(at);
    timer_.async_wait(asio::bind_executor(strand_, [this](const boost::system::error_code& cancelled) {
      if (!cancelled) call_();
    }));
  });
}

}  // namespace waybill
