#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "base/clock.h"
#include "base/executor.h"

namespace waybill {

// The io_context, the threads that run it, and an Executor over it. Owner: the App.
class IoThreads final : public Executor {
 public:
  explicit IoThreads(std::size_t threads) : context_(static_cast<int>(threads)), guard_(context_.get_executor()) {}
  ~IoThreads() override { stop(); }

  void start(std::size_t threads);
  // Drops what is queued and ends the threads.
  void stop();
  boost::asio::io_context& context() { return context_; }
  void post(UniqueFunction<void()> task) override;
  // Real time. A call that is not due when the threads end is dropped.
  void post_after(Millis delay, UniqueFunction<void()> task);

 private:
  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
  std::vector<std::thread> threads_;
};

// Calls a function once after a time, or earlier when asked again with a shorter one. Thread-safe; the call runs on an
// io thread. Must be destroyed after the io threads ended.
class WakeTimer {
 public:
  WakeTimer(boost::asio::io_context& context, std::function<void()> call);
  void wake_in(Millis delay);

 private:
  boost::asio::io_context& context_;
  boost::asio::steady_timer timer_;  // used under strand only
  boost::asio::strand<boost::asio::io_context::executor_type> strand_;
  std::function<void()> call_;
};

}  // namespace waybill
