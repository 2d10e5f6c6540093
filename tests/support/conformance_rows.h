// Short hands of the conformance checks: rows with telling values, and a transaction around a few calls.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "store/engine.h"
#include "store/reader.h"
#include "support/engine_conformance.h"

// REQUIRE that a Status or Result is a success, and show its error when it is not.
#define WAYBILL_REQUIRE_OK(expression)                                                     \
  do {                                                                                     \
    const auto& outcome = (expression);                                                    \
    const std::string why = outcome.has_value() ? std::string() : outcome.error().message; \
    REQUIRE_MESSAGE(outcome.has_value(), #expression ": ", why);                           \
  } while (false)

namespace waybill::testing {

// The value of a Result that must be there.
template <class T>
T value_of(Result<T> result) {
  if (!result) FAIL(result.error().message);
  return std::move(*result);
}

template <class F>
void in_transaction(store::Engine& engine, F&& changes) {
  WAYBILL_REQUIRE_OK(engine.begin(store::Durability::synced));
  std::forward<F>(changes)();
  WAYBILL_REQUIRE_OK(engine.commit());
}

inline Payload payload_row(std::int64_t id) {
  return {PayloadId{id}, PayloadKind::event, from_millis(1'000 + id), "arn:bus", "{\"id\":" + std::to_string(id) + "}"};
}

inline DeliveryKey delivery_key(std::int64_t endpoint, std::int64_t due, std::int64_t id) {
  return {EndpointId{endpoint}, from_millis(due), DeliveryId{id}};
}

inline Delivery delivery_row(DeliveryKey key, std::int64_t payload = 1) {
  return {key, PayloadId{payload}, 0, 3, from_millis(500), ""};
}

inline DeadLetter letter_row(std::int64_t id) {
  DeadLetter letter;
  letter.id = DeadLetterId{id};
  letter.endpoint = EndpointId{4};
  letter.kind = PayloadKind::notification;
  letter.origin = "arn:topic";
  letter.body = "{}";
  letter.event_id = "event-1";
  letter.rule_arn = "arn:rule";
  letter.target_arn = "arn:target";
  letter.error_code = "TIMEOUT";
  letter.error_message = "the function took too long";
  letter.exhausted_condition = "MaximumRetryAttempts";
  letter.attempts = 3;
  letter.depth = 2;
  letter.ingested_at = from_millis(10);
  letter.dead_at = from_millis(1'000 * id);
  return letter;
}

inline store::AppendHistory history_line(std::int64_t at) {
  return {from_millis(at), "event-" + std::to_string(at), EndpointId{4}, "delivered", 2, "all is well"};
}

inline TableSpec table_spec(std::int64_t id, std::size_t indexes = 0) {
  TableSpec spec;
  spec.id = TableId{id};
  spec.name = "table-" + std::to_string(id);
  spec.arn = "arn:table/" + spec.name;
  spec.key = {{"pk", KeyType::string}, KeyAttribute{"sk", KeyType::number}};
  for (std::size_t i = 0; i < indexes; ++i) {
    spec.indexes.push_back(
        {"index-" + std::to_string(i), {{"status", KeyType::string}, KeyAttribute{"at", KeyType::binary}}});
  }
  return spec;
}

inline store::ItemRow item_row(std::string pk, std::string sk, std::string body = "{}") {
  store::ItemRow row;
  row.pk = std::move(pk);
  row.sk = std::move(sk);
  row.body = std::move(body);
  return row;
}

// In an index too, the table's first.
inline store::ItemRow indexed_row(std::string pk, std::string sk, std::string index_pk, std::string index_sk) {
  store::ItemRow row = item_row(std::move(pk), std::move(sk));
  row.index_keys.push_back(store::ItemRow::IndexKey{std::move(index_pk), std::move(index_sk)});
  return row;
}

// "pk/sk" of each row, for comparing pages at a glance.
inline std::vector<std::string> keys_of(const store::ItemPage& page) {
  std::vector<std::string> keys;
  for (const auto& row : page.rows) keys.push_back(row.pk + "/" + row.sk);
  return keys;
}

using Strings = std::vector<std::string>;

}  // namespace waybill::testing
