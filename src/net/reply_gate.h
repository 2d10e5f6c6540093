// Where the answer of any thread meets the connection that waits for it. One per connection, reused for each of its
// requests; it outlives the connection as long as a Reply holds it, and is then closed: answers go nowhere.
#pragma once

#include <mutex>
#include <optional>

#include "base/function.h"
#include "net/asio_types.h"
#include "net/http.h"

namespace waybill::net {

class ReplyGate final : public ReplySink {
 public:
  // The socket is asked whether the peer is there, until let_go().
  ReplyGate(Strand strand, int socket) : strand_(std::move(strand)), socket_(socket) {}

  // Any thread.
  void answer(HttpResponse response) override;
  void drop() override;
  bool peer_is_there() const override;
  // Any thread. No answer is taken any more; the waiting connection is woken and finds nothing.
  void close();
  // Any thread. Closed, and nothing of the io_context is touched or kept any more. A connection that waits is
  // destroyed unresumed, so nobody may be running the io_context then.
  void detach();

  // The connection's strand. Before its socket is closed, and its number may be another's.
  void let_go();
  // The connection's strand. Before a request is handed out.
  void arm();
  bool settled();
  // Suspends until settled or closed. At most one waiter.
  Task<void> wait();
  // Nothing when the reply was dropped or the gate closed.
  std::optional<HttpResponse> take();

 private:
  void settle(std::optional<HttpResponse> response);
  void set_waiter(UniqueFunction<void()> waiter);

  mutable std::mutex mutex_;
  std::optional<Strand> strand_;  // guarded by mutex_, as all below; empty when detached
  int socket_;                    // below 0: closed
  bool closed_ = false;
  bool settled_ = false;
  std::optional<HttpResponse> response_;
  UniqueFunction<void()> waiter_;
};

}  // namespace waybill::net
