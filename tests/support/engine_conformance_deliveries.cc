#include "support/conformance_rows.h"

namespace waybill::testing {

namespace {

constexpr WallTime kForever = WallTime{Millis{4'000'000'000'000}};

std::vector<std::int64_t> ids_of(const std::vector<Delivery>& deliveries) {
  std::vector<std::int64_t> ids;
  for (const auto& delivery : deliveries) ids.push_back(delivery.key.id.value);
  return ids;
}

using Numbers = std::vector<std::int64_t>;

void insert_deliveries(EngineHarness& store, const std::vector<DeliveryKey>& keys) {
  in_transaction(store.engine(), [&] {
    for (const auto& key : keys) WAYBILL_REQUIRE_OK(store.engine().deliveries().insert(delivery_row(key)));
  });
}

void payloads_come_back_as_they_went_in(EngineHarness& store) {
  Payload odd{PayloadId{7}, PayloadKind::stream_batch, from_millis(-5), "", "{\"a\":\"\xc3\xa9 \\u0000 '\"}"};
  Payload large{PayloadId{8}, PayloadKind::event, from_millis(1), "arn", std::string(300'000, 'x')};
  in_transaction(store.engine(), [&] {
    WAYBILL_REQUIRE_OK(store.engine().payloads().insert(large));
    WAYBILL_REQUIRE_OK(store.engine().payloads().insert(odd));
  });
  const auto found = value_of(store.reader()->payloads({PayloadId{8}, PayloadId{9}, PayloadId{7}, PayloadId{8}}));
  REQUIRE(found.size() == 4);
  REQUIRE(found[0] != nullptr);
  CHECK(found[0]->body == large.body);
  CHECK(found[1] == nullptr);
  REQUIRE(found[2] != nullptr);
  CHECK(found[2]->id == odd.id);
  CHECK(found[2]->kind == odd.kind);
  CHECK(found[2]->accepted_at == odd.accepted_at);
  CHECK(found[2]->origin == odd.origin);
  CHECK(found[2]->body == odd.body);
  REQUIRE(found[3] != nullptr);
  CHECK(found[3]->id == large.id);
  CHECK(value_of(store.reader()->payloads({})).empty());
}

void a_payload_id_is_taken_once(EngineHarness& store) {
  Payload second = payload_row(1);
  second.body = "second";
  in_transaction(store.engine(), [&] {
    WAYBILL_REQUIRE_OK(store.engine().payloads().insert(payload_row(1)));
    CHECK(store.engine().payloads().insert(second).has_error());
  });
  CHECK(value_of(store.reader()->payloads({PayloadId{1}})).at(0)->body == payload_row(1).body);
}

void a_sweep_leaves_payloads_that_a_delivery_needs(EngineHarness& store) {
  store::Engine& engine = store.engine();
  in_transaction(engine, [&] {
    for (std::int64_t id = 1; id <= 6; ++id) WAYBILL_REQUIRE_OK(engine.payloads().insert(payload_row(id)));
    WAYBILL_REQUIRE_OK(engine.deliveries().insert(delivery_row(delivery_key(1, 1, 100), 2)));
    WAYBILL_REQUIRE_OK(engine.deliveries().insert(delivery_row(delivery_key(2, 1, 101), 2)));
    const auto swept = value_of(engine.payloads().sweep(PayloadId{0}, PayloadId{6}, 3));
    CHECK(swept.rows == 2);  // looked at 1, 2, 3
    CHECK(swept.last == PayloadId{3});
    CHECK(swept.more);
    const auto rest = value_of(engine.payloads().sweep(swept.last, PayloadId{6}, 100));
    CHECK(rest.rows == 2);
    CHECK(rest.last == PayloadId{5});
    const auto none = value_of(engine.payloads().sweep(rest.last, PayloadId{6}, 100));
    CHECK(none.rows == 0);
    CHECK_FALSE(none.more);
    CHECK(none.last == rest.last);  // nothing to look at: where it stood
  });
  const auto left = value_of(store.reader()->payloads({PayloadId{1}, PayloadId{2}, PayloadId{5}, PayloadId{6}}));
  CHECK(left[0] == nullptr);
  CHECK(left[1] != nullptr);
  CHECK(left[2] == nullptr);
  CHECK(left[3] != nullptr);
  in_transaction(engine, [&] {
    WAYBILL_REQUIRE_OK(engine.deliveries().remove(delivery_key(1, 1, 100), 0));
    CHECK(value_of(engine.payloads().sweep(PayloadId{0}, PayloadId{6}, 100)).rows == 0);
    WAYBILL_REQUIRE_OK(engine.deliveries().remove(delivery_key(2, 1, 101), 0));
    CHECK(value_of(engine.payloads().sweep(PayloadId{0}, PayloadId{6}, 100)).rows == 1);
  });
}

void deliveries_come_in_order_of_due_time_then_id(EngineHarness& store) {
  insert_deliveries(store, {delivery_key(1, 30, 1), delivery_key(1, 10, 3), delivery_key(2, 5, 9),
                            delivery_key(1, 10, 2), delivery_key(1, 20, 4)});
  const auto reader = store.reader();
  CHECK(ids_of(value_of(reader->deliveries(delivery_key(1, 0, 0), kForever, 10))) == Numbers{2, 3, 4, 1});
  CHECK(ids_of(value_of(reader->deliveries(delivery_key(1, 0, 0), kForever, 2))) == Numbers{2, 3});
  CHECK(ids_of(value_of(reader->deliveries(delivery_key(1, 10, 2), kForever, 2))) == Numbers{3, 4});
  CHECK(ids_of(value_of(reader->deliveries(delivery_key(1, 0, 0), from_millis(20), 10))) == Numbers{2, 3, 4});
  CHECK(ids_of(value_of(reader->deliveries(delivery_key(1, 0, 0), from_millis(19), 10))) == Numbers{2, 3});
  CHECK(ids_of(value_of(reader->deliveries(delivery_key(1, 30, 1), kForever, 10))).empty());
  CHECK(ids_of(value_of(reader->deliveries(delivery_key(3, 0, 0), kForever, 10))).empty());
}

void the_next_delivery_is_the_first_of_its_endpoint(EngineHarness& store) {
  insert_deliveries(store, {delivery_key(1, 30, 1), delivery_key(1, 10, 3), delivery_key(2, 5, 9)});
  const auto reader = store.reader();
  const auto next = [&](DeliveryKey after) {
    const auto found = value_of(reader->next_delivery(after));
    return found ? found->key.id.value : 0;
  };
  CHECK(next(delivery_key(1, 0, 0)) == 3);
  CHECK(next(delivery_key(1, 10, 3)) == 1);
  CHECK(next(delivery_key(1, 30, 1)) == 0);
  CHECK(next(delivery_key(2, 0, 0)) == 9);
  CHECK(next(delivery_key(3, 0, 0)) == 0);
}

void a_delivery_comes_back_as_it_went_in(EngineHarness& store) {
  Delivery odd{delivery_key(1, -3, 8), PayloadId{77}, 5, 16, from_millis(-9), "no \"route\"\n"};
  in_transaction(store.engine(), [&] { WAYBILL_REQUIRE_OK(store.engine().deliveries().insert(odd)); });
  const auto found = value_of(store.reader()->next_delivery(delivery_key(1, -100, 0)));
  REQUIRE(found.has_value());
  CHECK(found->key == odd.key);
  CHECK(found->payload == odd.payload);
  CHECK(found->attempts == 5);
  CHECK(found->depth == 16);
  CHECK(found->ingested_at == odd.ingested_at);
  CHECK(found->last_error == odd.last_error);
}

void a_delivery_key_is_taken_once(EngineHarness& store) {
  in_transaction(store.engine(), [&] {
    WAYBILL_REQUIRE_OK(store.engine().deliveries().insert(delivery_row(delivery_key(1, 2, 3), 1)));
    CHECK(store.engine().deliveries().insert(delivery_row(delivery_key(1, 2, 3), 2)).has_error());
  });
  CHECK(value_of(store.reader()->next_delivery(delivery_key(1, 0, 0)))->payload == PayloadId{1});
}

void a_delivery_goes_only_when_it_stands_there_with_that_count(EngineHarness& store) {
  insert_deliveries(store, {delivery_key(1, 10, 1), delivery_key(1, 10, 2)});
  auto& deliveries = store.engine().deliveries();
  in_transaction(store.engine(), [&] {
    CHECK_FALSE(value_of(deliveries.remove(delivery_key(1, 10, 1), 1)));
    CHECK_FALSE(value_of(deliveries.remove(delivery_key(1, 11, 1), 0)));
    CHECK_FALSE(value_of(deliveries.remove(delivery_key(2, 10, 1), 0)));
    CHECK(value_of(deliveries.remove(delivery_key(1, 10, 1), 0)));
    CHECK_FALSE(value_of(deliveries.remove(delivery_key(1, 10, 1), 0)));
  });
  CHECK(ids_of(value_of(store.reader()->deliveries(delivery_key(1, 0, 0), kForever, 10))) == Numbers{2});
}

void a_rescheduled_delivery_moves_and_counts(EngineHarness& store) {
  insert_deliveries(store, {delivery_key(1, 10, 1), delivery_key(1, 20, 2)});
  auto& deliveries = store.engine().deliveries();
  in_transaction(store.engine(), [&] {
    CHECK_FALSE(value_of(deliveries.reschedule(delivery_key(1, 10, 1), 1, from_millis(30), "late")));
    CHECK(value_of(deliveries.reschedule(delivery_key(1, 10, 1), 0, from_millis(30), "first")));
    CHECK_FALSE(value_of(deliveries.reschedule(delivery_key(1, 10, 1), 0, from_millis(40), "again")));
    CHECK_FALSE(value_of(deliveries.remove(delivery_key(1, 10, 1), 0)));
  });
  const auto found = value_of(store.reader()->deliveries(delivery_key(1, 0, 0), kForever, 10));
  REQUIRE(ids_of(found) == Numbers{2, 1});
  CHECK(found[1].key == delivery_key(1, 30, 1));
  CHECK(found[1].attempts == 1);
  CHECK(found[1].last_error == "first");
  CHECK(found[1].payload == PayloadId{1});
  CHECK(found[1].depth == 3);
  CHECK(found[1].ingested_at == from_millis(500));
  in_transaction(store.engine(), [&] {  // to where it stands already
    CHECK(value_of(deliveries.reschedule(delivery_key(1, 30, 1), 1, from_millis(30), "second")));
    CHECK(value_of(deliveries.remove(delivery_key(1, 30, 1), 2)));
  });
}

void endpoints_tell_their_backlog(EngineHarness& store) {
  store::Engine& engine = store.engine();
  in_transaction(engine, [&] {
    WAYBILL_REQUIRE_OK(engine.catalog().put_endpoint(EndpointId{2}, "b"));
    WAYBILL_REQUIRE_OK(engine.catalog().put_endpoint(EndpointId{1}, "a"));
    Delivery delivery = delivery_row(delivery_key(2, 10, 1));
    delivery.ingested_at = from_millis(8);
    WAYBILL_REQUIRE_OK(engine.deliveries().insert(delivery));
    delivery.key = delivery_key(2, 20, 2);
    delivery.ingested_at = from_millis(7);  // due later, but older
    WAYBILL_REQUIRE_OK(engine.deliveries().insert(delivery));
  });
  const auto rows = value_of(store.reader()->endpoints());
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].id == EndpointId{1});
  CHECK(rows[0].key == "a");
  CHECK(rows[0].pending == 0);
  CHECK_FALSE(rows[0].oldest.has_value());
  CHECK(rows[1].id == EndpointId{2});
  CHECK(rows[1].pending == 2);
  CHECK(rows[1].oldest == from_millis(7));
}

}  // namespace

std::vector<ConformanceCheck> delivery_checks() {
  return {
      {"payloads come back as they went in", payloads_come_back_as_they_went_in},
      {"a payload id is taken once", a_payload_id_is_taken_once},
      {"a sweep leaves payloads that a delivery needs", a_sweep_leaves_payloads_that_a_delivery_needs},
      {"deliveries come in order of due time, then id", deliveries_come_in_order_of_due_time_then_id},
      {"the next delivery is the first of its endpoint", the_next_delivery_is_the_first_of_its_endpoint},
      {"a delivery comes back as it went in", a_delivery_comes_back_as_it_went_in},
      {"a delivery key is taken once", a_delivery_key_is_taken_once},
      {"a delivery goes only when it stands there with that count",
       a_delivery_goes_only_when_it_stands_there_with_that_count},
      {"a rescheduled delivery moves and counts", a_rescheduled_delivery_moves_and_counts},
      {"endpoints tell their backlog", endpoints_tell_their_backlog},
  };
}

}  // namespace waybill::testing
