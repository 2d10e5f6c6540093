// Takes committed deliveries to their endpoints: in order of due time, within each function's concurrency, under its
// timeout; acknowledges, reschedules or dead-letters them through the Journal.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/executor.h"
#include "base/random.h"
#include "delivery/circuit.h"
#include "delivery/invoker.h"
#include "store/journal.h"
#include "store/reader_pool.h"

namespace waybill::delivery {

struct DispatcherOptions {
  Backoff backoff;
  std::size_t window = 1024;  // deliveries of one endpoint in memory
  std::size_t workers = 2;    // tasks at a time on the executor; and tasks that wait for a caller
  std::size_t batch = 32;     // deliveries of a fast handler that one task takes
  int max_conflicts = 50;     // version conflicts in a row before an attempt counts as failed
  int max_stuck = 4;          // invocations of one function that hang past their deadline: then it is unhealthy
  int max_async = 16;         // attempts in flight at one target whose attempts hold no worker
  CircuitPolicy circuit;
};

struct EndpointCounts {
  std::shared_ptr<const EndpointSpec> spec;  // null when the endpoint is no longer configured
  std::string key;
  std::int64_t pending = 0;   // in the store
  std::int64_t retrying = 0;  // of those in memory, with a failed attempt
  std::optional<WallTime> oldest;
  bool circuit_open = false;          // its target is down: it is only probed
  std::optional<WallTime> next_call;  // nothing is attempted at its target before
};

// Owner: the App. Thread-safe: all state is behind one mutex that is never held across a call out.
class Dispatcher {
 public:
  struct Ports {
    store::Journal& journal;
    store::ReaderPool& readers;
    const Snapshot<Topology>& topology;
    Invoker& invoker;
    DeadLetterRouter& dead_letters;
    Executor& executor;  // reads, settles, and makes attempts that do not block; nothing else holds its threads
    // Makes attempts that may block (Invoker::blocks). A thread that one holds for long is made up for by another.
    Executor& callers;
    const WallClock& wall;
    const SteadyClock& steady;
    Random& random;
    DeliveryProbe& probe;
    // Asks for tick() to be called after the given time, at the latest.
    std::function<void(Millis)> wake_in;
  };

  Dispatcher(Ports ports, DispatcherOptions options);
  ~Dispatcher();

  // Pending deliveries found in the store at start.
  void load(const std::vector<store::EndpointRow>& endpoints);
  // Deliveries that were just committed.
  void committed(std::vector<NewDelivery> deliveries);
  // The topology changed: endpoints look up their specification anew.
  void reconfigure();
  // Forgets everything: called on the writer thread when a reset was applied.
  void reset();
  // Looks for deliveries that became due and attempts past their deadline.
  void tick();
  // Starts nothing more. What is in flight goes on; quiet() says when it has ended.
  void stop();
  bool quiet() const;

  std::vector<EndpointCounts> counts() const;
  // Deliveries of one endpoint that are in the store; what is replayed waits while they are many.
  std::int64_t pending(EndpointId endpoint) const;
  // The earliest time at which tick() has something to begin: a delivery that becomes due. None: nothing waits for a
  // time. Complete once quiet(): pages that are being read may hold an earlier one.
  std::optional<WallTime> next_due() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace waybill::delivery
