// The wiring of the pipeline as one immutable value: buses, rules, functions, topics and the endpoints that deliveries
// go to. Built from the catalog whenever it changes and shared by reference; every room reads the same snapshot.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "expr/input_shape.h"
#include "model/arn.h"
#include "model/catalog.h"
#include "model/event_source_spec.h"
#include "model/ids.h"
#include "model/queue_spec.h"
#include "model/subscription_spec.h"

namespace waybill {

// AWS: EventBridge RetryPolicy; what is not set is 185 retries and 24 hours.
struct RetryPolicy {
  int max_retries = 185;
  std::chrono::seconds max_age{86'400};
  std::optional<RetryPhases> phases{};  // the waits between retries; none: the dispatcher's backoff
};

struct TargetSpec {
  std::string id;
  std::string arn;
  EndpointId endpoint;
};

struct RuleSpec {
  std::string name;
  std::string arn;
  std::string pattern;    // "" when the rule has a schedule only
  std::string schedule;   // ScheduleExpression, "" for none
  WallTime scheduled_at;  // when that expression was put: the anchor of a rate
  WallTime modified_at;   // when anything of the rule changed last
  bool enabled = true;
  std::vector<TargetSpec> targets;
};

// Events of its bus that match its pattern are kept for replay.
struct ArchiveSpec {
  ArchiveId id;
  std::string name;
  std::string arn;
  std::string pattern;              // "" for every event
  std::chrono::hours retention{0};  // 0: for ever
};

struct BusSpec {
  std::string name;
  std::string arn;
  std::vector<RuleSpec> rules;
  std::vector<ArchiveSpec> archives;
};

// One statement of a role's policies. Effects other than Allow and Deny are refused when it is parsed.
struct PolicyStatement {
  bool allow = true;
  std::vector<std::string> actions;    // with * and ?
  std::vector<std::string> resources;  // with * and ?
};

// How a function's own asynchronous invocations are retried, and who hears of their end. AWS: EventInvokeConfig.
struct InvokeConfig {
  int max_retries = 2;
  std::chrono::seconds max_age{21'600};
  std::string on_success, on_failure;  // ARNs of destinations, "" for none
};

// single: a rule's retry policy covers the whole way to what its function does. aws: it covers the hand-over only; the
// function's invocation is a delivery of its own, with its own retries.
enum class Retries { single, aws };

struct FunctionSpec {
  std::string name;
  std::string arn;
  std::string handler;  // <plugin>.<name>
  std::string owner;    // template that declares it, "" when the API created it
  std::chrono::seconds timeout{3};
  std::optional<int> concurrency;  // ReservedConcurrentExecutions
  std::map<std::string, std::string> environment;
  std::optional<std::vector<PolicyStatement>> permissions;  // empty: no role; it may use what its owner declares
  std::string dlq_arn;                                      // its own dead-letter target
  bool two_stages = false;  // rules hand over to its invocations: Retries::aws, or it has an EventInvokeConfig
  InvokeConfig invoke;
  EndpointId invocations;  // of EndpointKind::function; 0 where nothing leads there
};

struct TopicSpec {
  std::string name;
  std::string arn;
  std::string owner;
  std::vector<SubscriptionSpec> subscriptions;
  std::string display_name{};  // DisplayName: who e-mails come from, "" for none
};

// function: the asynchronous invocations of a function, where they are deliveries of their own.
enum class EndpointKind { target, subscription, function };

// What a target's ARN names. other: a service that Waybill does not deliver to.
enum class TargetKind { function, topic, bus, api_destination, queue, log_group, other };
TargetKind target_kind(const std::string& arn);

// Where deliveries go. `key` is stored for ever under its id, so that a delivery finds its endpoint again after a
// restart: "target <rule arn> <target id>", "subscription <arn>" or "function <arn>".
struct EndpointSpec {
  EndpointId id;
  EndpointKind kind = EndpointKind::target;
  std::string key;
  TargetKind target = TargetKind::other;
  std::string rule_arn, rule_name;  // targets
  std::string target_arn;           // ARN of the target, or of the subscription
  // Targets: what is delivered instead of the event; null for the event itself.
  std::shared_ptr<const expr::InputShape> shape;
  std::string http_parameters;  // targets: the HttpParameters as JSON text, "" for none
  std::string message_group;    // targets: the MessageGroupId of SqsParameters, "" for none
  RetryPolicy retry;
  std::string dlq_arn;
  std::string protocol, address, topic_arn;  // subscriptions
  std::shared_ptr<const SubscriptionSpec> subscription;
  std::shared_ptr<const FunctionSpec> function;  // where target_arn is a function that exists
};

class Topology {
 public:
  // Numbers for endpoint keys; gives a new key the next free number. Filled from the store at start.
  struct EndpointNumbers {
    std::unordered_map<std::string, EndpointId> by_key;
    std::int64_t last = 0;
    std::vector<std::pair<EndpointId, std::string>> fresh;  // given since last looked at: to be stored
    EndpointId number(const std::string& key);
  };

