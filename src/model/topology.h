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
#include "model/arn.h"
#include "model/ids.h"
#include "model/resource.h"

namespace waybill {

// AWS: EventBridge RetryPolicy; what is not set is 185 retries and 24 hours.
struct RetryPolicy {
  int max_retries = 185;
  std::chrono::seconds max_age{86'400};
};

struct TargetSpec {
  std::string id;
  std::string arn;
  std::string input;  // JSON text delivered instead of the event; "" for the event itself
  RetryPolicy retry;
  std::string dlq_arn;  // "" for none
  EndpointId endpoint;
};

struct RuleSpec {
  std::string name;
  std::string arn;
  std::string pattern;  // "" when the rule has a schedule only
  bool enabled = true;
  std::vector<TargetSpec> targets;
};

struct BusSpec {
  std::string name;
  std::string arn;
  std::vector<RuleSpec> rules;
};

// One statement of a role's policies. Effects other than Allow and Deny are refused when it is parsed.
struct PolicyStatement {
  bool allow = true;
  std::vector<std::string> actions;    // with * and ?
  std::vector<std::string> resources;  // with * and ?
};

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
};

struct SubscriptionSpec {
  std::string arn;
  std::string protocol;  // email, https, …
  std::string address;
  EndpointId endpoint;
};

struct TopicSpec {
  std::string name;
  std::string arn;
  std::string owner;
  std::vector<SubscriptionSpec> subscriptions;
};

enum class EndpointKind { target, subscription };

// Where deliveries go. `key` is stored for ever under its id, so that a delivery finds its endpoint again after a
// restart: "target <rule arn> <target id>" or "subscription <arn>".
struct EndpointSpec {
  EndpointId id;
  EndpointKind kind = EndpointKind::target;
  std::string key;
  std::string rule_arn;    // targets
  std::string target_arn;  // ARN of the target, or of the subscription
  std::string input;       // targets: see TargetSpec
  RetryPolicy retry;
  std::string dlq_arn;
  std::string protocol, address, topic_arn;      // subscriptions
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

  // Errors name the resource and what is wrong with it.
  static Result<std::shared_ptr<const Topology>> build(const std::vector<Resource>& resources, const Place& place,
                                                       EndpointNumbers& numbers);

  const Place& place() const { return place_; }
  const std::map<std::string, BusSpec, std::less<>>& buses() const { return buses_; }  // by name; has "default"
  const BusSpec* bus(std::string_view name) const;
  std::shared_ptr<const FunctionSpec> function(const std::string& arn) const;
  const TopicSpec* topic(const std::string& arn) const;
  std::shared_ptr<const EndpointSpec> endpoint(EndpointId id) const;
  const std::unordered_map<EndpointId, std::shared_ptr<const EndpointSpec>>& endpoints() const { return endpoints_; }
  const std::map<std::string, std::shared_ptr<const FunctionSpec>>& functions() const { return functions_; }
  const std::map<std::string, TopicSpec>& topics() const { return topics_; }
  // Owner of the table or bus with that ARN ("" when the API made it, or it is unknown).
  std::string owner_of(const std::string& arn) const;

 private:
  friend class TopologyBuilder;
  Place place_;
  std::map<std::string, BusSpec, std::less<>> buses_;
  std::map<std::string, std::shared_ptr<const FunctionSpec>> functions_;  // by ARN
  std::map<std::string, TopicSpec> topics_;                               // by ARN
  std::map<std::string, std::string> owners_;                             // ARN → owner
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
