#include "model/queue_spec.h"

#include <algorithm>
#include <charconv>

#include <nlohmann/json.hpp>

#include "base/json_tree.h"
#include "model/arn.h"

namespace waybill {

namespace {

using QueueJson = nlohmann::json;

Error bad_property(const char* name, const std::string& what) { return invalid(std::string(name) + ": " + what); }

// Numbers and booleans come as such from templates, as text from the API.
std::string property_text(const QueueJson& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end() || found->is_null()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

template <class Number>
Status read_number(const QueueJson& body, const char* name, Number least, Number most, Number& into) {
  const std::string text = property_text(body, name);
  if (text.empty()) return {};
  Number number{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size() || number < least || number > most) {
    return bad_property(name, text + " is no whole number of " + std::to_string(least) + " to " + std::to_string(most));
  }
  into = number;
  return {};
}

Status read_seconds(const QueueJson& body, const char* name, std::int64_t least, std::int64_t most,
                    std::chrono::seconds& into) {
  std::int64_t number = into.count();
  WAYBILL_CHECK(read_number(body, name, least, most, number));
  into = std::chrono::seconds{number};
  return {};
}

Status read_flag(const QueueJson& body, const char* name, bool& into) {
  const std::string text = property_text(body, name);
  if (text.empty()) return {};
  if (text != "true" && text != "false") return bad_property(name, text + " is neither true nor false");
  into = text == "true";
  return {};
}

// An object, or its JSON text; null when it is absent or "".
Status read_object(const QueueJson& body, const char* name, QueueJson& into) {
  const std::string text = property_text(body, name);
  if (text.empty()) return {};
  into = parse_json(text, kMaxPayloadDepth);
  if (!into.is_object()) return bad_property(name, "it must be a JSON object");
  return {};
}

std::vector<std::string> one_or_many(const QueueJson& holder, const char* name) {
  std::vector<std::string> list;
  const auto found = holder.find(name);
  if (found == holder.end()) return list;
  if (found->is_string()) list.push_back(found->get<std::string>());
  if (found->is_array()) {
    for (const QueueJson& each : *found) {
      if (each.is_string()) list.push_back(each.get<std::string>());
    }
  }
  return list;
}

Status read_redrive(const QueueJson& body, QueueSpec& spec) {
  constexpr const char* kName = "RedrivePolicy";
  QueueJson policy;
  WAYBILL_CHECK(read_object(body, kName, policy));
  if (policy.is_null() || policy.empty()) return {};
  RedrivePolicy redrive;
  redrive.dlq_arn = property_text(policy, "deadLetterTargetArn");
  const auto arn = Arn::parse(redrive.dlq_arn);
  if (!arn || arn->service != "sqs") {
    return bad_property(kName, "deadLetterTargetArn must be the ARN of a queue, not '" + redrive.dlq_arn + "'");
  }
  if (arn->resource.ends_with(".fifo") != spec.fifo) {
    return bad_property(kName,
                        "the dead-letter queue of a FIFO queue must be a FIFO queue, and of a standard queue a "
                        "standard queue");
  }
  if (!policy.contains("maxReceiveCount")) return bad_property(kName, "maxReceiveCount is missing");
  WAYBILL_CHECK(read_number(policy, "maxReceiveCount", 1, 1000, redrive.max_receives));
  spec.redrive = std::move(redrive);
  return {};
}

Status read_redrive_allow(const QueueJson& body, QueueSpec& spec) {
  constexpr const char* kName = "RedriveAllowPolicy";
  QueueJson policy;
  WAYBILL_CHECK(read_object(body, kName, policy));
  if (policy.is_null() || policy.empty()) return {};
  const std::string who = property_text(policy, "redrivePermission");
  if (who == "denyAll") spec.redrive_allow.who = RedriveAllow::Who::none;
  if (who == "byQueue") spec.redrive_allow.who = RedriveAllow::Who::by_queue;
  if (who != "allowAll" && who != "denyAll" && who != "byQueue") {
    return bad_property(kName, "redrivePermission must be allowAll, denyAll or byQueue, not '" + who + "'");
  }
  spec.redrive_allow.source_arns = one_or_many(policy, "sourceQueueArns");
  const std::size_t sources = spec.redrive_allow.source_arns.size();
  if ((who == "byQueue") != (sources > 0) || sources > 10) {
    return bad_property(kName, "sourceQueueArns belongs to byQueue, and has 1 to 10 ARNs");
  }
  return {};
}

// aws:SourceArn under ArnEquals, ArnLike, StringEquals or StringLike; anything else is not judged.
void read_condition(const QueueJson& statement, QueuePolicyStatement& into) {
  const auto condition = statement.find("Condition");
  if (condition == statement.end()) return;
  into.judged = condition->is_object();
  if (!into.judged) return;
  for (const auto& [op, keys] : condition->items()) {
    const bool known = op == "ArnEquals" || op == "ArnLike" || op == "StringEquals" || op == "StringLike";
    if (!known || !keys.is_object()) {
      into.judged = false;
      continue;
    }
    for (const auto& [key, values] : keys.items()) {
      std::string lower = key;
      std::transform(lower.begin(), lower.end(), lower.begin(),
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
      if (lower != "aws:sourcearn") {
        into.judged = false;
        continue;
      }
      into.source_arns = one_or_many(keys, key.c_str());
    }
  }
}

Status read_policy(const QueueJson& body, QueueSpec& spec) {
  QueueJson policy;
  WAYBILL_CHECK(read_object(body, "Policy", policy));
  if (policy.is_null() || policy.empty()) return {};
  auto& statements = spec.policy.emplace();
  const auto list = policy.find("Statement");
  if (list == policy.end()) return {};
  for (const QueueJson& each : list->is_array() ? *list : QueueJson::array({*list})) {
    if (!each.is_object()) continue;
    QueuePolicyStatement statement;
    statement.allow = property_text(each, "Effect") == "Allow";
    statement.actions = one_or_many(each, "Action");
    if (const auto principal = each.find("Principal"); principal != each.end()) {
      if (principal->is_string()) statement.services.push_back(principal->get<std::string>());
      if (principal->is_object()) {
        statement.services = one_or_many(*principal, "Service");
        for (const std::string& account : one_or_many(*principal, "AWS")) {
          if (account == "*") statement.services.push_back("*");
        }
      }
    }
    read_condition(each, statement);
    statements.push_back(std::move(statement));
  }
  return {};
}

Status read_fifo(const QueueJson& body, QueueSpec& spec) {
  bool declared = spec.fifo;
  WAYBILL_CHECK(read_flag(body, "FifoQueue", declared));
  if (declared != spec.fifo) {
    return bad_property("FifoQueue", "the name of a FIFO queue, and of no other, ends in .fifo");
  }
  WAYBILL_CHECK(read_flag(body, "ContentBasedDeduplication", spec.content_dedup));
  const std::string scope = property_text(body, "DeduplicationScope");
  const std::string limit = property_text(body, "FifoThroughputLimit");
  if (!spec.fifo && (spec.content_dedup || !scope.empty() || !limit.empty())) {
    return invalid("ContentBasedDeduplication, DeduplicationScope and FifoThroughputLimit are for FIFO queues only");
  }
  if (!scope.empty() && scope != "queue" && scope != "messageGroup") {
    return bad_property("DeduplicationScope", "it must be queue or messageGroup, not '" + scope + "'");
  }
  if (!limit.empty() && limit != "perQueue" && limit != "perMessageGroupId") {
    return bad_property("FifoThroughputLimit", "it must be perQueue or perMessageGroupId, not '" + limit + "'");
  }
  spec.dedup_by_group = scope == "messageGroup";
  if (limit == "perMessageGroupId" && !spec.dedup_by_group) {
    return bad_property("FifoThroughputLimit", "perMessageGroupId needs DeduplicationScope messageGroup");
  }
  return {};
}

bool covers_send(const QueuePolicyStatement& statement, std::string_view service, std::string_view source_arn) {
  const auto any = [](const std::vector<std::string>& patterns, std::string_view text, bool ignore_case) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const std::string& pattern) { return wildcard_matches(pattern, text, ignore_case); });
  };
  if (!any(statement.actions, "sqs:SendMessage", true)) return false;
  if (!any(statement.services, service, false)) return false;
  if (!statement.judged) return !statement.allow;
  return statement.source_arns.empty() || any(statement.source_arns, source_arn, false);
}

}  // namespace