  // queue_message_bytes: of queues that do not say. Errors name the resource and what is wrong with it.
  static Result<std::shared_ptr<const Topology>> build(const Catalog& catalog, const Place& home,
                                                       EndpointNumbers& numbers,
                                                       const NeedsConfirmation& needs_confirmation = nullptr,
                                                       Retries retries = Retries::single,
                                                       std::size_t queue_message_bytes = kQueueMessageBytes);

  const Place& place() const { return place_; }  // where templates and functions live
  // By ARN; has the default bus of every place that has any resource.
  const std::map<std::string, BusSpec, std::less<>>& buses() const { return buses_; }
  const BusSpec* bus_at(std::string_view arn) const;
  const BusSpec* bus(std::string_view name) const { return bus_at(place_.event_bus(name)); }  // of the home place
  std::shared_ptr<const FunctionSpec> function(const std::string& arn) const;
  const TopicSpec* topic(const std::string& arn) const;
  std::shared_ptr<const QueueSpec> queue(const std::string& arn) const;
  std::shared_ptr<const QueueSpec> queue(QueueId id) const;
  std::shared_ptr<const EndpointSpec> endpoint(EndpointId id) const;
  const std::unordered_map<EndpointId, std::shared_ptr<const EndpointSpec>>& endpoints() const { return endpoints_; }
  const std::map<std::string, std::shared_ptr<const FunctionSpec>>& functions() const { return functions_; }
  const std::map<std::string, TopicSpec>& topics() const { return topics_; }
  const std::map<std::string, std::shared_ptr<const QueueSpec>>& queues() const { return queues_; }
  // By name of their row in the catalog.
  const std::map<std::string, std::shared_ptr<const EventSourceSpec>>& event_sources() const { return event_sources_; }
  // Owner of the table or bus with that ARN ("" when the API made it, or it is unknown).
  std::string owner_of(const std::string& arn) const;

 private:
  friend class TopologyBuilder;
  Place place_;
  std::map<std::string, BusSpec, std::less<>> buses_;
  std::map<std::string, std::shared_ptr<const FunctionSpec>> functions_;  // by ARN
  std::map<std::string, TopicSpec> topics_;                               // by ARN
  std::map<std::string, std::shared_ptr<const QueueSpec>> queues_;        // by ARN
  std::unordered_map<QueueId, std::shared_ptr<const QueueSpec>> queues_by_id_;
  std::map<std::string, std::shared_ptr<const EventSourceSpec>> event_sources_;
  std::map<std::string, std::string> owners_;  // ARN → owner
  std::unordered_map<EndpointId, std::shared_ptr<const EndpointSpec>> endpoints_;
};

// Hands the newest snapshot of T to readers on any thread; a reader keeps what it took.
template <class T>
class Snapshot {
 public:
  std::shared_ptr<const T> get() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }
  void set(std::shared_ptr<const T> value) {
    const std::lock_guard lock(mutex_);
    value_ = std::move(value);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;  // guarded by mutex_
};

}  // namespace waybill
