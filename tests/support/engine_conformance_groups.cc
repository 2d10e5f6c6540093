#include "support/rule_queue.h"

namespace waybill::testing {

namespace {

using namespace rule_queue;

void a_group_gives_its_messages_in_order_and_is_locked_meanwhile(EngineHarness& store) {
  Queue queue(store, kQueue, true);
  queue.send(1, 0, "a");
  queue.send(2, 0, "b");
  queue.send(3, 0, "a");
  queue.send(4, 0, "a");
  const auto first = queue.receive(10, 2);
  CHECK(ids(first) == Numbers{1, 3});
  CHECK(ids(queue.receive(10)) == Numbers{2});
  CHECK(queue.receive(10).messages.empty());
  CHECK(queue.remove(first.messages[0].fence, 11) == State::done);
  CHECK(queue.receive(11).messages.empty());  // 3 is in flight still
  CHECK(queue.remove(first.messages[1].fence, 12) == State::done);
  CHECK(ids(queue.receive(12)) == Numbers{4});
  CHECK(queue.receive(12).next == from_millis(40));
}

void a_group_is_free_again_when_all_of_its_deadlines_are_over(EngineHarness& store) {
  Queue queue(store, kQueue, true);
  for (const std::int64_t id : {1, 2, 3}) queue.send(id, 0, "a");
  const auto first = queue.receive(0, 2);
  CHECK(queue.change(first.messages[0].fence, 5, 5) == State::done);
  CHECK(queue.receive(10).messages.empty());
  CHECK(queue.change(first.messages[1].fence, 10, 100) == State::done);
  CHECK(queue.receive(50).messages.empty());
  CHECK(queue.receive(50).next == from_millis(100));
  CHECK(queue.remove(first.messages[0].fence, 50) == State::visible);
  CHECK(ids(queue.receive(100)) == Numbers{1, 2, 3});
}

void a_fifo_message_too_many_moves_with_its_group(EngineHarness& store) {
  Queue queue(store, kQueue, true);
  Queue dlq(store, kOther, true);
  queue.send(1, 0, "a");
  queue.send(2, 0, "a");
  CHECK(ids(queue.receive(0, 1)) == Numbers{1});
  CHECK(ids(queue.receive(30, 10, 30, Redrive{kOther, 1})) == Numbers{2});
  CHECK(ids(dlq.receive(31)) == Numbers{1});
}

// Older ones than what is in flight come in front of it.
void a_group_stays_locked_when_older_messages_come_into_it(EngineHarness& store) {
  Queue queue(store, kQueue, true);
  Queue dlq(store, kOther, true);
  for (std::int64_t id = 1; id <= 40; ++id) queue.send(id, 0, "a");
  dlq.send(100, 0, "a");
  REQUIRE(ids(dlq.receive(0, 1, 500)) == Numbers{100});
  for (std::int64_t at = 0; at < 40; at += 10) queue.receive(at, 10, 5);
  for (std::int64_t at = 50; queue.counts(at).visible > 0 && at < 100; at += 10) {
    queue.receive(at, 10, 5, Redrive{kOther, 1});
  }
  CHECK(dlq.counts(200).visible > 32);
  CHECK(dlq.receive(200).messages.empty());
  CHECK(dlq.receive(200).next == from_millis(500));
  CHECK(ids(dlq.receive(500, 1)) == Numbers{1});
}

// More groups than a receive reads at once, whose messages all move on, or are too old.
void groups_that_give_nothing_do_not_hide_those_behind_them(EngineHarness& store) {
  constexpr std::int64_t kGone = 25;
  const auto name = [](std::int64_t id) { return std::string(1, static_cast<char>('a' + id)); };
  Queue queue(store, kQueue, true);
  Queue dlq(store, kOther, true);
  for (std::int64_t id = 0; id < kGone; ++id) queue.send(id + 1, 0, name(id));
  for (int i = 0; i < 3; ++i) queue.receive(0, 10, 30);
  queue.send(100, 40, "z");
  const auto received = queue.receive(40, 10, 30, Redrive{kOther, 1});
  CHECK(ids(received) == Numbers{100});
  CHECK(received.redriven == kGone);
  for (std::int64_t id = 0; id < kGone; ++id) queue.send(id + 201, 50, name(id));
  queue.send(300, 60, "zz");
  CHECK(ids(queue.receive(61, 10, 30, {}, 55)) == Numbers{300});
}

void a_sweep_of_groups_takes_so_many_and_comes_again(EngineHarness& store) {
  Queue queue(store, kQueue, true);
  for (std::int64_t id = 1; id <= 6; ++id) queue.send(id, id, id % 2 ? "a" : "b");
  const auto sweep = [&](int limit) {
    return queue.run([&](MessageRules& rules) { return rules.sweep({kQueue, true, from_millis(6), limit}); });
  };
  const auto first = sweep(4);
  CHECK(first.rows == 4);
  CHECK(first.more);
  CHECK(sweep(4).rows == 1);
  CHECK(ids(queue.receive(6)) == Numbers{6});
}

void a_duplicate_is_answered_with_the_first(EngineHarness& store) {
  Queue queue(store, kQueue, true);
  CHECK_FALSE(queue.send_once(1, "x", 1'000).duplicate);
  const auto again = queue.send_once(2, "x", 1'299);
  CHECK(again.duplicate);
  CHECK(again.id == MessageId{1});
  CHECK_FALSE(queue.send_once(3, "y", 1'299).duplicate);
  CHECK_FALSE(queue.send_once(4, "x", 1'300).duplicate);
  CHECK(queue.send_once(5, "x", 1'301).id == MessageId{4});
  in_transaction(store.engine(), [&] {
    CHECK(value_of(store.engine().messages().sweep_sendings(from_millis(1'300), 10)) == 1);
    CHECK(value_of(store.engine().messages().sending(kQueue, "x")).has_value());
    CHECK_FALSE(value_of(store.engine().messages().sending(kQueue, "y")).has_value());
  });
}

}  // namespace

std::vector<ConformanceCheck> group_checks() {
  return {
      {"a group gives its messages in order", a_group_gives_its_messages_in_order_and_is_locked_meanwhile},
      {"a group is free when its deadlines are over", a_group_is_free_again_when_all_of_its_deadlines_are_over},
      {"a FIFO message too many moves with its group", a_fifo_message_too_many_moves_with_its_group},
      {"a group stays locked when older messages come", a_group_stays_locked_when_older_messages_come_into_it},
      {"groups that give nothing do not hide others", groups_that_give_nothing_do_not_hide_those_behind_them},
      {"a sweep of groups takes so many at once", a_sweep_of_groups_takes_so_many_and_comes_again},
      {"a duplicate is answered with the first", a_duplicate_is_answered_with_the_first},
  };
}

}  // namespace waybill::testing
