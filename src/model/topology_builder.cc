#include <set>

#include "model/body_readers.h"
#include "model/topology.h"

namespace waybill {

namespace {

constexpr const char* kFunction = "AWS::Lambda::Function";
constexpr const char* kInvokeConfig = "AWS::Lambda::EventInvokeConfig";
constexpr const char* kTopic = "AWS::SNS::Topic";
constexpr const char* kSubscription = "AWS::SNS::Subscription";
constexpr const char* kRole = "AWS::IAM::Role";

}  // namespace

// One pass per kind, in the order in which they refer to one another.
class TopologyBuilder {
 public:
  TopologyBuilder(const Catalog& catalog, const Place& home, Topology::EndpointNumbers& numbers,
                  const NeedsConfirmation& needs_confirmation, Retries retries, std::size_t queue_message_bytes)
      : catalog_(catalog),
        numbers_(numbers),
        needs_confirmation_(needs_confirmation),
        retries_(retries),
        queue_message_bytes_(queue_message_bytes),
        topology_(std::make_shared<Topology>()) {
    topology_->place_ = home;
  }

  Result<std::shared_ptr<const Topology>> build() {
    bus(topology_->place_, "default");
    for (const auto& [key, row] : catalog_) bus(row->place(), "default");
    each(kinds::kEventBus, [this](const Resource& r, const Json&) { bus(place_of(r), r.key.name); });
    collect_permissions();
    each(kInvokeConfig, [this](const Resource& r, const Json& body) { invoke_config(r, body); });
    each(kFunction, [this](const Resource& r, const Json& body) { function(r, body); });
    each(kinds::kQueuePolicy, [this](const Resource& r, const Json& body) { queue_policy(r, body); });
    each(kinds::kQueue, [this](const Resource& r, const Json& body) { queue(r, body); });
    each(kinds::kEventSourceMapping, [this](const Resource& r, const Json& body) { event_source(r, body); });
    each(kTopic, [this](const Resource& r, const Json& body) { topic(r, body); });
    each(kSubscription, [this](const Resource& r, const Json& body) { subscription(r, body); });
    each(kinds::kRule, [this](const Resource& r, const Json& body) { rule(r, body); });
    each(kinds::kArchive, [this](const Resource& r, const Json& body) { archive(r, body); });
    for (const auto& [key, row] : catalog_) own(*row);
    if (problem_) return *problem_;
    return std::shared_ptr<const Topology>(topology_);
  }

 private:
  template <class F>
  void each(const char* kind, F f) {
    for (const auto& [key, row] : catalog_) {
      if (key.kind == kind) f(row->resource, row->body);
    }
  }

  static Place place_of(const Resource& resource) { return {resource.key.account, resource.key.region}; }

  void own(const CatalogRow& row) {
    const std::string arn = text(row.body, "Arn");
    if (!arn.empty()) topology_->owners_[arn] = row.resource.owner;
  }

  void bus(const Place& place, const std::string& name) {
    const std::string arn = place.event_bus(name);
    topology_->buses_.try_emplace(arn, BusSpec{name, arn, {}, {}});
  }

  // Numbers that the service keeps of a resource; 0 when it has none.
  std::int64_t state_number(const Resource& resource, const char* name) const {
    return catalog_.at(resource.key)->state.value(name, std::int64_t{0});
  }

  // Policies by role name: inline ones, and policies that list the role.
  void collect_permissions() {
    each(kRole, [this](const Resource& r, const Json& body) {
      auto& statements = permissions_[r.key.name];
      if (!body.contains("Policies")) return;
      for (const Json& policy : body["Policies"]) {
        if (policy.contains("PolicyDocument")) add_statements(policy["PolicyDocument"], statements);
      }
    });
    for (const char* kind : {"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"}) {
      each(kind, [this](const Resource&, const Json& body) {
        if (!body.contains("Roles") || !body.contains("PolicyDocument")) return;
        for (const std::string& role : texts(body["Roles"])) add_statements(body["PolicyDocument"], permissions_[role]);
      });
    }
    each("AWS::IAM::ManagedPolicy", [this](const Resource&, const Json& body) {
      if (body.contains("PolicyDocument")) add_statements(body["PolicyDocument"], managed_[text(body, "Arn")]);
    });
    each(kRole, [this](const Resource& r, const Json& body) {
      if (!body.contains("ManagedPolicyArns")) return;
      for (const std::string& arn : texts(body["ManagedPolicyArns"])) {
        const auto& from = managed_[arn];
        auto& into = permissions_[r.key.name];
        into.insert(into.end(), from.begin(), from.end());
      }
    });
  }

