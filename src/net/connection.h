// One client connection: a coroutine that reads, hands out, waits and writes, one request after the other. While it
// waits for an answer it reads already; what arrives then, or that the answer was written by another thread and the
// next request is here, goes on with the coroutine.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/beast/core/flat_buffer.hpp>

#include "base/function.h"
#include "net/asio_types.h"
#include "net/reply_gate.h"
#include "net/request_parser.h"
#include "net/response_writer.h"
#include "net/server_core.h"

namespace waybill::net {

// Thread: everything on the strand of its socket, but for start(), drain(), cut() and abandon().
class Connection final : public ReplyGate::Asker, public std::enable_shared_from_this<Connection> {
 public:
  Connection(Socket socket, std::shared_ptr<ServerCore> core);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start();
  // Closes the connection if it is idle. (A busy one looks at ServerCore::draining.)
  void drain();
  // Closes it whatever it does.
  void cut();
  // The server goes away and nobody runs the io_context.
  void abandon();
  void answered() override;
  bool goes_on() const override { return !core_->draining; }

 private:
  enum class Phase { idle, reading, waiting, writing, lingering };
  using Time = std::chrono::steady_clock::time_point;

  Task<void> run(std::shared_ptr<Connection> self);
  Task<bool> fill();
  // Suspends the coroutine until resume().
  Task<void> pause();
  void resume();
  void begin_read(std::size_t at_most);
  void on_read(const boost::system::error_code& error, std::size_t size);
  // What the read brought is in input_ then. REQUIRES: one ended.
  std::size_t end_read(boost::system::error_code& error);
  Task<bool> judge_head();
  Task<bool> serve_request();
  Task<bool> refuse(unsigned status, std::string_view code, std::string message);
  Task<bool> flush(std::string_view body = {});
  Task<void> finish();
  bool may_reuse(const HttpRequest& request) const;
  std::string forbidden_reason(const HttpRequest& request);
  void hand_out(HttpRequest request);
  void shrink();
  void leave();
  void close();

  // The one timer of the connection wakes at the deadline or, mostly, earlier: a deadline that moves away costs no
  // timer operation, one that comes nearer only when the wake-up before it is still far.
  void enter(Phase phase, Time deadline);
  void watch(Time now);
  void on_tick();

  Socket socket_;
  SteadyTimer timer_;
  const std::shared_ptr<ServerCore> core_;
  const std::shared_ptr<ReplyGate> gate_;
  RequestParser parser_;
  boost::beast::flat_buffer input_;
  struct ReadDone {
    boost::system::error_code error;
    std::size_t size = 0;
  };
  std::optional<ReadDone> read_done_;  // that nobody has looked at
  bool reading_ = false;
  bool awaits_answer_ = false;     // the coroutine, when it is paused
  UniqueFunction<void()> resume_;  // of the paused coroutine
  std::size_t room_ = 4 * 1024;    // what the next read may take
  std::string output_;
  std::string request_id_;
  std::string remote_;
  std::string local_;
  std::string trusted_host_;  // the last Host that was allowed: the next is most often the same

  Phase phase_ = Phase::idle;
  Time deadline_ = Time::max();
  Time wake_up_ = Time::max();
  Time read_deadline_{};
  std::chrono::milliseconds tick_;
  bool expired_ = false;  // the deadline passed
  bool broken_ = false;   // nothing can be written any more
  bool cut_ = false;
  bool unread_ = false;  // the client may be sending what will not be read
  bool is_member_ = false;
};

}  // namespace waybill::net
