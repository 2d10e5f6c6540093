#include "daemon/target_invoker.h"

#include "model/event.h"
#include "topic/lambda_event.h"
#include "topic/publisher.h"

namespace waybill {

namespace {

using delivery::AttemptResult;
using delivery::FailureClass;

AttemptResult failure(const char* code, std::string message) {
  AttemptResult result;
  result.ok = false;
  result.failure = FailureClass::permanent;
  result.error_code = code;
  result.error_message = std::move(message);
  return result;
}

AttemptResult result_of(destination::CallOutcome outcome) {
  using Kind = destination::CallOutcome::Kind;
  AttemptResult result;
  if (outcome.kind == Kind::delivered) return result;
  result.ok = false;
  result.failure = outcome.kind == Kind::permanent ? FailureClass::permanent : FailureClass::retriable;
  result.error_code = std::move(outcome.error_code);
  result.error_message = std::move(outcome.error_message);
  if (outcome.kind == Kind::postponed) {
    result.postponed = outcome.wait;
  } else {
    result.retry_after = outcome.wait;
    result.target_down = outcome.target_down;
  }
  return result;
}

// Why what a target's input was made into cannot be delivered. Contract section 8.
std::optional<AttemptResult> refused_input(const expr::Shaped& input) {
  if (input.is_too_large) {
    return failure("INVALID_PARAMETER", "The input that the InputTransformer makes of this event is larger than " +
                                            std::to_string(expr::kMostShapedBytes) +
                                            " bytes, which is the most that a target takes.");
  }
  if (!input.is_valid) return failure("INVALID_JSON", "Invalid input for target.");
  return std::nullopt;
}

AttemptResult caused(store::Changes changes, std::vector<NewDelivery> deliveries) {
  AttemptResult result;
  result.consequences.changes = std::move(changes);
  result.consequences.deliveries = std::move(deliveries);
  return result;
}

}  // namespace

expr::Shaped shaped_input(const EndpointSpec& endpoint, PayloadKind kind, const std::string& event,
                          WallTime ingested_at) {
  if (!endpoint.shape || kind == PayloadKind::shaped_input) return {event};
  return endpoint.shape->render({event, endpoint.rule_arn, endpoint.rule_name, ingested_at});
}

bool TargetInvoker::delivers(const EndpointSpec& endpoint) const {
  return !leaves_by_transport(endpoint) || ports_.transports.contains(endpoint.protocol);
}

bool TargetInvoker::blocks(const EndpointSpec& endpoint) const {
  return endpoint.target == TargetKind::function && endpoint.function && !is_first_stage(endpoint);
}

AttemptResult TargetInvoker::invoke(const delivery::Attempt& attempt) {
  const EndpointSpec& endpoint = attempt.endpoint;
  if (endpoint.kind == EndpointKind::subscription) return hand_to_subscriber(attempt);
  expr::Shaped input = shaped_input(endpoint, attempt.payload.kind, attempt.payload.body, attempt.delivery.ingested_at);
  if (auto refused = refused_input(input)) return std::move(*refused);
  switch (endpoint.target) {
    case TargetKind::function: return invoke_function(attempt, std::move(input.body));
    case TargetKind::topic: return publish(attempt, std::move(input.body));
    case TargetKind::bus: return hand_over(attempt);
    case TargetKind::queue: return ports_.queues.deliver(attempt, std::move(input.body));
    case TargetKind::log_group:
      return failure("NO_RESOURCE", "The specified log group does not exist. (" + endpoint.target_arn + ")");
    case TargetKind::api_destination:
    case TargetKind::other: break;
  }
  return failure("NO_RESOURCE", "Waybill does not deliver to targets like " + endpoint.target_arn);
}

AttemptResult TargetInvoker::hand_to_subscriber(const delivery::Attempt& attempt) const {
  const EndpointSpec& endpoint = attempt.endpoint;
  if (endpoint.target == TargetKind::function && endpoint.function && endpoint.subscription) {
    const auto envelope = ports_.queues.envelope(attempt.payload.body, *endpoint.subscription);
    if (!envelope) {
      AttemptResult result = failure("INTERNAL_ERROR", envelope.error().message);
      result.failure = FailureClass::retriable;
      return result;
    }
    return invoke_function(attempt, topic::lambda_event(*envelope, *endpoint.subscription));
  }
  if (endpoint.target == TargetKind::queue) return ports_.queues.notify(attempt);
  return failure("NO_RESOURCE", "The specified function does not exist. (" + endpoint.address + ")");
}

void TargetInvoker::invoke_async(const delivery::Attempt& attempt, UniqueFunction<void(AttemptResult)> done) {
  const EndpointSpec& endpoint = attempt.endpoint;
  if (endpoint.kind == EndpointKind::subscription) return notify({attempt}, std::move(done));
  const std::string& event = attempt.payload.body;
  expr::Shaped input = shaped_input(endpoint, attempt.payload.kind, event, attempt.delivery.ingested_at);
  if (auto refused = refused_input(input)) return done(std::move(*refused));
  const auto destinations = ports_.destinations.get();
  const auto found = destinations->find(endpoint.target_arn);
  if (found == destinations->end()) {
    return done(failure("NO_RESOURCE", "The API destination " + endpoint.target_arn + " does not exist."));
  }
  auto parameters = http_parameters_of(endpoint.http_parameters, event);
  if (!parameters) return done(failure("INVALID_PARAMETER", parameters.error().message));
  ports_.caller.call(
      found->second, std::move(*parameters), std::move(input.body),
      [done = std::move(done)](destination::CallOutcome outcome) mutable { done(result_of(std::move(outcome))); });
}

std::size_t TargetInvoker::joint_limit(const EndpointSpec& endpoint) const {
  if (!leaves_by_transport(endpoint)) return 1;
  const auto transport = ports_.transports.find(endpoint.protocol);
  return transport == ports_.transports.end() ? 1 : transport->second->joint_limit(endpoint);
}

void TargetInvoker::invoke_joint(const std::vector<delivery::Attempt>& attempts,
                                 UniqueFunction<void(AttemptResult)> done) {
  notify(attempts, std::move(done));
}

void TargetInvoker::notify(const std::vector<delivery::Attempt>& attempts, UniqueFunction<void(AttemptResult)> done) {
  const EndpointSpec& subscription = attempts.front().endpoint;
  const auto transport = ports_.transports.find(subscription.protocol);
  if (transport == ports_.transports.end()) {
    return done(failure("INVALID_PARAMETER", "Waybill has no transport for the protocol " + subscription.protocol));
  }
  std::vector<topic::Outgoing> outgoing;
  for (const delivery::Attempt& attempt : attempts) outgoing.push_back({attempt.delivery, attempt.payload});
  transport->second->send(subscription, outgoing, [done = std::move(done)](topic::Sent sent) mutable {
    delivery::Consequences instead{std::move(sent.instead.changes), std::move(sent.instead.deliveries)};
    AttemptResult result = result_of(std::move(sent));
    result.consequences = std::move(instead);
    done(std::move(result));
  });
}

// In two stages a delivery is done when the function's invocation stands in the store; that one is the second stage.
AttemptResult TargetInvoker::invoke_function(const delivery::Attempt& attempt, std::string input) const {
  const EndpointSpec& endpoint = attempt.endpoint;
  const FunctionSpec* function = endpoint.function.get();
  if (is_first_stage(endpoint)) {
    AttemptResult result;
    ports_.invocations.invoke(*function, attempt.payload.origin, std::move(input), attempt.delivery.depth, attempt.now,
                              result.consequences);
    return result;
  }
  AttemptResult result = call(attempt, input);
  if (endpoint.kind == EndpointKind::function && function && result.ok) {
    const InvocationEnd end{*function, attempt.delivery.key.id, true, "", attempt.delivery.attempts + 1,
                            input,     result.response,         ""};
    ports_.invocations.send(end, attempt.delivery.depth + 1, attempt.now, result.consequences);
  }
  return result;
}

AttemptResult TargetInvoker::call(const delivery::Attempt& attempt, const std::string& input) const {
  const DeliveryId delivery = attempt.delivery.key.id;
  if (ports_.crashes.crashes(delivery) >= delivery::kMostCrashes) {
    return failure("HANDLER_CRASHED", "the handler " + attempt.endpoint.target_arn + " crashed the daemon " +
                                          std::to_string(delivery::kMostCrashes) + " times in a row with this event");
  }
  const delivery::CrashLog::Mark mark(ports_.crashes, delivery);
  return ports_.functions.invoke(attempt, input);
}

AttemptResult TargetInvoker::publish(const delivery::Attempt& attempt, std::string message) const {
  const EndpointSpec& endpoint = attempt.endpoint;
  auto published =
      topic::publish(*ports_.topology.get(), {endpoint.target_arn, "", std::move(message), {}},
                     attempt.delivery.depth + 1, attempt.now, ports_.random, ports_.journal, &ports_.probe);
  if (published) return caused(std::move(published->changes), std::move(published->deliveries));
  const bool is_missing = published.error().code == ErrorCode::not_found;
  return failure(is_missing ? "NO_RESOURCE" : "INVALID_PARAMETER", published.error().message);
}

AttemptResult TargetInvoker::hand_over(const delivery::Attempt& attempt) const {
  const std::string& event = attempt.payload.body;
  if (attempt.payload.kind == PayloadKind::forwarded_event) {
    return failure("THIRD_ACCOUNT_HOP_DETECTED",
                   "Event ingestion rejected for event " + std::string(event_id(event)) +
                       " because an event can be sent to an event bus target only once. This event was previously "
                       "delivered to an event bus target.");
  }
  bus::Prepared prepared;
  const bool passed = ports_.acceptor.pass(
      {attempt.endpoint.target_arn, PayloadKind::forwarded_event, event_time(event), event, attempt.delivery.depth + 1},
      prepared);
  if (!passed) return failure("NO_RESOURCE", "The event bus " + attempt.endpoint.target_arn + " does not exist.");
  return caused(std::move(prepared.changes), std::move(prepared.deliveries));
}

}  // namespace waybill