  // FunctionName: a name or an ARN, either with a qualifier behind it.
  void invoke_config(const Resource& resource, const Json& body) {
    std::string name = text(body, "FunctionName");
    if (const auto at = name.rfind("function:"); at != std::string::npos) name.erase(0, at + 9);
    InvokeConfig config;
    config.max_retries = body.value("MaximumRetryAttempts", config.max_retries);
    config.max_age = std::chrono::seconds{body.value("MaximumEventAgeInSeconds", config.max_age.count())};
    if (const auto found = body.find("DestinationConfig"); found != body.end() && found->is_object()) {
      config.on_success = nested_text(*found, "OnSuccess", "Destination");
      config.on_failure = nested_text(*found, "OnFailure", "Destination");
    }
    for (const std::string& arn : {config.on_success, config.on_failure}) {
      if (target_kind(arn) == TargetKind::function) destinations_.insert(arn);
    }
    invoke_configs_[place_of(resource).function(name.substr(0, name.find(':')))] = std::move(config);
  }

  // The endpoint of a function's invocations: where something leads there, or did before the configuration changed.
  void add_invocations(const std::shared_ptr<FunctionSpec>& function) {
    const auto config = invoke_configs_.find(function->arn);
    if (config != invoke_configs_.end()) function->invoke = config->second;
    function->two_stages = retries_ == Retries::aws || config != invoke_configs_.end();
    EndpointSpec endpoint;
    endpoint.kind = EndpointKind::function;
    endpoint.key = "function " + function->arn;
    if (!function->two_stages && destinations_.count(function->arn) == 0 && numbers_.by_key.count(endpoint.key) == 0) {
      return;
    }
    endpoint.target = TargetKind::function;
    endpoint.target_arn = function->arn;
    endpoint.function = function;
    endpoint.retry.max_retries = function->invoke.max_retries;
    endpoint.retry.max_age = function->invoke.max_age;
    // AWS: one minute before the first retry, two before the second.
    RetryPhases waits;
    waits.retries = function->invoke.max_retries;
    waits.least = std::chrono::minutes{1};
    waits.greatest = std::chrono::minutes{2};
    endpoint.retry.phases = waits;
    function->invocations = numbers_.number(endpoint.key);
    add(std::move(endpoint));
  }

  void function(const Resource& resource, const Json& body) {
    auto spec = std::make_shared<FunctionSpec>();
    spec->name = resource.key.name;
    spec->arn = place_of(resource).function(resource.key.name);
    spec->handler = text(body, "Handler");
    spec->owner = resource.owner;
    spec->timeout = std::chrono::seconds{body.value("Timeout", 3)};
    if (body.contains("ReservedConcurrentExecutions")) {
      spec->concurrency = body["ReservedConcurrentExecutions"].get<int>();
    }
    if (body.contains("Environment") && body["Environment"].contains("Variables")) {
      for (const auto& [name, value] : body["Environment"]["Variables"].items()) {
        spec->environment[name] = value.is_string() ? value.get<std::string>() : value.dump();
      }
    }
    spec->dlq_arn = nested_text(body, "DeadLetterConfig", "TargetArn");
    const std::string role = text(body, "Role");
    if (!role.empty()) spec->permissions = permissions_[role.substr(role.rfind('/') + 1)];
    add_invocations(spec);
    topology_->functions_[spec->arn] = std::move(spec);
  }

  // Queues: names, ARNs or URLs. A policy that was put on the queue itself wins.
  void queue_policy(const Resource& resource, const Json& body) {
    if (!body.contains("Queues") || !body.contains("PolicyDocument")) return;
    for (const std::string& queue : texts(body["Queues"])) {
      const std::string name = queue.substr(queue.find_last_of("/:") + 1);
      queue_policies_[place_of(resource).queue(name)] = &body["PolicyDocument"];
    }
  }

