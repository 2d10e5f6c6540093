// StartMessageMoveTask: messages go from a dead-letter queue back to where they came from, or to a queue that is named.
// One that a rule's target or a subscription left there goes back to that target, as a delivery of its own (AWS has no
// such thing). A task is a row of the catalog (kinds::kMessageMoveTask), so it goes on after a restart.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/executor.h"
#include "base/random.h"
#include "control/book.h"
#include "model/delivery.h"
#include "model/topology.h"
#include "queue/faults.h"
#include "queue/hand_back.h"
#include "store/reader_pool.h"

namespace waybill::queue {

struct MoveTask {
  std::string handle;
  std::string status;  // RUNNING | COMPLETED | CANCELLING | CANCELLED | FAILED
  std::string source_arn;
  std::string destination_arn;        // "" where each message goes back to the queue it came from
  std::optional<int> max_per_second;  // MaxNumberOfMessagesPerSecond, 1..500
  std::int64_t moved = 0;             // ApproximateNumberOfMessagesMoved
  std::int64_t to_move = 0;           // ApproximateNumberOfMessagesToMove, when the task began
  std::string failure_reason;         // of a FAILED one
  WallTime started_at;
};

// Owner: the App. Thread-safe. start(), cancel() and list() edit or read the catalog and the store: on a worker, never
// on the writer thread.
class MoveTasks {
 public:
  struct Ports {
    control::Book& book;
    const Snapshot<Topology>& topology;
    store::Journal& journal;
    store::ReaderPool& readers;
    Executor& workers;
    const WallClock& wall;
    Random& random;
    std::function<void(std::vector<NewDelivery>)> committed;  // on the writer thread: must not block
    std::function<void(Millis)> wake_in;                      // asks for wake() after that time
  };
  explicit MoveTasks(Ports ports);
  ~MoveTasks();  // stop()

  // The task handle. Faults: ResourceNotFoundException, InvalidParameterValue, UnsupportedOperation.
  Answer<std::string> start(const std::string& source_arn, const std::string& destination_arn,
                            std::optional<int> max_per_second);
  // How many messages it has moved. Faults: ResourceNotFoundException; InvalidParameterValue for no handle, and for a
  // task that has ended.
  Answer<std::int64_t> cancel(const std::string& handle);
  // Newest first, at most max_results (1..10).
  Answer<std::vector<MoveTask>> list(const std::string& source_arn, int max_results);
  // A number above those of all messages that have been sent.
  MessageId newest() const;
  // One page of what targets left in that queue, without a task: see HandBack. Errors: not_found.
  Result<HandBack::Page> pick(const std::string& source_arn, const HandBack::PageQuery& query) const;

  // Goes on with what is running: at start, and when wake_in() comes round. Does not block.
  void wake();
  std::optional<WallTime> next_due() const;  // of a task that waits for its rate
  bool quiet() const;
  void stop();

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace waybill::queue
