// What a rule's target or a subscription left in its dead-letter queue, and its way back to that target: a delivery of
// its own. AWS has no such thing.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/delivery.h"
#include "model/topology.h"
#include "queue/message.h"
#include "store/journal.h"
#include "store/reader_pool.h"

namespace waybill::queue {

// The attribute of a dead letter in a queue that names Waybill's own record of it, which goes when the message is
// handed back.
inline constexpr const char* kDeadLetterFact = "WAYBILL_DEAD_LETTER";

// By the facts that went with the message; "" for any.
struct LeftFilter {
  std::string rule_arn, target_arn, error_code;
  bool empty() const { return rule_arn.empty() && target_arn.empty() && error_code.empty(); }
};

// Constant after construction; thread-safe. Reads the store and waits for it: on a worker, never on the writer thread.
class HandBack {
 public:
  struct Ports {
    const Snapshot<Topology>& topology;
    store::Journal& journal;
    store::ReaderPool& readers;
    const WallClock& wall;
    std::function<void(std::vector<NewDelivery>)> committed;  // on the writer thread: must not block
  };
  explicit HandBack(Ports ports) : ports_(std::move(ports)) {}

  struct Done {
    std::int64_t handed_back = 0;
    bool stuck = false;  // the message now at the front did not come from a target that is known
  };
  // Those at the front, in their order, until one has another way back. Each goes in a unit of its own, so that one
  // that is received meanwhile keeps no other.
  Result<Done> front(const QueueSpec& source, int most) const;

  struct Page {
    std::int64_t looked_at = 0;
    std::map<std::string, std::int64_t> to;  // how many for each target or queue, by ARN
    std::int64_t unknown = 0;                // of no known origin
    std::optional<store::MessageRow> next;   // the next page begins after it; none: this was the last
  };
  struct PageQuery {
    LeftFilter filter;
    bool dry_run = false;
    std::optional<store::MessageRow> after;
    MessageId until;  // a sequence number: what arrived later, such as what failed again, is not looked at
  };
  // Of the visible messages: those that pass the filter are handed back, or with dry_run only counted. Another queue's
  // have no facts: a dry run without filter tells of them, and they stay.
  Result<Page> pick(const QueueSpec& source, const PageQuery& query) const;

 private:
  struct Left {
    std::shared_ptr<const EndpointSpec> endpoint;  // null: not known
    std::optional<DeadLetterId> letter;
    bool passes = false;  // the filter
  };
  static Left left_by(const Topology& topology, const Message& message, const std::string& dlq_arn,
                      const LeftFilter& filter);
  using LeftMessages = std::vector<std::pair<store::StoredMessage, Left>>;
  // Which of these have gone. Waits for the Journal.
  Result<std::vector<bool>> hand_back(store::Reader& reader, const LeftMessages& messages,
                                      const QueueSpec& source) const;

  const Ports ports_;
};

}  // namespace waybill::queue