  void queue(const Resource& resource, const Json& body) {
    const std::string arn = place_of(resource).queue(resource.key.name);
    const auto policy = queue_policies_.find(arn);
    Json with_policy;
    if (policy != queue_policies_.end() && !body.contains("Policy")) {
      with_policy = body;
      with_policy["Policy"] = *policy->second;
    }
    auto read = read_queue(resource.key.name, with_policy.is_null() ? body : with_policy);
    if (!read) {
      if (!problem_) problem_ = invalid("queue " + resource.key.name + ": " + read.error().message);
      return;
    }
    auto spec = std::make_shared<QueueSpec>(std::move(*read));
    if (!body.contains("MaximumMessageSize")) spec->max_message_bytes = queue_message_bytes_;
    spec->id = QueueId{state_number(resource, "Id")};
    spec->arn = arn;
    spec->owner = resource.owner;
    topology_->queues_by_id_[spec->id] = spec;
    topology_->queues_[arn] = std::move(spec);
  }

  void event_source(const Resource& resource, const Json& body) {
    if (target_kind(text(body, "EventSourceArn")) != TargetKind::queue) return;
    auto read = read_event_source(resource.key.name, body, place_of(resource));
    if (!read) {
      if (!problem_) problem_ = invalid("event source mapping " + resource.key.name + ": " + read.error().message);
      return;
    }
    topology_->event_sources_[resource.key.name] = std::make_shared<const EventSourceSpec>(std::move(*read));
  }

  void topic(const Resource& resource, const Json& body) {
    const std::string arn = place_of(resource).topic(resource.key.name);
    topic_bodies_[arn] = &body;
    topology_->topics_[arn] = {resource.key.name, arn, resource.owner, {}, text(body, "DisplayName")};
  }

  void subscription(const Resource& resource, const Json& body) {
    const auto topic = topology_->topics_.find(text(body, "TopicArn"));
    if (topic == topology_->topics_.end()) return;
    std::string arn = text(body, "Arn");
    if (arn.empty()) arn = topic->first + ":" + resource.key.name;
    auto read = read_subscription(std::move(arn), body, catalog_.at(resource.key)->state, topic_body(topic->first),
                                  needs_confirmation_);
    if (!read) {
      if (!problem_) problem_ = read.error();
      return;
    }
    SubscriptionSpec spec = std::move(*read);
    spec.row = resource.key;
    EndpointSpec endpoint;
    endpoint.kind = EndpointKind::subscription;
    endpoint.key = "subscription " + spec.arn;
    endpoint.target_arn = spec.arn;
    endpoint.protocol = spec.protocol;
    endpoint.address = spec.address;
    endpoint.topic_arn = topic->first;
    endpoint.dlq_arn = spec.dlq_arn;
    if (spec.protocol == "lambda") {
      endpoint.target = TargetKind::function;
      endpoint.function = topology_->function(spec.address);
    }
    if (spec.protocol == "sqs") endpoint.target = TargetKind::queue;
    if (spec.protocol == "http" || spec.protocol == "https") {
      endpoint.retry.phases = spec.policy.retry.value_or(RetryPhases{});
      endpoint.retry.max_retries = endpoint.retry.phases->retries;
    }
    spec.endpoint = numbers_.number(endpoint.key);
    endpoint.subscription = std::make_shared<const SubscriptionSpec>(spec);
    add(std::move(endpoint));
    topic->second.subscriptions.push_back(std::move(spec));
  }

  const Json& topic_body(const std::string& arn) const {
    static const Json kNone = Json::object();
    const auto found = topic_bodies_.find(arn);
    return found == topic_bodies_.end() ? kNone : *found->second;
  }

