// What travels through the pipeline: a payload, and its deliveries to endpoints.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "model/ids.h"

namespace waybill {

// Numbers are stored: never change the value of an existing entry.
enum class PayloadKind {
  event = 1,
  notification = 2,
  invocation = 3,
  stream_batch = 4,
  dead_letter = 5,
  // An event that another bus handed over: it goes to no third one.
  forwarded_event = 6,
  // What a target was to get, shaped already: it comes back from a dead-letter queue.
  shaped_input = 7
};

// Immutable once made; shared between the deliveries that carry it.
struct Payload {
  PayloadId id;
  PayloadKind kind = PayloadKind::event;
  WallTime accepted_at;  // when Waybill took it in: the start of a retry policy's event age
  std::string origin;    // ARN of what it came through: an event bus or a topic
  std::string body;      // JSON: the event as delivered, or the notification
};
using PayloadPtr = std::shared_ptr<const Payload>;

// Where a delivery row stands: rows of one endpoint lie together in order of due time.
struct DeliveryKey {
  EndpointId endpoint;
  WallTime due;
  DeliveryId id;
  auto operator<=>(const DeliveryKey&) const = default;
};

// One payload × one endpoint. In the store it is pending (due in the past or future); "in flight" lives in memory only.
struct Delivery {
  DeliveryKey key;
  PayloadId payload;
  int attempts = 0;        // attempts made so far
  int depth = 0;           // how many deliveries caused one another up to this one
  WallTime ingested_at;    // start of the event age
  std::string last_error;  // of the latest failed attempt, "" before it
};

// A delivery on its way into the store, with what it carries: after the commit it is dispatched from memory.
struct NewDelivery {
  Delivery delivery;
  PayloadPtr payload;
};

// A delivery that was caused by 16 others before it is dead-lettered as RECURSION_LIMIT.
inline constexpr int kMaxDepth = 16;

// Names one attempt of one delivery. What was done under it is dropped whole when the delivery has moved on since.
struct DeliveryFence {
  DeliveryKey key;
  int attempts = 0;             // the delivery's count when the attempt began
  std::int64_t generation = 0;  // the store's generation when the attempt began; a reset starts a new one
};

// A delivery that was given up, kept in the daemon's own store whatever dead-letter queue is configured.
struct DeadLetter {
  DeadLetterId id;
  EndpointId endpoint;
  PayloadKind kind = PayloadKind::event;
  std::string origin;    // as in Payload
  std::string body;      // as in Payload
  std::string event_id;  // "" when the payload is no event
  std::string rule_arn;  // "" when no rule caused it
  std::string target_arn;
  std::string error_code;  // AWS: NO_RESOURCE, ERROR_FROM_TARGET, TIMEOUT, …
  std::string error_message;
  std::string exhausted_condition;  // MaximumRetryAttempts | MaximumEventAgeInSeconds, "" when not retried
  int attempts = 0;
  int depth = 0;
  WallTime ingested_at;
  WallTime dead_at;
  DeliveryId delivery{};  // that was given up; not stored: 0 in a letter that was read from the store
};

}  // namespace waybill
