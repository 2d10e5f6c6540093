#include "daemon/queue_targets.h"

#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "base/json_tree.h"
#include "base/random.h"

namespace waybill {

namespace {

constexpr std::string_view kEvents = "events.amazonaws.com";
constexpr std::string_view kSns = "sns.amazonaws.com";

delivery::AttemptResult result_of(const Status& sent, store::Changes changes) {
  delivery::AttemptResult result;
  if (sent) {
    result.consequences.changes = std::move(changes);
    return result;
  }
  result.ok = false;
  result.failure = delivery::FailureClass::permanent;
  result.error_message = sent.error().message;
  switch (sent.error().code) {
    case ErrorCode::not_found: result.error_code = "NO_RESOURCE"; break;
    case ErrorCode::denied: result.error_code = "NO_PERMISSIONS"; break;
    case ErrorCode::invalid: result.error_code = "INVALID_PARAMETER"; break;
    default: result.error_code = "INTERNAL_ERROR"; result.failure = delivery::FailureClass::retriable;
  }
  return result;
}

// How AWS's own client tells of an error: contract section 9.
std::string told_by_client(const char* status, const char* code, store::Journal& journal) {
  return std::string(" (Service: AmazonSQS; Status Code: ") + status + "; Error Code: " + code +
         "; Request ID: " + uuid_from(static_cast<std::uint64_t>(journal.next_sequence())) + "; Proxy: null)";
}

Error missing_queue(store::Journal& journal) {
  return not_found("The specified queue does not exist or you do not have access to it." +
                   told_by_client("400", "AWS.SimpleQueueService.NonExistentQueue", journal));
}

Error not_permitted(std::string_view service, const std::string& arn, store::Journal& journal) {
  return {ErrorCode::denied, "User: " + std::string(service) +
                                 " is not authorized to perform: sqs:sendmessage on resource: " + arn +
                                 " because no resource-based policy allows the sqs:sendmessage action" +
                                 told_by_client("403", "AccessDenied", journal)};
}

// AWS: raw delivery keeps the attributes of a notification, as those of the message.
queue::MessageAttributes attributes_of(const nlohmann::json& notification) {
  queue::MessageAttributes attributes;
  const auto found = notification.find("MessageAttributes");
  if (found == notification.end() || !found->is_object()) return attributes;
  for (const auto& [name, each] : found->items()) {
    queue::MessageAttribute attribute{each.value("Type", "String"), each.value("Value", "")};
    if (attribute.type.starts_with("Binary")) attribute.value = from_base64(attribute.value).value_or("");
    attributes.emplace(name, std::move(attribute));
  }
  return attributes;
}

}  // namespace

Status QueueTargets::send(const std::string& queue_arn, queue::SendEntry entry, std::string_view service,
                          std::string_view source_arn, WallTime now, store::Changes& into) const {
  const auto queue = topology_.get()->queue(queue_arn);
  if (!queue) return missing_queue(journal_);
  if (!service.empty() && !may_send(*queue, service, source_arn)) return not_permitted(service, queue_arn, journal_);
  entry.sender = std::string(service);
  auto change = queue::outgoing(*queue, std::move(entry), now, journal_);
  if (!change) return invalid(change.error().message);
  into.add(std::move(*change));
  return {};
}

delivery::AttemptResult QueueTargets::deliver(const delivery::Attempt& attempt, std::string input) const {
  const EndpointSpec& endpoint = attempt.endpoint;
  queue::SendEntry entry;
  entry.body = std::move(input);
  entry.group_id = endpoint.message_group;
  store::Changes changes;
  const Status sent = send(endpoint.target_arn, std::move(entry), kEvents, endpoint.rule_arn, attempt.now, changes);
  return result_of(sent, std::move(changes));
}

delivery::AttemptResult QueueTargets::notify(const delivery::Attempt& attempt) const {
  const EndpointSpec& endpoint = attempt.endpoint;
  const std::string& stored = attempt.payload.body;
  queue::SendEntry entry;
  if (endpoint.subscription && endpoint.subscription->raw) {
    const auto notification = parse_json(stored);
    if (!notification.is_object()) return result_of(invalid("the notification cannot be read"), {});
    entry.body = notification.value("Message", "");
    entry.attributes = attributes_of(notification);
  } else if (endpoint.subscription) {
    auto envelope = envelope_(stored, *endpoint.subscription);
    if (!envelope) return result_of(internal(envelope.error().message), {});
    entry.body = std::move(*envelope);
  }
  store::Changes changes;
  const Status sent = send(endpoint.address, std::move(entry), kSns, endpoint.topic_arn, attempt.now, changes);
  return result_of(sent, std::move(changes));
}

}  // namespace waybill
