#include "daemon/invocation_destinations.h"

#include <nlohmann/json.hpp>

#include "base/json_tree.h"
#include "base/log.h"
#include "model/event.h"
#include "queue/outgoing.h"
#include "topic/publisher.h"

namespace waybill {

namespace {

using RecordJson = nlohmann::ordered_json;

RecordJson json_or_string(const std::string& text) {
  auto parsed = parse_json<RecordJson>(text, kMaxPayloadDepth);
  return parsed.is_discarded() ? RecordJson(text) : parsed;
}

// What is no valid UTF-8 is replaced: the record of a failure must not fail for it.
std::string text_of(const RecordJson& record) {
  return record.dump(-1, ' ', false, RecordJson::error_handler_t::replace);
}

const char* condition_of(const InvocationEnd& end) {
  if (end.ok) return "Success";
  return end.exhausted_condition == "MaximumEventAgeInSeconds" ? "EventAgeExceeded" : "RetriesExhausted";
}

void merge(store::Changes changes, std::vector<NewDelivery> deliveries, delivery::Consequences& into) {
  for (store::Change& change : changes.list) into.changes.list.push_back(std::move(change));
  for (NewDelivery& each : deliveries) into.deliveries.push_back(std::move(each));
}

}  // namespace

std::string invocation_record(const InvocationEnd& end, WallTime now) {
  RecordJson record;
  record["version"] = "1.0";
  record["timestamp"] = iso8601_millis(now);
  record["requestContext"] = {{"requestId", uuid_from(static_cast<std::uint64_t>(end.delivery.value))},
                              {"functionArn", end.function.arn + ":$LATEST"},
                              {"condition", condition_of(end)},
                              {"approximateInvokeCount", end.attempts}};
  record["requestPayload"] = json_or_string(end.request);
  if (end.attempts == 0) return text_of(record);  // too old before it was ever called
  record["responseContext"] = {{"statusCode", 200}, {"executedVersion", "$LATEST"}};
  if (end.ok) {
    record["responsePayload"] = end.response.empty() ? RecordJson() : json_or_string(end.response);
  } else {
    record["responseContext"]["functionError"] = "Unhandled";
    record["responsePayload"] = {{"errorMessage", end.error}};
  }
  return text_of(record);
}

void InvocationDestinations::invoke(const FunctionSpec& function, const std::string& origin, std::string input,
                                    int depth, WallTime now, delivery::Consequences& into) const {
  auto payload = std::make_shared<const Payload>(
      Payload{PayloadId{ports_.journal.next_sequence()}, PayloadKind::invocation, now, origin, std::move(input)});
  const DeliveryKey key{function.invocations, now, DeliveryId{ports_.journal.next_sequence()}};
  Delivery delivery{key, payload->id, 0, depth, now, ""};
  into.changes.add(store::InsertPayload{payload});
  into.changes.add(store::InsertDelivery{delivery});
  into.deliveries.push_back({std::move(delivery), std::move(payload)});
}

void InvocationDestinations::send(const InvocationEnd& end, int depth, WallTime now,
                                  delivery::Consequences& into) const {
  const std::string& arn = end.ok ? end.function.invoke.on_success : end.function.invoke.on_failure;
  if (arn.empty()) return;
  const Status sent = send_to(arn, end, depth, now, into);
  if (sent) return;
  spdlog::error("the record of an invocation of {} that ended with {} could not be sent to {}: {}", end.function.name,
                condition_of(end), arn, sent.error().message);
}

Status InvocationDestinations::send_to(const std::string& arn, const InvocationEnd& end, int depth, WallTime now,
                                       delivery::Consequences& into) const {
  const auto topology = ports_.topology.get();
  switch (target_kind(arn)) {
    case TargetKind::topic: {
      WAYBILL_TRY(topic::Published published, topic::publish(*topology, {arn, "", invocation_record(end, now), {}},
                                                             depth, now, ports_.random, ports_.journal));
      merge(std::move(published.changes), std::move(published.deliveries), into);
      return {};
    }
    case TargetKind::bus: return send_to_bus(arn, end, depth, now, into);
    case TargetKind::function: {
      const auto function = topology->function(arn);
      if (!function || function->invocations.value == 0) return not_found("there is no such function");
      invoke(*function, end.function.arn, invocation_record(end, now), depth, now, into);
      return {};
    }
    case TargetKind::queue: {
      const auto queue = topology->queue(arn);
      if (!queue) return not_found("there is no such queue");
      auto sent = queue::outgoing(*queue, queue::SendEntry{invocation_record(end, now)}, now, ports_.journal);
      if (!sent) return invalid(sent.error().message);
      into.changes.add(std::move(*sent));
      return {};
    }
    default: return not_found("records of invocations can be sent to a queue, a topic, an event bus or a function");
  }
}

Status InvocationDestinations::send_to_bus(const std::string& arn, const InvocationEnd& end, int depth, WallTime now,
                                           delivery::Consequences& into) const {
  const auto parsed = Arn::parse(arn);
  const std::vector<std::string> resources{arn, end.function.arn + ":$LATEST"};
  const std::string type = std::string("Lambda Function Invocation Result - ") + (end.ok ? "Success" : "Failure");
  std::string event;
  append_event_head({uuid_v7(now, ports_.random), type, "lambda", parsed->account, now, parsed->region, &resources},
                    event);
  event += invocation_record(end, now);
  event.push_back('}');
  bus::Prepared prepared;
  if (!ports_.acceptor.pass({arn, PayloadKind::event, now, std::move(event), depth}, prepared)) {
    return not_found("there is no such event bus");
  }
  merge(std::move(prepared.changes), std::move(prepared.deliveries), into);
  return {};
}

}  // namespace waybill
