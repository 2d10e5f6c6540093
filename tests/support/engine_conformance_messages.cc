#include "support/rule_queue.h"

namespace waybill::testing {

namespace {

using namespace rule_queue;

void a_message_comes_back_as_it_was_sent(EngineHarness& store) {
  Queue queue(store);
  queue.send(3, 100, "g");
  store.reopen();
  const auto received = queue.receive(150);
  REQUIRE(received.messages.size() == 1);
  const ReceivedMessage& got = received.messages[0];
  CHECK(got.message->body == "body 3");
  CHECK(got.message->attributes == "{\"a\":1}");
  CHECK(got.message->group == "g");
  CHECK(got.message->dedup == "dedup");
  CHECK(got.message->sender == "sender");
  CHECK(got.message->trace_header == "trace");
  CHECK(got.message->sent_at == from_millis(100));
  CHECK(got.first_received == from_millis(150));
  CHECK(got.fence.receives == 1);
  CHECK(got.fence.visible_at == from_millis(180));
  CHECK(value_of(store.engine().highest_sequence()) >= 3);
}

void what_is_in_flight_is_not_received_until_its_deadline(EngineHarness& store) {
  Queue queue(store);
  for (const std::int64_t id : {1, 2, 3}) queue.send(id, 10);
  CHECK(ids(queue.receive(20, 2)) == Numbers{1, 2});
  const auto second = queue.receive(20, 2);
  CHECK(ids(second) == Numbers{3});
  CHECK_FALSE(second.more);
  const auto none = queue.receive(49);
  CHECK(none.messages.empty());
  CHECK(none.next == from_millis(50));
  const auto again = queue.receive(50);
  CHECK(ids(again) == Numbers{1, 2, 3});
  CHECK(again.messages[0].fence.receives == 2);
  CHECK(again.messages[0].first_received == from_millis(20));
}

void a_receive_with_its_fill_says_that_there_may_be_more(EngineHarness& store) {
  Queue queue(store);
  queue.send(1);
  queue.send(2, 0, "", 500);
  CHECK(queue.receive(0, 1).more);
  const auto none = queue.receive(0);
  CHECK_FALSE(none.more);
  CHECK(none.next == from_millis(30));
  CHECK(queue.counts(0).delayed == 1);
}

void a_visibility_timeout_of_zero_leaves_it_visible_and_takes_it_once(EngineHarness& store) {
  Queue queue(store);
  queue.send(1);
  queue.send(2);
  CHECK(ids(queue.receive(5, 10, 0)) == Numbers{1, 2});
  CHECK(queue.receive(5, 10, 0).messages[0].fence.receives == 2);
}

void a_fence_deletes_the_receive_it_names(EngineHarness& store) {
  Queue queue(store);
  queue.send(1);
  const auto first = queue.receive(0).messages[0].fence;
  const auto second = queue.receive(30).messages[0].fence;
  CHECK(queue.remove(first) != State::done);
  CHECK(queue.counts(31).in_flight == 1);
  CHECK(queue.remove(second) == State::done);
  CHECK(queue.remove(second) == State::gone);
  CHECK(queue.counts(100).visible == 0);
  CHECK(value_of(store.reader()->messages(kQueue, false, std::nullopt, 10)).empty());
  in_transaction(store.engine(), [&] { CHECK(value_of(store.engine().messages().read({1})) == nullptr); });
}

void the_same_deadline_of_two_receives_is_told_apart_by_their_count(EngineHarness& store) {
  Queue queue(store);
  queue.send(1);
  const auto first = queue.receive(5, 1, 0).messages[0].fence;
  const auto second = queue.receive(5, 1, 0).messages[0].fence;
  CHECK(first.visible_at == second.visible_at);
  CHECK(queue.remove(first) == State::received);
  CHECK(queue.remove(second) == State::done);
}

void a_changed_deadline_keeps_the_fence(EngineHarness& store) {
  Queue queue(store);
  queue.send(1);
  queue.send(2);
  const auto received = queue.receive(0);
  const auto first = received.messages[0].fence;
  const auto second = received.messages[1].fence;
  CHECK(queue.change(first, 10, 200) == State::done);
  CHECK(queue.change(first, 20, 100) == State::done);
  CHECK(queue.change(second, 20, 20) == State::done);
  store.reopen();
  CHECK(ids(queue.receive(40)) == Numbers{2});
  CHECK(queue.change(second, 45, 300) != State::done);
  CHECK(queue.remove(first) == State::done);
  CHECK(queue.receive(200).messages.size() == 1);
}

void a_deadline_that_is_over_cannot_be_changed(EngineHarness& store) {
  Queue queue(store);
  queue.send(1);
  const auto fence = queue.receive(0).messages[0].fence;
  CHECK(queue.change(fence, 30, 100) == State::visible);
  CHECK(queue.remove(fence, 31) == State::done);  // of a standard queue, while nobody else received it
}

void the_receive_too_many_moves_to_the_dead_letter_queue(EngineHarness& store) {
  Queue queue(store);
  Queue dlq(store, kOther);
  const Redrive redrive{kOther, 2};
  queue.send(1, 5);
  queue.send(2, 6);
  CHECK(ids(queue.receive(10, 1, 30, redrive)) == Numbers{1});
  CHECK(ids(queue.receive(40, 1, 30, redrive)) == Numbers{2});
  CHECK(ids(queue.receive(70, 1, 30, redrive)) == Numbers{1});
  const auto third = queue.receive(100, 10, 30, redrive);
  CHECK(ids(third) == Numbers{2});
  CHECK(third.redriven == 1);
  const auto dead = dlq.receive(100);
  REQUIRE(ids(dead) == Numbers{1});
  CHECK(dead.messages[0].source == kQueue);
  CHECK(dead.messages[0].message->sent_at == from_millis(5));
  CHECK(value_of(store.reader()->queues()) == std::vector<QueueId>{kQueue, kOther});
  // What was moved there in another way tells where it came from, too.
  const SendMessage moved{kOther, false, message(3, 5), from_millis(101), "", {}, kQueue};
  dlq.run([&](MessageRules& rules) { return rules.send(moved); });
  const auto later = dlq.receive(101);
  REQUIRE(ids(later) == Numbers{3});
  CHECK(later.messages[0].source == kQueue);
}

void what_is_too_old_is_not_received_and_goes(EngineHarness& store) {
  Queue queue(store);
  queue.send(1, 10);
  queue.send(2, 20);
  CHECK(ids(queue.receive(30, 10, 30, {}, 15)) == Numbers{2});
  CHECK(queue.counts(30).visible == 0);
  CHECK(queue.counts(30).in_flight == 1);
  queue.send(3, 40);
  const auto swept = queue.run([](MessageRules& rules) { return rules.sweep({kQueue, false, from_millis(41), 10}); });
  CHECK(swept.rows == 1);
  CHECK(queue.counts(41).in_flight == 1);
}

void moving_makes_new_messages(EngineHarness& store) {
  Queue queue(store);
  Queue dlq(store, kOther);
  queue.send(1, 5);
  queue.receive(5, 1, 0);
  queue.receive(6, 1, 0, Redrive{kOther, 1});
  dlq.send(2, 7);
  MoveMessages move;
  move.from = kOther;
  move.routes = {{kQueue, kQueue, false}};
  move.ids = {{10}, {11}};
  move.now = from_millis(50);
  const auto moved = dlq.run([&](MessageRules& rules) { return rules.move(move); });
  CHECK(moved.moved == 1);
  CHECK(moved.to == std::vector<QueueId>{kQueue});
  CHECK(moved.stuck);  // 2 was sent there, and came from nowhere
  const auto back = queue.receive(50);
  REQUIRE(ids(back) == Numbers{10});
  CHECK(back.messages[0].fence.receives == 1);
  CHECK(back.messages[0].message->body == "body 1");
  CHECK(back.messages[0].message->sent_at == from_millis(50));
  CHECK(dlq.counts(50).visible == 1);
}

void purging_takes_what_was_sent_before(EngineHarness& store) {
  for (const bool fifo : {false, true}) {
    Queue queue(store, fifo ? kOther : kQueue, fifo);
    const std::int64_t base = fifo ? 100 : 0;
    for (const std::int64_t id : {1, 2, 3}) queue.send(base + id, 0, "g");
    queue.receive(0, 1);
    const QueueId id = fifo ? kOther : kQueue;
    const auto swept = queue.run([&](MessageRules& rules) { return rules.purge({id, fifo, {base + 3}, 10}); });
    CHECK(swept.rows == 2);
    CHECK_FALSE(swept.more);
    CHECK(ids(queue.receive(100)) == Numbers{base + 3});
    const auto dropped = queue.run([&](MessageRules& rules) { return rules.drop({id, 10}); });
    CHECK(dropped.more);
    CHECK_FALSE(queue.run([&](MessageRules& rules) { return rules.drop({id, 10}); }).more);
  }
  CHECK(value_of(store.reader()->queues()).empty());
}

void messages_are_listed_in_pages(EngineHarness& store) {
  for (const bool fifo : {false, true}) {
    const QueueId id = fifo ? kOther : kQueue;
    Queue queue(store, id, fifo);
    for (std::int64_t each = 1; each <= 5; ++each) queue.send(each + (fifo ? 10 : 0), each, each % 2 ? "a" : "b");
    Numbers seen;
    std::optional<MessageRow> after;
    while (true) {
      const auto page = value_of(store.reader()->messages(id, fifo, after, 2));
      if (page.empty()) break;
      for (const auto& stored : page) seen.push_back(stored.message->id.value);
      after = page.back().row;
    }
    CHECK(seen == (fifo ? Numbers{11, 13, 15, 12, 14} : Numbers{1, 2, 3, 4, 5}));
    CHECK(queue.counts(3).oldest == from_millis(1));
  }
}

void in_flight_is_counted_against_a_limit(EngineHarness& store) {
  Queue queue(store);
  for (const std::int64_t id : {1, 2, 3}) queue.send(id);
  ReceiveMessages change;
  change.queue = kQueue;
  change.limit = 2;
  change.visible_at = from_millis(30);
  change.retained_since = from_millis(-1);
  change.in_flight_limit = 2;
  const auto receive = [&] { return queue.run([&](MessageRules& rules) { return rules.receive(change); }); };
  CHECK(receive().messages.size() == 2);
  const auto over = receive();
  CHECK(over.over_limit);
  CHECK(over.in_flight == 2);
  CHECK(over.messages.empty());
}

void resetting_takes_all_messages(EngineHarness& store) {
  Queue(store).send(1);
  Queue(store, kOther, true).send_once(2, "x", 0);
  in_transaction(store.engine(), [&] { WAYBILL_REQUIRE_OK(store.engine().clear_data()); });
  CHECK(value_of(store.reader()->queues()).empty());
  Queue(store, kOther, true).send_once(1, "x", 0);
}

}  // namespace

std::vector<ConformanceCheck> message_checks() {
  return {
      {"a message comes back as it was sent", a_message_comes_back_as_it_was_sent},
      {"what is in flight is not received until its deadline", what_is_in_flight_is_not_received_until_its_deadline},
      {"a receive with its fill says that there may be more", a_receive_with_its_fill_says_that_there_may_be_more},
      {"a visibility timeout of zero leaves it visible",
       a_visibility_timeout_of_zero_leaves_it_visible_and_takes_it_once},
      {"a fence deletes the receive it names", a_fence_deletes_the_receive_it_names},
      {"two receives with one deadline are told apart", the_same_deadline_of_two_receives_is_told_apart_by_their_count},
      {"a changed deadline keeps the fence", a_changed_deadline_keeps_the_fence},
      {"a deadline that is over cannot be changed", a_deadline_that_is_over_cannot_be_changed},
      {"the receive too many moves to the dead-letter queue", the_receive_too_many_moves_to_the_dead_letter_queue},
      {"what is too old is not received and goes", what_is_too_old_is_not_received_and_goes},
      {"moving makes new messages", moving_makes_new_messages},
      {"purging takes what was sent before", purging_takes_what_was_sent_before},
      {"messages are listed in pages", messages_are_listed_in_pages},
      {"what is in flight is counted against a limit", in_flight_is_counted_against_a_limit},
      {"resetting takes all messages", resetting_takes_all_messages},
  };
}

}  // namespace waybill::testing
