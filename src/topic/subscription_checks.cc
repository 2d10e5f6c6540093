#include "topic/subscription_checks.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/json_tree.h"
#include "model/arn.h"
#include "topic/webhook_shapes.h"

namespace waybill::topic {

Status check_address(std::string_view protocol, std::string_view address) {
  const std::string quoted = "\"" + std::string(address) + "\"";
  if (protocol == "http" || protocol == "https") {
    const std::string scheme = std::string(protocol) + "://";
    if (!address.starts_with(scheme)) return invalid(quoted + " does not begin with " + scheme);
    const bool is_one_line = std::all_of(address.begin(), address.end(),
                                         [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; });
    if (host_and_port(address).empty() || !is_one_line) return invalid(quoted + " is not a web address");
  }
  if (protocol == "lambda" || protocol == "sqs") {
    const auto arn = Arn::parse(address);
    if (!arn) return invalid(quoted + " is not an ARN");
    if (arn->service != protocol) {
      return invalid(quoted + " is not the ARN of a " + (protocol == "sqs" ? "queue" : "function"));
    }
  }
  return {};
}

Status check_redrive_policy(std::string_view policy, DeadLetterTargetKinds kinds) {
  const auto parsed = parse_json(policy);
  if (!parsed.is_object()) return invalid("it must be a JSON object");
  for (const auto& [name, value] : parsed.items()) {
    if (name != "deadLetterTargetArn") return invalid("there is no member " + name);
  }
  const auto target = parsed.find("deadLetterTargetArn");
  if (target == parsed.end() || !target->is_string()) return invalid("deadLetterTargetArn is missing");
  const auto& text = target->get_ref<const std::string&>();
  const auto arn = Arn::parse(text);
  const bool wide = kinds == DeadLetterTargetKinds::queues_tables_topics;
  const bool fits = arn && (arn->service == "sqs" || (wide && (arn->service == "sns" || arn->service == "dynamodb")));
  if (!fits) {
    return invalid("deadLetterTargetArn must be the ARN of a queue" + std::string(wide ? ", a table or a topic" : "") +
                   ", not \"" + text + "\"");
  }
  return {};
}

Status check_delivery_policy(std::string_view policy) {
  WAYBILL_TRY([[maybe_unused]] const auto parsed, DeliveryPolicy::parse(policy));
  return {};
}

Result<FilterScope> filter_scope(std::string_view name) {
  if (name == "MessageAttributes") return FilterScope::attributes;
  if (name == "MessageBody") return FilterScope::body;
  return invalid("it must be MessageAttributes or MessageBody, not \"" + std::string(name) + "\"");
}

}  // namespace waybill::topic
