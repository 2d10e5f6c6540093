#include "daemon/dead_letter_router.h"

#include <nlohmann/json.hpp>

#include "base/log.h"
#include "daemon/target_invoker.h"
#include "table/item_codec.h"
#include "topic/publisher.h"

namespace waybill {

namespace {

constexpr std::int64_t kRowDays = 30;

// The facts of contract section 9; the last two only when retries ran out.
std::vector<std::pair<std::string, std::string>> facts(const DeadLetter& letter) {
  std::vector<std::pair<std::string, std::string>> list{{"RULE_ARN", letter.rule_arn},
                                                        {"TARGET_ARN", letter.target_arn},
                                                        {"ERROR_CODE", letter.error_code},
                                                        {"ERROR_MESSAGE", letter.error_message}};
  if (!letter.exhausted_condition.empty()) {
    list.emplace_back("EXHAUSTED_RETRY_CONDITION", letter.exhausted_condition);
    list.emplace_back("RETRY_ATTEMPTS", std::to_string(letter.attempts - 1));
  }
  return list;
}

nlohmann::json key_value(const KeyAttribute& key, const std::string& id, std::int64_t seconds) {
  return key.type == KeyType::number ? nlohmann::json(seconds) : nlohmann::json(id);
}

}  // namespace

delivery::Consequences DeadLetterTargets::route(const EndpointSpec& endpoint, const DeadLetter& event, int depth) {
  delivery::Consequences consequences;
  // A dead-letter queue gets what was to be delivered (contract section 9); Waybill's own record keeps the event.
  DeadLetter letter = event;
  letter.body = shaped_input(endpoint, event.body, event.ingested_at).body;
  if (!endpoint.dlq_arn.empty()) send(endpoint.dlq_arn, endpoint, letter, depth, consequences);
  if (endpoint.function && !endpoint.function->dlq_arn.empty()) {
    send(endpoint.function->dlq_arn, endpoint, letter, depth, consequences);
  }
  return consequences;
}

void DeadLetterTargets::send(const std::string& arn, const EndpointSpec& endpoint, const DeadLetter& letter, int depth,
                             delivery::Consequences& into) const {
  const auto table = tables_.get()->find(arn);
  const auto parsed = Arn::parse(arn);
  Status sent = not_found("dead letters can be sent to a table or a topic, and there is no such one");
  if (table) {
    sent = put_row(*table, endpoint, letter, into);
  } else if (parsed && parsed->service == "sns") {
    sent = publish(arn, letter, depth, into);
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
  auto event = nlohmann::json::parse(letter.body, nullptr, false);
  item["event"] = event.is_discarded() ? nlohmann::json(letter.body) : std::move(event);
  for (const auto& [name, value] : facts(letter)) item[name] = value;
  if (endpoint.function) {
    const auto environment = endpoint.function->environment.find("ENVIRONMENT");
    if (environment != endpoint.function->environment.end()) item["environment"] = environment->second;
  }
  WAYBILL_TRY(store::ItemRow row, table::encode_item(table, item, letter.dead_at));
  into.changes.add(store::PutItem{table.id, std::move(row), {}, store::OnConditionFailed::fail_attempt, nullptr});
  return {};
}

Status DeadLetterTargets::publish(const std::string& arn, const DeadLetter& letter, int depth,
                                  delivery::Consequences& into) const {
  WAYBILL_TRY(topic::Published published, topic::publish(*topology_.get(), {arn, "", letter.body, facts(letter)}, depth,
                                                         letter.dead_at, random_, journal_));
  for (store::Change& change : published.changes.list) into.changes.list.push_back(std::move(change));
  for (NewDelivery& caused : published.deliveries) into.deliveries.push_back(std::move(caused));
  return {};
}

}  // namespace waybill
