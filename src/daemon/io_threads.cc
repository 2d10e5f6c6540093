#include "daemon/io_threads.h"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include "base/log.h"

namespace waybill {

namespace asio = boost::asio;

void IoThreads::start(std::size_t threads) {
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] {
      for (;;) {
        try {
          context_.run();
          return;
        } catch (const std::exception& error) {
          spdlog::error("an io task ended with an exception: {}", error.what());
        }
      }
    });
  }
}

void IoThreads::stop() {
  context_.stop();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
  threads_.clear();
}

void IoThreads::post(UniqueFunction<void()> task) {
  asio::post(context_, [task = std::move(task)]() mutable { task(); });
}

void IoThreads::post_after(Millis delay, UniqueFunction<void()> task) {
  auto timer = std::make_shared<asio::steady_timer>(context_, delay);
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
