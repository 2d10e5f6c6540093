#include "net/smtp.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "net/smtp_session.h"

namespace waybill::net {

namespace {

SmtpError not_sent(SmtpError::Kind kind, const char* message) { return {kind, 0, false, message}; }

}  // namespace

class SmtpClient::Impl {
 public:
  explicit Impl(SmtpOptions options) : options_(std::move(options)) {
    for (std::size_t i = 0; i < std::max<std::size_t>(options_.connections, 1); ++i) {
      threads_.emplace_back([this] { run(); });
    }
  }
  ~Impl() { stop(std::chrono::milliseconds{0}); }

  void submit(Mail mail, Callback done) {
    SmtpError refused = not_sent(SmtpError::Kind::stopped, "the SMTP client was stopped");
    {
      const std::lock_guard lock(mutex_);
      if (!stopping_ && waiting_.size() < options_.queue) {
        waiting_.push_back({std::move(mail), std::move(done), clock_.now()});
        changed_.notify_one();
        return;
      }
      if (!stopping_) refused = not_sent(SmtpError::Kind::busy, "too many mails wait for the SMTP server");
    }
    done(std::move(refused));
  }

  void stop(std::chrono::milliseconds grace) {
    std::deque<Waiting> unsent;
    {
      std::unique_lock lock(mutex_);
      stopping_ = true;
      unsent = std::exchange(waiting_, {});
      changed_.notify_all();
      ended_.wait_for(lock, grace, [this] { return sending_ == 0; });
    }
    cancelled_ = true;
    for (Waiting& each : unsent) each.done(not_sent(SmtpError::Kind::stopped, "the SMTP client was stopped"));
    const std::lock_guard lock(joining_);
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }

 private:
  struct Waiting {
    Mail mail;
    Callback done;
    SteadyTime since;
  };

  void run() {
    SmtpSession session(options_, cancelled_);
    while (auto next = take()) {
      if (clock_.now() - next->since > options_.queue_timeout) {
        next->done(not_sent(SmtpError::Kind::busy, "no connection to the SMTP server was free in time"));
      } else {
        next->done(session.send(next->mail));
      }
      const std::lock_guard lock(mutex_);
      --sending_;
      ended_.notify_all();
    }
  }

  // Empty when it is time to end.
  std::unique_ptr<Waiting> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return nullptr;
    auto next = std::make_unique<Waiting>(std::move(waiting_.front()));
    waiting_.pop_front();
    ++sending_;
    return next;
  }

  const SmtpOptions options_;
  const SystemSteadyClock clock_;  // a server's patience is real time, whatever the daemon's clock says
  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;
  std::condition_variable changed_, ended_;
  std::deque<Waiting> waiting_;  // guarded by mutex_
  std::size_t sending_ = 0;      // guarded by mutex_
  bool stopping_ = false;        // guarded by mutex_
  std::mutex joining_;
  std::vector<std::thread> threads_;
};

SmtpClient::SmtpClient(SmtpOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
SmtpClient::~SmtpClient() = default;
void SmtpClient::submit(Mail mail, Callback done) { impl_->submit(std::move(mail), std::move(done)); }
void SmtpClient::stop(std::chrono::milliseconds grace) { impl_->stop(grace); }

}  // namespace waybill::net
