#include <doctest/doctest.h>

#include "unit/store/journal_fixture.h"

namespace waybill::testing {

TEST_CASE("the weight of changes covers every byte they hold") {
  const std::string large(100'000, 'x');
  const auto grows = [&](const Changes& changes) { return weight(changes) >= large.size(); };
  CHECK(grows(changes_of(insert_payload(1, large))));
  CHECK(grows(changes_of(put_item("a", large))));
  CHECK(grows(changes_of(put_item(large))));
  CHECK(grows(changes_of(delete_item(large))));
  CHECK(grows(changes_of(check_item(large, 1))));
  CHECK(grows(changes_of(put_setting("a", large))));
  CHECK(grows(changes_of(PutEndpoint{EndpointId{1}, large})));
  CHECK(grows(changes_of(PutResource{Resource{{}, "", large}})));
  CHECK(grows(changes_of(PutResource{Resource{{}, "", "", large}})));
  CHECK(grows(changes_of(DeleteResource{{"", "", "", large}})));
  CHECK(grows(changes_of(RescheduleDelivery{{}, {}, large})));
  AppendHistory line;
  line.detail = large;
  CHECK(grows(changes_of(line)));
  DeadLetter letter;
  letter.body = large;
  CHECK(grows(changes_of(InsertDeadLetter{letter})));
  PutItem indexed = put_item("a");
  indexed.row.index_keys.push_back(ItemRow::IndexKey{"", large});
  CHECK(grows(changes_of(indexed)));
  CHECK(grows(changes_of(or_else(put_item("a"), changes_of(put_setting("a", large))))));
}

TEST_CASE("small changes weigh little, and no change weighs nothing") {
  CHECK(weight({}) > 0);
  CHECK(weight(changes_of(finish(1))) < 1'000);
  CHECK(weight(changes_of(finish(1), finish(2))) > weight(changes_of(finish(1))));
}

TEST_CASE("weighing alternatives without end ends") {
  Changes deep;
  for (int level = 0; level < 1'000; ++level) deep = changes_of(or_else(put_item("a"), std::move(deep)));
  CHECK(weight(deep) < 100'000);
}

TEST_CASE("a move arrives where its messages went, not wherever they could have gone") {
  MoveMessages move;
  move.routes = {{QueueId{1}, QueueId{1}, false}, {QueueId{2}, QueueId{2}, false}, {QueueId{3}, QueueId{3}, false}};
  MessagesMoved moved;
  moved.moved = 2;
  moved.to = {QueueId{2}, QueueId{2}};
  std::vector<QueueId> queues;
  arrivals(changes_of(move), {moved}, queues);
  CHECK(queues == moved.to);
}

}  // namespace waybill::testing
