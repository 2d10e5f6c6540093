// Queues that feed functions (event source mappings): takes messages in batches, has the function called, and commits
// the effects of the successes together with the deletion of exactly those messages.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/event_source_spec.h"
#include "queue/event_batch.h"
#include "queue/service.h"

namespace waybill::queue {

// What it refers to lives as long as the call it is given to.
struct BatchCall {
  const FunctionSpec& function;
  const std::vector<Received>& messages;
  std::string request_id;
  WallTime now;
  SteadyTime deadline;
  std::string queue_arn{};
};

// Declared here, implemented over the handler host by the daemon. Called on worker threads, several at once.
class BatchInvoker {
 public:
  virtual ~BatchInvoker() = default;
  // One result per message, in order. Blocks up to the deadline, in good handlers. What it throws fails the batch.
  virtual std::vector<RecordResult> invoke(const BatchCall& call) = 0;
  // Whether the message is to be given to its function alone, and not with others of its batch.
  virtual bool wants_alone(const Received& /*message*/) const { return false; }
};

// Thread-safe.
class EventSourceProbe {
 public:
  virtual ~EventSourceProbe() = default;
  // A function was given so many messages, of which so many come again.
  virtual void batch(const EventSourceSpec&, std::size_t /*messages*/, std::size_t /*failed*/) {}
  virtual void filtered(const EventSourceSpec&, std::size_t /*messages*/) {}  // deleted unseen
};

// Owner: the App. Thread-safe; no call blocks.
class EventSources {
 public:
  struct Ports {
    const Snapshot<Topology>& topology;
    QueueService& queues;
    store::Journal& journal;
    BatchInvoker& invoker;
    Executor& callers;  // functions are called there: a thread that one holds for long is made up for by another
    const WallClock& wall;
    const SteadyClock& steady;
    std::function<void(std::vector<NewDelivery>)> committed;  // on the writer thread: must not block
    std::function<void(Millis)> wake_in;                      // asks for tick() after that time (real time)
    EventSourceProbe& probe;
    int concurrency = 5;  // batches of one source at once, where neither it nor its function says
    int most = 8;         // running and hanging, however many they say: it does not hold all the threads there can be
  };
  explicit EventSources(Ports ports);
  ~EventSources();  // stop()

  // Looks at what is configured: at start, and whenever the topology changed.
  void reconfigure();
  // Sends batches on their way whose window is over, and gives up functions that hang.
  void tick();
  // When the window of a batch is over; none: no batch waits. Wall time.
  std::optional<WallTime> next_due() const;
  // No batch is with its function or on its way to the store.
  bool quiet() const;
  // Begins no batch more. What is running ends with the executor; before the QueueService is stopped.
  void stop();

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace waybill::queue
