#include "control/queue_attributes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/json_tree.h"
#include "control/lookups.h"

namespace waybill::control {

namespace {

enum class AttributeKind { number, flag, text, policy };

struct QueueAttribute {
  std::string_view name;
  AttributeKind kind;
  std::int64_t least = 0, most = 0;
  const char* fallback = "";  // AWS's default, "" for none
  bool fifo_only = false;
};

// AWS: CreateQueue and SetQueueAttributes.
constexpr std::array kAttributes{
    QueueAttribute{"VisibilityTimeout", AttributeKind::number, 0, 43'200, "30"},
    QueueAttribute{"MaximumMessageSize", AttributeKind::number, 1024, 1'048'576},  // limits().queue_message_bytes
    QueueAttribute{"MessageRetentionPeriod", AttributeKind::number, 60, 1'209'600, "345600"},
    QueueAttribute{"DelaySeconds", AttributeKind::number, 0, 900, "0"},
    QueueAttribute{"ReceiveMessageWaitTimeSeconds", AttributeKind::number, 0, 20, "0"},
    QueueAttribute{"KmsDataKeyReusePeriodSeconds", AttributeKind::number, 60, 86'400},
    QueueAttribute{"KmsMasterKeyId", AttributeKind::text},
    QueueAttribute{"SqsManagedSseEnabled", AttributeKind::flag},
    QueueAttribute{"Policy", AttributeKind::policy},
    QueueAttribute{"RedrivePolicy", AttributeKind::policy},
    QueueAttribute{"RedriveAllowPolicy", AttributeKind::policy},
    QueueAttribute{"FifoQueue", AttributeKind::flag, 0, 0, "true", true},
    QueueAttribute{"ContentBasedDeduplication", AttributeKind::flag, 0, 0, "false", true},
    QueueAttribute{"DeduplicationScope", AttributeKind::text, 0, 0, "queue", true},
    QueueAttribute{"FifoThroughputLimit", AttributeKind::text, 0, 0, "perQueue", true},
};

constexpr std::array<std::string_view, 7> kKeptAttributes{"All",
                                                          "ApproximateNumberOfMessages",
                                                          "ApproximateNumberOfMessagesNotVisible",
                                                          "ApproximateNumberOfMessagesDelayed",
                                                          "CreatedTimestamp",
                                                          "LastModifiedTimestamp",
                                                          "QueueArn"};

const QueueAttribute* find_attribute(std::string_view name) {
  const auto found = std::find_if(kAttributes.begin(), kAttributes.end(),
                                  [&](const QueueAttribute& each) { return each.name == name; });
  return found == kAttributes.end() ? nullptr : &*found;
}

Fault unknown_attribute(const std::string& name) { return {"InvalidAttributeName", "Unknown Attribute " + name + "."}; }

Fault bad_attribute(std::string_view name, const std::string& reason = "") {
  return {"InvalidAttributeValue",
          "Invalid value for the parameter " + std::string(name) + "." + (reason.empty() ? "" : " Reason: " + reason)};
}

std::optional<std::int64_t> whole_number(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Fault bad_redrive(const std::string& policy, const std::string& reason) {
  return {"InvalidParameterValue", "Value " + policy + " for parameter RedrivePolicy is invalid. Reason: " + reason};
}

// maxReceiveCount may be a text, as many templates and scripts write it.
Answer<Json> checked_redrive(const Session& session, const std::string& queue, const std::string& text) {
  const Json policy = parse_json(text);
  if (!policy.is_object()) return bad_redrive(text, "Redrive policy is not a valid JSON map.");
  for (const char* name : {"deadLetterTargetArn", "maxReceiveCount"}) {
    if (!policy.contains(name)) {
      return bad_redrive(text, "Redrive policy does not contain mandatory attribute: " + std::string(name) + ".");
    }
  }
  const Json& given = policy["maxReceiveCount"];
  const auto count = given.is_number_integer() ? std::optional(given.get<std::int64_t>())
                     : given.is_string()       ? whole_number(given.get<std::string>())
                                               : std::nullopt;
  if (!count || *count < 1 || *count > 1000) {
    return bad_redrive(
        text, "Invalid value for maxReceiveCount: " + (given.is_string() ? given.get<std::string>() : given.dump()) +
                  ", valid values are from 1 to 1000 both inclusive.");
  }
  const std::string target = member(policy, "deadLetterTargetArn");
  const auto arn = Arn::parse(target);
  if (!arn || arn->service != "sqs") return bad_redrive(text, "Invalid value for deadLetterTargetArn.");
  const CatalogRow* letters = session.find(kinds::kQueue, arn->resource);
  if (!letters || session.place().queue(arn->resource) != target) {
    return bad_redrive(text, "Dead letter target does not exist.");
  }
  if (arn->resource == queue) return bad_redrive(text, "A queue cannot be its own dead-letter queue.");
  if (queue.ends_with(kFifoSuffix) != arn->resource.ends_with(kFifoSuffix)) {
    return bad_redrive(text, "Dead-letter queue must be same type of queue as the source.");
  }
  const Json allow = queue_policy_object(letters->body, "RedriveAllowPolicy");
  const std::string permission = member(allow, "redrivePermission", "allowAll");
  const Json sources = allow.value("sourceQueueArns", Json::array());
  const bool listed = std::find(sources.begin(), sources.end(), Json(session.place().queue(queue))) != sources.end();
  if (permission == "denyAll" || (permission == "byQueue" && !listed)) {
    return bad_redrive(text,
                       "Queue " + target +
                           " is not allowed as a dead-letter queue by its RedriveAllowPolicy: the source queue is "
                           "denied.");
  }
  return Json{{"deadLetterTargetArn", target}, {"maxReceiveCount", *count}};
}

Answer<Json> checked_redrive_allow(const std::string& text) {
  const auto refused = [&](const std::string& reason) {
    return Fault("InvalidParameterValue",
                 "Value " + text + " for parameter RedriveAllowPolicy is invalid. Reason: " + reason);
  };
  Json policy = parse_json(text);
  if (!policy.is_object()) return refused("RedriveAllowPolicy is not a valid JSON map.");
  const std::string permission = member(policy, "redrivePermission");
  if (permission != "allowAll" && permission != "denyAll" && permission != "byQueue") {
    return refused("Amazon SQS can't create the redrive allow policy. It's not in a supported format.");
  }
  const auto sources = policy.find("sourceQueueArns");
  if ((permission == "byQueue") != (sources != policy.end())) {
    return refused(permission == "byQueue" ? "sourceQueueArns is required when redrivePermission is byQueue."
                                           : "sourceQueueArns must not be given unless redrivePermission is byQueue.");
  }
  if (sources == policy.end()) return policy;
  const bool texts = sources->is_array() &&
                     std::all_of(sources->begin(), sources->end(), [](const Json& each) { return each.is_string(); });
  if (!texts || sources->empty() || sources->size() > 10) return refused("sourceQueueArns must have 1 to 10 ARNs.");
  return policy;
}

Answer<Json> checked_policy(const std::string& text) {
  Json policy = parse_json(text);
  if (!policy.is_object()) return bad_attribute("Policy", "Policy must be a JSON object.");
  return policy;
}

Answer<Json> checked_text(std::string_view name, const std::string& text) {
  if (name == "DeduplicationScope" && text != "messageGroup" && text != "queue") {
    return bad_attribute(name, "It is messageGroup or queue.");
  }
  if (name == "FifoThroughputLimit" && text != "perQueue" && text != "perMessageGroupId") {
    return bad_attribute(name, "It is perQueue or perMessageGroupId.");
  }
  return Json(text);
}

Answer<Json> checked_value(const Session& session, const std::string& queue, const QueueAttribute& attribute,
                           const std::string& text) {
  switch (attribute.kind) {
    case AttributeKind::number: {
      const auto most = attribute.name == "MaximumMessageSize"
                            ? static_cast<std::int64_t>(session.limits().queue_message_bytes)
                            : attribute.most;
      const auto number = whole_number(text);
      if (!number || *number < attribute.least || *number > most) return bad_attribute(attribute.name);
      return Json(*number);
    }
    case AttributeKind::flag:
      if (text != "true" && text != "false") return bad_attribute(attribute.name);
      return Json(text == "true");
    case AttributeKind::text: return checked_text(attribute.name, text);
    case AttributeKind::policy: break;
  }
  if (attribute.name == "RedrivePolicy") return checked_redrive(session, queue, text);
  if (attribute.name == "RedriveAllowPolicy") return checked_redrive_allow(text);
  return checked_policy(text);
}

std::string attribute_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.dump();
}

}  // namespace

Json queue_policy_object(const Json& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end()) return Json::object();
  Json object = found->is_string() ? parse_json(found->get<std::string>()) : *found;
  return object.is_object() ? object : Json::object();
}

Answer<Json> with_queue_attributes(const Session& session, const std::string& queue, Json body,
                                   const Json& attributes) {
  const bool fifo = queue.ends_with(kFifoSuffix);
  for (const auto& [name, given] : attributes.items()) {
    const QueueAttribute* attribute = find_attribute(name);
    if (!attribute || (attribute->fifo_only && !fifo)) return unknown_attribute(name);
    const std::string text = given.get<std::string>();
    const bool removable = attribute->kind == AttributeKind::policy || attribute->kind == AttributeKind::text;
    if (text.empty() && removable) {
      body.erase(name);
      continue;
    }
    WAYBILL_TRY(body[name], checked_value(session, queue, *attribute, text));
  }
  if (fifo && !body.value("FifoQueue", false)) {
    return bad_attribute("FifoQueue", "Modifying queue type is not supported.");
  }
  if (body.value("FifoThroughputLimit", "perQueue") == "perMessageGroupId" &&
      body.value("DeduplicationScope", "queue") != "messageGroup") {
    return bad_attribute("FifoThroughputLimit", "perMessageGroupId needs the DeduplicationScope messageGroup.");
  }
  return body;
}

std::map<std::string, std::string> queue_attributes(const Json& body, const Limits& limits) {
  const bool fifo = body.value("FifoQueue", false);
  std::map<std::string, std::string> shown;
  for (const QueueAttribute& attribute : kAttributes) {
    if (attribute.fifo_only && !fifo) continue;
    const std::string name(attribute.name);
    if (const auto found = body.find(name); found != body.end()) {
      shown[name] = attribute_text(*found);
    } else if (*attribute.fallback != '\0') {
      shown[name] = attribute.fallback;
    }
  }
  shown.try_emplace("MaximumMessageSize", std::to_string(limits.queue_message_bytes));
  const bool has_key = shown.contains("KmsMasterKeyId");
  if (has_key) shown.try_emplace("KmsDataKeyReusePeriodSeconds", "300");
  shown.try_emplace("SqsManagedSseEnabled", has_key ? "false" : "true");
  return shown;
}

bool is_queue_attribute(std::string_view name) {
  return find_attribute(name) ||
         std::find(kKeptAttributes.begin(), kKeptAttributes.end(), name) != kKeptAttributes.end();
}

}  // namespace waybill::control