  void rule(const Resource& resource, const Json& body) {
    const std::string bus_name(event_bus_name(body.value("EventBusName", "default")));
    const auto bus = topology_->buses_.find(place_of(resource).event_bus(bus_name));
    if (bus == topology_->buses_.end()) return;
    RuleSpec spec;
    spec.name = resource.key.name.substr(resource.key.name.rfind('/') + 1);
    spec.arn = place_of(resource).rule(bus_name, spec.name);
    spec.pattern = json_or_text(body, "EventPattern");
    spec.schedule = text(body, "ScheduleExpression");
    spec.scheduled_at = from_millis(state_number(resource, "ScheduledAt"));
    spec.modified_at = from_millis(state_number(resource, "Modified"));
    spec.enabled = body.value("State", "ENABLED") != "DISABLED";
    if (body.contains("Targets")) {
      for (const Json& target : body["Targets"]) spec.targets.push_back(this->target(spec, target));
    }
    bus->second.rules.push_back(std::move(spec));
  }

  void archive(const Resource& resource, const Json& body) {
    if (catalog_.at(resource.key)->state.contains(kManagedRuleLeft)) return;
    const std::string source = text(body, body.contains("EventSourceArn") ? "EventSourceArn" : "SourceArn");
    const auto bus = topology_->buses_.find(place_of(resource).event_bus(event_bus_name(source)));
    if (bus == topology_->buses_.end()) return;
    ArchiveSpec spec;
    spec.id = ArchiveId{state_number(resource, "Id")};
    spec.name = resource.key.name;
    spec.arn = place_of(resource).archive(spec.name);
    spec.pattern = json_or_text(body, "EventPattern");
    spec.retention = std::chrono::hours{24 * body.value("RetentionDays", 0)};
    bus->second.archives.push_back(std::move(spec));
  }

  TargetSpec target(const RuleSpec& rule, const Json& body) {
    TargetSpec spec;
    spec.id = text(body, "Id");
    spec.arn = text(body, "Arn");
    EndpointSpec endpoint;
    endpoint.key = "target " + rule.arn + " " + spec.id;
    endpoint.target = target_kind(spec.arn);
    endpoint.rule_arn = rule.arn;
    endpoint.rule_name = rule.name;
    endpoint.target_arn = spec.arn;
    endpoint.shape = input_shape(spec.id, body);
    if (body.contains("HttpParameters")) endpoint.http_parameters = body["HttpParameters"].dump();
    endpoint.message_group = nested_text(body, "SqsParameters", "MessageGroupId");
    endpoint.retry = retry_policy(body);
    endpoint.dlq_arn = nested_text(body, "DeadLetterConfig", "Arn");
    endpoint.function = topology_->function(spec.arn);
    spec.endpoint = add(std::move(endpoint));
    return spec;
  }

  EndpointId add(EndpointSpec endpoint) {
    endpoint.id = numbers_.number(endpoint.key);
    const EndpointId id = endpoint.id;
    topology_->endpoints_[id] = std::make_shared<const EndpointSpec>(std::move(endpoint));
    return id;
  }

  const Catalog& catalog_;
  Topology::EndpointNumbers& numbers_;
  const NeedsConfirmation& needs_confirmation_;
  const Retries retries_;
  const std::size_t queue_message_bytes_;
  std::map<std::string, InvokeConfig> invoke_configs_;  // by function ARN
  std::set<std::string> destinations_;                  // functions that hear of others' invocations
  std::optional<Error> problem_;                        // the first one
  std::map<std::string, const Json*> topic_bodies_;     // by ARN
  std::map<std::string, const Json*> queue_policies_;   // by ARN of the queue
  std::shared_ptr<Topology> topology_;
  std::map<std::string, std::vector<PolicyStatement>> permissions_;  // by role name
  std::map<std::string, std::vector<PolicyStatement>> managed_;      // by policy ARN
};

Result<std::shared_ptr<const Topology>> Topology::build(const Catalog& catalog, const Place& home,
                                                        EndpointNumbers& numbers,
                                                        const NeedsConfirmation& needs_confirmation, Retries retries,
                                                        std::size_t queue_message_bytes) {
  try {
    return TopologyBuilder(catalog, home, numbers, needs_confirmation, retries, queue_message_bytes).build();
  } catch (const Json::exception& error) {
    return Error{ErrorCode::corrupt, std::string("a resource of the catalog cannot be read: ") + error.what()};
  }
}

}  // namespace waybill
