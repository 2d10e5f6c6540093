#include "store/logged_changes.h"

#include <doctest/doctest.h>

#include "unit/store/journal_fixture.h"

using namespace waybill;
using namespace waybill::testing;

namespace {

Changes accepted_event() {
  const Payload payload{PayloadId{11}, PayloadKind::forwarded_event, from_millis(12), "arn:bus",
                        std::string("{\0}", 3)};
  const Delivery delivery{
      {EndpointId{21}, from_millis(-22), DeliveryId{23}}, PayloadId{11}, 3, 4, from_millis(25), "why"};
  return changes_of(InsertPayload{std::make_shared<const Payload>(payload)}, InsertDelivery{delivery},
                    ArchiveEvent{ArchiveId{31}, from_millis(32), PayloadId{11}, 33, from_millis(34)});
}

}  // namespace

TEST_CASE("what accepting an event changes is the same after its way through bytes") {
  std::string bytes;
  append_logged(accepted_event(), bytes);
  const auto read = read_logged(bytes);
  REQUIRE(read.has_value());
  REQUIRE(read->list.size() == 3);
  const Payload& payload = *std::get<InsertPayload>(read->list[0]).payload;
  CHECK(payload.id == PayloadId{11});
  CHECK(payload.kind == PayloadKind::forwarded_event);
  CHECK(payload.accepted_at == from_millis(12));
  CHECK(payload.origin == "arn:bus");
  CHECK(payload.body == std::string("{\0}", 3));
  const Delivery& delivery = std::get<InsertDelivery>(read->list[1]).delivery;
  CHECK(delivery.key == DeliveryKey{EndpointId{21}, from_millis(-22), DeliveryId{23}});
  CHECK(delivery.payload == PayloadId{11});
  CHECK(delivery.attempts == 3);
  CHECK(delivery.depth == 4);
  CHECK(delivery.ingested_at == from_millis(25));
  CHECK(delivery.last_error == "why");
  const auto& event = std::get<ArchiveEvent>(read->list[2]);
  CHECK(event.archive == ArchiveId{31});
  CHECK(event.event_time == from_millis(32));
  CHECK(event.payload == PayloadId{11});
  CHECK(event.bytes == 33);
  CHECK(event.archived_at == from_millis(34));
}

TEST_CASE("bytes that are no changes are refused, wherever they end") {
  std::string bytes;
  append_logged(accepted_event(), bytes);
  int whole = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    whole += read_logged(std::string_view(bytes).substr(0, size)).has_value() ? 1 : 0;
  }
  CHECK(whole == 3);  // nothing, and where one change ends and the next begins
  CHECK(read_logged("\x7f").error().code == ErrorCode::corrupt);
  CHECK(read_logged(std::string(1, '\0')).error().code == ErrorCode::corrupt);
}

TEST_CASE("only what no rule can refuse later is logged") {
  CHECK(loggable(accepted_event()));
  CHECK(loggable({}));
  CHECK_FALSE(loggable(changes_of(InsertPayload{nullptr})));
  CHECK_FALSE(loggable(changes_of(insert_payload(1), put_setting("a"))));
  CHECK_FALSE(loggable(changes_of(finish(1))));
  CHECK_FALSE(loggable(changes_of(ResetAll{})));
}
