// Where the answer of any thread meets the connection that waits for it. One per connection, reused for each of its
// requests; it outlives the connection as long as a Reply holds it, and is then closed: answers go nowhere.
//
// A small answer to a client that does nothing but wait is written by the thread that brings it (decision 0016), and
// the connection sleeps on until the client sends something.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "net/asio_types.h"
#include "net/http.h"
#include "net/response_writer.h"

namespace waybill::net {

class ReplyGate final : public ReplySink {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Who waits for an answer.
  class Asker {
   public:
    virtual ~Asker() = default;
    // The strand. There is something to collect.
    virtual void answered() = 0;
    // Any thread. False when the answer has to say that the connection closes.
    virtual bool goes_on() const = 0;
  };

  struct Answer {
    std::optional<HttpResponse> response;  // to be written; nothing when the reply was dropped or the gate closed
    bool written = false;                  // by the thread that brought it, but for `rest`
    std::string rest;
  };

  // The socket is asked whether the peer is there, and written to, until let_go(). It does not block.
  ReplyGate(Strand strand, int socket) : strand_(std::move(strand)), socket_(socket) {}

  // Any thread.
  void answer(HttpResponse response) override;
  void drop() override;
  bool peer_is_there() const override;
  // Any thread. No answer is taken any more; whoever waits is told and finds nothing.
  void close();
  // Any thread. Closed, and nothing of the io_context is touched or kept any more. A connection that waits is
  // destroyed unresumed, so nobody may be running the io_context then.
  void detach();

  // All below: the connection's strand.
  // Before its socket is closed, and its number may be another's.
  void let_go();
  // Before a request is handed out.
  void arm();
  bool settled();
  // Tells the asker as soon as there is something to collect; but with `direct` an answer may be written at once
  // instead, of which nobody is told. What `direct` views lasts until collect(). At most one waits.
  void wait(std::shared_ptr<Asker> asker, std::optional<ResponseFrame> direct);
  // From now on the asker is told of its answer. If it is written already, when: nobody was told, and it is to be
  // collected.
  std::optional<Time> stop_direct();
  Answer collect();

 private:
  void settle(std::optional<HttpResponse> response);
  // False: it has to be written by the connection.
  bool write(const HttpResponse& response);
  void tell();

  mutable std::mutex mutex_;
  std::optional<Strand> strand_;  // guarded by mutex_, as all below; empty when detached
  int socket_;                    // below 0: closed
  bool closed_ = false;
  bool settled_ = false;
  Answer answer_;
  std::optional<Time> written_at_;       // nobody was told
  std::optional<ResponseFrame> direct_;  // leave to write
  std::string text_;
  std::shared_ptr<Asker> asker_;
};

}  // namespace waybill::net
