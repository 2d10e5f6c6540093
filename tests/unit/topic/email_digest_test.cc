#include "topic/email_digest.h"

#include <doctest/doctest.h>

#include "unit/topic/outbox.h"

using namespace waybill;
using namespace waybill::topic;
using namespace waybill::testing;

namespace {

struct Ids {
  std::int64_t last = 100;
  NextId next() {
    return [this] { return ++last; };
  }
};

Delivery delivery_of(std::int64_t id, std::int64_t due, std::int64_t ingested, int attempts, int depth) {
  return {{EndpointId{7}, from_millis(due), DeliveryId{id}}, PayloadId{id}, attempts, depth, from_millis(ingested), ""};
}

Payload notification(std::int64_t id, const std::string& body) {
  return {PayloadId{id}, PayloadKind::notification, from_millis(1000 + id), kMailTopic, body};
}

const std::string kFirst = R"({"Type":"Notification","MessageId":"1","Message":"größer \"a\"","Timestamp":"t"})";
const std::string kSecond = R"({"Type":"Notification","MessageId":"2","Message":"b"})";

}  // namespace

TEST_CASE("joined notifications are one payload and one delivery, first in line and as old as the oldest") {
  Ids ids;
  const Payload first = notification(1, kFirst), second = notification(2, kSecond);
  const Delivery one = delivery_of(11, 500, 400, 0, 3), two = delivery_of(12, 450, 300, 2, 1);
  const Regrouped joined = join({{one, first}, {two, second}}, {1'000'000}, ids.next());
  REQUIRE(joined.deliveries.size() == 1);
  const Delivery& digest = joined.deliveries[0].delivery;
  CHECK(digest.key.endpoint == EndpointId{7});
  CHECK(to_millis(digest.key.due) == 449);
  CHECK(digest.key.id.value > 100);
  CHECK(to_millis(digest.ingested_at) == 300);
  CHECK(digest.attempts == 2);
  CHECK(digest.depth == 3);
  const Payload& payload = *joined.deliveries[0].payload;
  CHECK(digest.payload == payload.id);
  CHECK(payload.origin == kMailTopic);
  CHECK(to_millis(payload.accepted_at) == 1002);
  CHECK(is_digest(payload));
  REQUIRE(joined.changes.list.size() == 2);
  CHECK(std::get<store::InsertPayload>(joined.changes.list[0]).payload == joined.deliveries[0].payload);
  CHECK(std::get<store::InsertDelivery>(joined.changes.list[1]).delivery.key == digest.key);
}

TEST_CASE("what a digest holds is the notifications as they were, byte for byte") {
  Ids ids;
  const Payload first = notification(1, kFirst), broken = notification(2, "no JSON");
  const Delivery one = delivery_of(11, 500, 400, 1, 3), two = delivery_of(12, 450, 300, 2, 1);
  const Regrouped joined = join({{one, first}, {two, broken}}, {1'000'000}, ids.next());
  const NewDelivery& digest = joined.deliveries.at(0);
  const std::vector<Payload> held = notifications_in(*digest.payload);
  REQUIRE(held.size() == 2);
  CHECK(held[0].body == kFirst);
  CHECK(held[1].body == "no JSON");
  CHECK(to_millis(held[0].accepted_at) == 1001);

  const Regrouped apart = split({digest.delivery, *digest.payload}, ids.next());
  REQUIRE(apart.deliveries.size() == 2);
  CHECK(apart.changes.list.size() == 4);
  const Delivery& again = apart.deliveries[0].delivery;
  CHECK(apart.deliveries[0].payload->body == kFirst);
  CHECK(again.payload == apart.deliveries[0].payload->id);
  CHECK(again.payload != digest.payload->id);
  CHECK(again.attempts == 0);
  CHECK(again.depth == 3);
  CHECK(to_millis(again.ingested_at) == 400);
  CHECK(again.key.id != apart.deliveries[1].delivery.key.id);
}

TEST_CASE("a notification that is left alone stays one, with its payload") {
  Ids ids;
  const Payload first = notification(1, kFirst), second = notification(2, kSecond);
  const Delivery one = delivery_of(11, 500, 400, 0, 0), two = delivery_of(12, 500, 400, 0, 0);
  const Regrouped joined = join({{one, first}, {two, second}}, {kFirst.size()}, ids.next());
  REQUIRE(joined.deliveries.size() == 2);
  CHECK(joined.changes.list.size() == 2);
  CHECK(joined.deliveries[1].payload->body == kSecond);
  CHECK(joined.deliveries[1].delivery.payload == second.id);
}

TEST_CASE("a body that is nested very deep is kept as text") {
  Ids ids;
  const Payload deep = notification(1, std::string(100'000, '[') + std::string(100'000, ']'));
  const Payload second = notification(2, kSecond);
  const Delivery one = delivery_of(11, 500, 400, 0, 0), two = delivery_of(12, 500, 400, 0, 0);
  const Regrouped joined = join({{one, deep}, {two, second}}, {1'000'000}, ids.next());
  CHECK(notifications_in(*joined.deliveries.at(0).payload).at(0).body == deep.body);
}

TEST_CASE("no notification is a digest, whatever its message says") {
  CHECK_FALSE(is_digest(notification(1, kFirst)));
  CHECK_FALSE(is_digest(notification(1, R"({"Type":"Notification","Message":"{\"Type\":\"Digest\",}"})")));
  CHECK(notifications_in(notification(1, kFirst)).empty());
}
