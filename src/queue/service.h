// Queues as SQS has them: send, receive, delete, visibility, purge, counts. The store is the authority on where each
// message stands; here is who waits for messages, and when the next of them becomes visible.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/executor.h"
#include "base/function.h"
#include "model/queue_spec.h"
#include "model/topology.h"
#include "queue/faults.h"
#include "queue/message.h"
#include "store/journal.h"
#include "store/reader_pool.h"

namespace waybill::queue {

// AWS: what a request may ask for at most.
inline constexpr std::chrono::seconds kMaxVisibility{43'200};
inline constexpr std::chrono::seconds kMaxWait{20};
inline constexpr std::chrono::seconds kMaxDelay{900};

struct Limits {
  int in_flight = 120'000;
  int in_flight_fifo = 120'000;
};

struct SendEntry {
  std::string body;
  std::optional<std::chrono::seconds> delay{};  // none: the queue's; refused on a FIFO queue
  MessageAttributes attributes{};
  std::string group_id{}, deduplication_id{};
  std::string sender{};        // SenderId
  std::string trace_header{};  // AWSTraceHeader
};
struct Sent {
  std::string message_id;       // of the first message, where this one is its duplicate
  std::string sequence_number;  // "" on standard queues
};

struct ReceiveRequest {
  int max_messages = 1;                              // 1..10
  std::optional<std::chrono::seconds> wait{};        // none: the queue's; real time, also where the clock is virtual
  std::optional<std::chrono::seconds> visibility{};  // none: the queue's
  std::string attempt_id{};                          // ReceiveRequestAttemptId; accepted, without effect
  // Asked before messages are taken for a poll that waited: a client that is gone gets none. Empty: it is there. On any
  // thread; must not block.
  std::function<bool()> wanted{};
};
struct Received {
  MessagePtr message;
  MessageFence fence;
  std::string message_id;
  std::string receipt_handle;
  int receive_count = 1;
  WallTime first_received_at;
  std::string dead_letter_source_arn{};  // where it was moved from, "" when it was not
};

struct VisibilityChange {
  std::string receipt_handle;
  std::chrono::seconds timeout{0};  // from now; 0: visible at once
};

using Counts = store::MessageCounts;
using QueueSpecs = std::vector<std::shared_ptr<const QueueSpec>>;

// A look at messages without receiving them, for people.
struct Peeked {
  MessagePtr message;
  std::string message_id;
  int receive_count = 0;
  WallTime visible_at;
};

// Owner: the App. Thread-safe; no call blocks. Each callback is called exactly once: on the calling thread when the
// request is refused, else on the Journal's writer thread after the sync, on the thread of a timer, or (counts, peek)
// on a worker. It must not block. Batches: one answer per entry, in order; a fault in place of the list says that all
// of it was refused. Ids of entries, batch limits and MD5s are for the protocols.
class QueueService {
 public:
  struct Ports {
    const Snapshot<Topology>& topology;
    store::Journal& journal;
    store::ReaderPool& readers;
    const WallClock& wall;
    const SteadyClock& steady;
    Executor& workers;
    // Asks for tick() to be called after the given time (real time), at the latest.
    std::function<void(Millis)> wake_in;
  };
  explicit QueueService(Ports ports, Limits limits = {});
  ~QueueService();  // stop()

  template <class T>
  using Done = UniqueFunction<void(Answer<T>)>;
  template <class T>
  using BatchDone = Done<std::vector<Answer<T>>>;

  void send(const std::string& queue_arn, std::vector<SendEntry> entries, BatchDone<Sent> done);
  void receive(const std::string& queue_arn, ReceiveRequest request, Done<std::vector<Received>> done);
  // For consumers inside of Waybill: waits as long as it takes. The queue's visibility timeout counts. It ends without
  // messages when the service stops, or when messages come and `wanted` says no.
  struct TakeRequest {
    int max_messages = 10;
    std::size_t max_bytes = 6 << 20;  // of bodies; the message that passes it is the last
    std::function<bool()> wanted{};
  };
  void take(const std::string& queue_arn, TakeRequest request, Done<std::vector<Received>> done);
  void remove(const std::string& queue_arn, std::vector<std::string> receipt_handles, BatchDone<void> done);
  void change_visibility(const std::string& queue_arn, std::vector<VisibilityChange> changes, BatchDone<void> done);
  // Of what was sent before the call. Once in 60 seconds (wall time): PurgeQueueInProgress.
  void purge(const std::string& queue_arn, Done<void> done);
  void counts(const std::string& queue_arn, Done<Counts> done);
  // Of all of them at one moment, in their order: a message on its way between two of them is counted once. A queue
  // that was deleted counts nothing.
  void counts(QueueSpecs queues, Done<std::vector<Counts>> done);
  // Those that become visible first, at most 1,000; of a FIFO queue, group by group.
  void peek(const std::string& queue_arn, int limit, Done<std::vector<Peeked>> done);

  // Polls that wait now, for metrics and tests.
  std::size_t parked() const;

  // The topology changed: polls of queues that are gone are refused, settings are looked up anew.
  void reconfigure();
  // Committed, on the writer thread: messages came to these queues, or may have become visible there; a queue for each
  // of them. For Journal::on_arrivals.
  void arrived(const std::vector<QueueId>& queues);
  // Committed: so many messages that were in flight were deleted, by another way than remove().
  void removed(QueueId queue, std::int64_t messages);
  // Everything was reset: a queue may be purged at once.
  void reset();
  // Looks for polls whose time is over, for clients that left, and for messages that became visible.
  void tick();
  // When a message becomes visible that somebody waits for; none: nobody waits. Wall time.
  std::optional<WallTime> next_due() const;
  // No receive is on its way to the store.
  bool quiet() const;
  // Answers all polls that wait with nothing, and later ones at once.
  void stop();

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace waybill::queue
