#include "daemon/dead_letter_router.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/json_tree.h"
#include "base/log.h"
#include "base/utf8_cut.h"
#include "daemon/target_invoker.h"
#include "queue/hand_back.h"
#include "table/item_codec.h"
#include "topic/publisher.h"

namespace waybill {

namespace {

constexpr std::int64_t kRowDays = 30;
// AWS: Lambda, "Dead-letter queues": the first KB. Of a rule's as well, since what the facts tell counts for the size
// of the message. Waybill's own record keeps it whole.
constexpr std::size_t kMessageBytes = 1024;
// Of an event that is kept as text in a table: an item has 400 KB.
constexpr std::size_t kMostEventText = 300'000;

// The facts of contract section 9; the last two only when retries ran out. No rule is behind a subscription. Lambda
// tells other facts of an invocation (AWS: Lambda, "Dead-letter queues").
std::vector<topic::MessageAttribute> facts(const EndpointSpec& endpoint, const DeadLetter& letter) {
  std::vector<topic::MessageAttribute> list;
  if (endpoint.kind == EndpointKind::function) {
    list.push_back({"RequestID", uuid_from(static_cast<std::uint64_t>(letter.delivery.value))});
    list.push_back({"ErrorCode", "200", "Number"});
    list.push_back({"ErrorMessage", std::string(utf8_cut(letter.error_message, kMessageBytes))});
    return list;
  }
  if (!letter.rule_arn.empty()) list.push_back({"RULE_ARN", letter.rule_arn});
  list.push_back({"TARGET_ARN", letter.target_arn});
  list.push_back({"ERROR_CODE", letter.error_code});
  list.push_back({"ERROR_MESSAGE", std::string(utf8_cut(letter.error_message, kMessageBytes))});
  if (!letter.exhausted_condition.empty()) {
    list.push_back({"EXHAUSTED_RETRY_CONDITION", letter.exhausted_condition});
    list.push_back({"RETRY_ATTEMPTS", std::to_string(std::max(letter.attempts - 1, 0))});
  }
  return list;
}

bool is_confirmation_request(const DeadLetter& letter) {
  return letter.kind == PayloadKind::notification && letter.body.starts_with(R"({"Type":"SubscriptionConfirmation")");
}

nlohmann::json key_value(const KeyAttribute& key, const std::string& id, std::int64_t seconds) {
  return key.type == KeyType::number ? nlohmann::json(seconds) : nlohmann::json(id);
}

}  // namespace

delivery::Consequences DeadLetterTargets::route(const EndpointSpec& endpoint, const DeadLetter& event, int depth) {
  delivery::Consequences consequences;
  // A dead-letter queue gets what was to be delivered (contract section 9); Waybill's own record keeps the event.
  DeadLetter letter = event;
  letter.body = shaped_input(endpoint, event.kind, event.body, event.ingested_at).body;
  // A request to confirm is between the receiver and us; its token is for nobody else.
  if (is_confirmation_request(event)) return consequences;
  if (!endpoint.dlq_arn.empty()) send(endpoint.dlq_arn, endpoint, letter, depth, consequences);
  const FunctionSpec* function = endpoint.function.get();
  const bool is_invocation = endpoint.kind == EndpointKind::function;
  // In two stages, what could not be handed over was never the function's.
  if (function && !function->dlq_arn.empty() && (is_invocation || !function->two_stages)) {
    send(function->dlq_arn, endpoint, letter, depth, consequences);
  }
  if (function && is_invocation) {
    const InvocationEnd end{*function,       letter.delivery, false, letter.exhausted_condition,
                            letter.attempts, letter.body,     "",    letter.error_message};
    invocations_.send(end, depth, letter.dead_at, consequences);
  }
  return consequences;
}

void DeadLetterTargets::send(const std::string& arn, const EndpointSpec& endpoint, const DeadLetter& letter, int depth,
                             delivery::Consequences& into) const {
  const auto table = tables_.get()->find(arn);
  const auto parsed = Arn::parse(arn);
  Status sent = not_found("dead letters can be sent to a queue, a table or a topic, and there is no such one");
  if (table) {
    sent = put_row(*table, endpoint, letter, into);
  } else if (parsed && parsed->service == "sqs") {
    sent = enqueue(arn, endpoint, letter, into);
  } else if (parsed && parsed->service == "sns") {
    sent = publish(arn, endpoint, letter, depth, into);
  }
  if (!sent) {
    spdlog::error("dead letter {} could not be sent to {}: {}; it is kept, see 'waybill dead-letters show {}'",
                  letter.id.value, arn, sent.error().message, letter.id.value);
  }
}

Status DeadLetterTargets::put_row(const TableSpec& table, const EndpointSpec& endpoint, const DeadLetter& letter,
                                  delivery::Consequences& into) const {
  const std::int64_t now = to_seconds(letter.dead_at);
  const std::string id = uuid_v7(letter.dead_at, random_);
  nlohmann::json item{{"error_id", id}, {"timestamp", now}, {"dead_letter", true}};
  item[table.key.partition.name] = key_value(table.key.partition, id, now);
  if (table.key.sort) item[table.key.sort->name] = key_value(*table.key.sort, id, now);
  item[table.ttl_attribute.empty() ? "ttl" : table.ttl_attribute] = now + kRowDays * 86'400;
  auto event = parse_json(letter.body, kMaxPayloadDepth);
  item["event"] = event.is_discarded() ? nlohmann::json(letter.body) : std::move(event);
  for (const topic::MessageAttribute& fact : facts(endpoint, letter)) item[fact.name] = fact.value;
  if (endpoint.function) {
    const auto environment = endpoint.function->environment.find("ENVIRONMENT");
    if (environment != endpoint.function->environment.end()) item["environment"] = environment->second;
  }
  auto row = table::encode_item(table, item, letter.dead_at);
  if (!row) {
    // What no item can hold (a number, a depth, its size) is kept as the text that it was.
    item["event"] = std::string(utf8_cut(letter.body, kMostEventText));
    row = table::encode_item(table, item, letter.dead_at);
  }
  if (!row) return row.error();
  into.changes.add(store::PutItem{table.id, std::move(*row), {}, store::OnConditionFailed::fail_attempt, nullptr});
  return {};
}

// Contract section 9: the body is what was to be delivered, the facts are attributes.
Status DeadLetterTargets::enqueue(const std::string& arn, const EndpointSpec& endpoint, const DeadLetter& letter,
                                  delivery::Consequences& into) const {
  queue::SendEntry entry;
  entry.body = letter.body;
  for (const topic::MessageAttribute& fact : facts(endpoint, letter)) {
    if (!fact.value.empty()) entry.attributes[fact.name] = {fact.type, fact.value};
  }
  // A function's invocation does not come back from a queue.
  if (endpoint.kind != EndpointKind::function) {
    entry.attributes[queue::kDeadLetterFact] = {"String", std::to_string(letter.id.value)};
  }
  const bool is_rule = !letter.rule_arn.empty();
  const bool is_subscription = endpoint.kind == EndpointKind::subscription;
  const char* const service = is_rule ? "events.amazonaws.com" : is_subscription ? "sns.amazonaws.com" : "";
  return queues_.send(arn, std::move(entry), service, is_rule ? letter.rule_arn : endpoint.topic_arn, letter.dead_at,
                      into.changes);
}

Status DeadLetterTargets::publish(const std::string& arn, const EndpointSpec& endpoint, const DeadLetter& letter,
                                  int depth, delivery::Consequences& into) const {
  WAYBILL_TRY(topic::Published published,
              topic::publish(*topology_.get(), {arn, "", letter.body, facts(endpoint, letter)}, depth, letter.dead_at,
                             random_, journal_, &probe_));
  for (store::Change& change : published.changes.list) into.changes.list.push_back(std::move(change));
  for (NewDelivery& caused : published.deliveries) into.deliveries.push_back(std::move(caused));
  return {};
}

}  // namespace waybill
