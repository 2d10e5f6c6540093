#pragma once

#include <atomic>
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

// Threads that run an io_context each, and an Executor over them. Owner: the App. Each has its own because two threads
// in one wake each other for every event: the first that has something to do wakes the second to wait in its place.
class IoThreads final : public Executor {
 public:
  explicit IoThreads(std::size_t threads);
  ~IoThreads() override;

  void start();
  // Drops what is queued and ends the threads.
  void stop();
  // For what there is one of.
  boost::asio::io_context& context() { return loops_.front()->context; }
  // For what there are many of. Any thread.
  boost::asio::io_context& next();
  void post(UniqueFunction<void()> task) override;
  // Real time. A call that is not due when the threads end is dropped.
  void post_after(Millis delay, UniqueFunction<void()> task);

 private:
  struct Loop {
    boost::asio::io_context context{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard{context.get_executor()};
    std::thread thread;
  };
  std::vector<std::unique_ptr<Loop>> loops_;
  std::atomic<std::size_t> next_ = 0;
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