Result<QueueSpec> read_queue(std::string_view name, const QueueJson& body) {
  QueueSpec spec;
  spec.name = std::string(name);
  spec.fifo = name.ends_with(".fifo");
  WAYBILL_CHECK(read_fifo(body, spec));
  WAYBILL_CHECK(read_seconds(body, "VisibilityTimeout", 0, 43'200, spec.visibility_timeout));
  WAYBILL_CHECK(read_seconds(body, "DelaySeconds", 0, 900, spec.delay));
  WAYBILL_CHECK(read_seconds(body, "MessageRetentionPeriod", 60, 1'209'600, spec.retention));
  WAYBILL_CHECK(read_seconds(body, "ReceiveMessageWaitTimeSeconds", 0, 20, spec.receive_wait));
  WAYBILL_CHECK(
      read_number(body, "MaximumMessageSize", std::size_t{1024}, std::size_t{1'048'576}, spec.max_message_bytes));
  WAYBILL_CHECK(read_redrive(body, spec));
  WAYBILL_CHECK(read_redrive_allow(body, spec));
  WAYBILL_CHECK(read_policy(body, spec));
  return spec;
}

bool may_send(const QueueSpec& queue, std::string_view service, std::string_view source_arn) {
  if (!queue.policy) return true;
  bool allowed = false;
  for (const QueuePolicyStatement& statement : *queue.policy) {
    if (!covers_send(statement, service, source_arn)) continue;
    if (!statement.allow) return false;
    allowed = true;
  }
  return allowed;
}

bool may_redrive(const QueueSpec& dlq, std::string_view source_arn) {
  switch (dlq.redrive_allow.who) {
    case RedriveAllow::Who::none: return false;
    case RedriveAllow::Who::by_queue: {
      const auto& arns = dlq.redrive_allow.source_arns;
      return std::find(arns.begin(), arns.end(), source_arn) != arns.end();
    }
    case RedriveAllow::Who::all: break;
  }
  return true;
}

}  // namespace waybill
