// A queue as configured: what its attributes say. AWS: SQS SetQueueAttributes, CloudFormation AWS::SQS::Queue.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"
#include "model/ids.h"

namespace waybill {

// Who may name this queue as its dead-letter queue.
struct RedriveAllow {
  enum class Who { all, none, by_queue };
  Who who = Who::all;
  std::vector<std::string> source_arns;  // by_queue: at most 10
};

struct RedrivePolicy {
  std::string dlq_arn;
  int max_receives = 10;  // maxReceiveCount: the receive after that many moves the message instead
};

// Who may send to a queue by its policy. A statement that cannot be judged here (an unknown condition) counts as one
// that does not apply when it allows, and as one that does when it denies.
struct QueuePolicyStatement {
  bool allow = true;
  std::vector<std::string> actions;      // "sqs:SendMessage", with * and ?
  std::vector<std::string> services;     // Principal.Service, "*" for anybody
  std::vector<std::string> source_arns;  // Condition on aws:SourceArn, with * and ?; empty: none
  bool judged = true;                    // false: it has a condition of another kind
};

// What a queue takes that does not say (setting limits.queue_message_bytes).
inline constexpr std::size_t kQueueMessageBytes = 262'144;

struct QueueSpec {
  QueueId id;  // of the catalog row (state "Id"): another one when the queue is made anew
  std::string name;
  std::string arn;
  std::string owner;            // template that declares it, "" when the API created it
  bool fifo = false;            // the name ends in ".fifo"
  bool content_dedup = false;   // ContentBasedDeduplication
  bool dedup_by_group = false;  // DeduplicationScope: messageGroup
  std::chrono::seconds visibility_timeout{30};
  std::chrono::seconds delay{0};
  std::chrono::seconds retention{345'600};
  std::chrono::seconds receive_wait{0};
  std::size_t max_message_bytes = kQueueMessageBytes;
  std::optional<RedrivePolicy> redrive;
  RedriveAllow redrive_allow;
  std::optional<std::vector<QueuePolicyStatement>> policy;  // none: the queue has no policy
};

// Reads the properties that the catalog has of a queue, named as in CloudFormation: DelaySeconds, MaximumMessageSize,
// MessageRetentionPeriod, ReceiveMessageWaitTimeSeconds, VisibilityTimeout (numbers, or digits as text), FifoQueue,
// ContentBasedDeduplication (booleans, or their text), DeduplicationScope, FifoThroughputLimit, RedrivePolicy,
// RedriveAllowPolicy, Policy (objects, or their JSON text). Ranges, and what does not go together, are checked. Other
// members (Tags, Kms…, SqsManagedSseEnabled) are let be. `id`, `arn` and `owner` stay unset.
// Errors: invalid, naming the property and what would be right.
Result<QueueSpec> read_queue(std::string_view name, const nlohmann::json& body);

// Whether the policy lets the service ("events.amazonaws.com", "sns.amazonaws.com") send on behalf of that rule or
// topic. A queue without a policy lets everybody of this daemon send.
bool may_send(const QueueSpec& queue, std::string_view service, std::string_view source_arn);
// Whether `dlq` lets `source_arn` name it as its dead-letter queue.
bool may_redrive(const QueueSpec& dlq, std::string_view source_arn);

}  // namespace waybill
