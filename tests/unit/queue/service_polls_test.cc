// Receives that wait, and what wakes them.
#include <algorithm>

#include "queue/service.h"
#include "support/queue_rig.h"

using namespace waybill;
using namespace waybill::queue;
using namespace waybill::testing;
using std::chrono::seconds;

namespace {

ReceiveRequest waiting(seconds wait, int most = 1) {
  ReceiveRequest request;
  request.max_messages = most;
  request.wait = wait;
  return request;
}

// Answered, with that many messages.
void check_answered(const QueueRig::Got<std::vector<Received>>& got, std::size_t messages) {
  REQUIRE(got->has_value());
  REQUIRE((*got)->has_value());
  CHECK((**got)->size() == messages);
}

}  // namespace

TEST_CASE("a poll that waits is answered by the send") {
  QueueRig rig;
  rig.put_queue("q");
  const auto got = rig.begin_receive("q", waiting(seconds{20}));
  rig.commit();
  CHECK_FALSE(got->has_value());
  CHECK(rig.service->parked() == 1);
  rig.send_text("q", "x");
  check_answered(got, 1);
  CHECK(rig.service->parked() == 0);
  CHECK(rig.service->quiet());
}

TEST_CASE("a poll ends empty when its time is over") {
  QueueRig rig;
  rig.put_queue("q");
  const auto got = rig.begin_receive("q", waiting(seconds{5}));
  rig.commit();
  REQUIRE(rig.wake);
  CHECK(*rig.wake == seconds{1});
  rig.advance(Millis{4'999});
  CHECK_FALSE(got->has_value());
  rig.advance(Millis{1});
  check_answered(got, 0);
}

TEST_CASE("the queue's own wait is the default") {
  QueueRig rig;
  rig.put_queue("q", {{"ReceiveMessageWaitTimeSeconds", 3}});
  const auto got = rig.begin_receive("q", ReceiveRequest{});
  rig.commit();
  CHECK_FALSE(got->has_value());
  rig.advance(seconds{3});
  check_answered(got, 0);
}

TEST_CASE("one message wakes the poll that waits longest, and leaves the others") {
  QueueRig rig;
  rig.put_queue("q");
  std::vector<QueueRig::Got<std::vector<Received>>> polls;
  for (int i = 0; i < 3; ++i) polls.push_back(rig.begin_receive("q", waiting(seconds{20})));
  rig.commit();
  rig.send_text("q", "x");
  check_answered(polls[0], 1);
  CHECK_FALSE(polls[1]->has_value());
  CHECK(rig.service->parked() == 2);
  rig.send_text("q", "y");
  check_answered(polls[1], 1);
}

TEST_CASE("a batch wakes as many polls as it has messages") {
  QueueRig rig;
  rig.put_queue("q");
  std::vector<QueueRig::Got<std::vector<Received>>> polls;
  for (int i = 0; i < 4; ++i) polls.push_back(rig.begin_receive("q", waiting(seconds{20})));
  rig.commit();
  std::vector<SendEntry> entries(3);
  for (auto& entry : entries) entry.body = "x";
  rig.service->send(queue_arn("q"), entries, [](auto) {});
  rig.commit();
  for (int i = 0; i < 3; ++i) check_answered(polls[static_cast<std::size_t>(i)], 1);
  CHECK_FALSE(polls[3]->has_value());
}

TEST_CASE("a visibility timeout that ends and a delay that is over wake a poll") {
  QueueRig rig;
  rig.put_queue("q");
  rig.send_text("q", "x");
  CHECK(rig.receive("q").size() == 1);
  const auto got = rig.begin_receive("q", waiting(seconds{20}));
  rig.advance(seconds{15});
  CHECK_FALSE(got->has_value());
  CHECK(rig.service->next_due() == rig.wall.now() + seconds{15});
  rig.advance(seconds{15});
  check_answered(got, 0);  // its 20 s were over as well
  const auto second = rig.begin_receive("q", waiting(seconds{20}));
  rig.commit();
  check_answered(second, 1);
  SendEntry entry;
  entry.body = "late";
  entry.delay = seconds{4};
  REQUIRE(rig.send("q", entry).has_value());
  const auto third = rig.begin_receive("q", waiting(seconds{20}));
  rig.commit();
  CHECK_FALSE(third->has_value());
  CHECK(*rig.wake == seconds{1});
  rig.advance(seconds{4});
  check_answered(third, 1);
}

TEST_CASE("a message that is made visible wakes a poll") {
  QueueRig rig;
  rig.put_queue("q");
  rig.send_text("q", "x");
  const auto handle = rig.receive("q")[0].receipt_handle;
  const auto got = rig.begin_receive("q", waiting(seconds{20}));
  rig.commit();
  CHECK(rig.change("q", handle, seconds{0}).has_value());
  check_answered(got, 1);
}

TEST_CASE("deleting what locked its group wakes a poll") {
  QueueRig rig;
  rig.put_queue("q.fifo", {{"ContentBasedDeduplication", true}});
  for (const char* body : {"1", "2"}) {
    SendEntry entry;
    entry.body = body;
    entry.group_id = "g";
    REQUIRE(rig.send("q.fifo", entry).has_value());
  }
  const auto first = rig.receive("q.fifo", 1);
  const auto got = rig.begin_receive("q.fifo", waiting(seconds{20}));
  rig.commit();
  CHECK_FALSE(got->has_value());
  CHECK(rig.remove("q.fifo", first[0].receipt_handle).has_value());
  check_answered(got, 1);
}

TEST_CASE("a message that moves to a dead-letter queue wakes who waits there") {
  QueueRig rig;
  rig.put_queue("dead");
  rig.put_queue("q", {{"RedrivePolicy", {{"deadLetterTargetArn", queue_arn("dead")}, {"maxReceiveCount", 1}}}});
  rig.send_text("q", "x");
  rig.receive("q");
  const auto got = rig.begin_receive("dead", waiting(seconds{20}));
  rig.wall.advance(seconds{30});
  rig.receive("q");
  check_answered(got, 1);
}

TEST_CASE("who has left gets nothing, and the next one is asked") {
  QueueRig rig;
  rig.put_queue("q");
  bool here = true;
  ReceiveRequest request = waiting(seconds{20});
  request.wanted = [&here] { return here; };
  const auto left = rig.begin_receive("q", std::move(request));
  const auto stays = rig.begin_receive("q", waiting(seconds{20}));
  rig.commit();
  here = false;
  rig.send_text("q", "x");
  check_answered(left, 0);
  check_answered(stays, 1);
}

TEST_CASE("who has left while nothing comes is noticed within a second") {
  QueueRig rig;
  rig.put_queue("q");
  bool here = true;
  ReceiveRequest request = waiting(seconds{20});
  request.wanted = [&here] { return here; };
  const auto left = rig.begin_receive("q", std::move(request));
  const auto stays = rig.begin_receive("q", waiting(seconds{20}));
  rig.commit();
  rig.advance(seconds{1});
  CHECK(rig.service->parked() == 2);
  here = false;
  rig.advance(seconds{1});
  check_answered(left, 0);
  CHECK_FALSE(stays->has_value());
  CHECK(rig.service->parked() == 1);
}

TEST_CASE("however many have left, the next one is asked") {
  QueueRig rig;
  rig.put_queue("q");
  std::vector<QueueRig::Got<std::vector<Received>>> left;
  for (int i = 0; i < 20'000; ++i) {
    ReceiveRequest request = waiting(seconds{20});
    request.wanted = [] { return false; };
    left.push_back(rig.begin_receive("q", std::move(request)));
    if (i == 0) rig.commit();  // from then on the queue is known to be empty
  }
  const auto stays = rig.begin_receive("q", waiting(seconds{20}));
  CHECK(rig.service->parked() == 20'001);
  rig.send_text("q", "x");
  check_answered(stays, 1);
  CHECK(std::ranges::all_of(left, [](const auto& got) { return got->has_value() && (**got)->empty(); }));
  CHECK(rig.service->parked() == 0);
  CHECK(rig.service->quiet());
}

TEST_CASE("who did not have to wait is not asked") {
  QueueRig rig;
  rig.put_queue("q");
  rig.send_text("q", "x");
  ReceiveRequest request = waiting(seconds{20});
  request.wanted = [] { return false; };
  const auto got = rig.begin_receive("q", std::move(request));
  rig.commit();
  check_answered(got, 1);
}

TEST_CASE("an empty queue is not asked again") {
  QueueRig rig;
  rig.put_queue("q");
  CHECK(rig.receive("q").empty());
  const auto got = rig.begin_receive("q", waiting(seconds{0}));
  check_answered(got, 0);  // without a commit
}

TEST_CASE("a send that is committed while an empty receive is on its way is not overlooked") {
  QueueRig rig;
  rig.put_queue("q");
  const auto got = rig.begin_receive("q", waiting(seconds{20}));
  rig.service->send(queue_arn("q"), {SendEntry{"x"}}, [](auto) {});
  rig.commit();  // one group: the receive first, for its lane goes first
  check_answered(got, 1);
}

TEST_CASE("polls of a queue that is deleted are refused, and those of a stopped service end") {
  QueueRig rig;
  rig.put_queue("q");
  rig.put_queue("other");
  const auto of_deleted = rig.begin_receive("q", waiting(seconds{20}));
  const auto of_other = rig.begin_receive("other", waiting(seconds{20}));
  rig.commit();
  rig.drop_queue("q");
  REQUIRE(of_deleted->has_value());
  CHECK((*of_deleted)->error().code == "QueueDoesNotExist");
  CHECK_FALSE(of_other->has_value());
  rig.service->stop();
  check_answered(of_other, 0);
  check_answered(rig.begin_receive("other", waiting(seconds{20})), 0);
}

TEST_CASE("consumers inside wait without an end and take more at once") {
  QueueRig rig;
  rig.put_queue("q");
  const auto got = QueueRig::nothing<std::vector<Received>>();
  QueueService::TakeRequest request;
  request.max_messages = 25;
  rig.service->take(queue_arn("q"), std::move(request), QueueRig::into(got));
  rig.advance(std::chrono::hours{1});
  CHECK_FALSE(got->has_value());
  std::vector<SendEntry> entries(25);
  for (auto& entry : entries) entry.body = "x";
  rig.service->send(queue_arn("q"), entries, [](auto) {});
  rig.commit();
  check_answered(got, 25);
}

TEST_CASE("too much in flight is refused, and taken again when some of it is deleted") {
  QueueRig rig({3, 2});
  rig.put_queue("q");
  for (int i = 0; i < 5; ++i) rig.send_text("q", "x");
  CHECK(rig.receive("q", 2).size() == 2);
  const auto third = rig.receive("q", 10);
  CHECK(third.size() == 3);  // the limit is looked at before, as on AWS
  rig.send_text("q", "y");
  CHECK(rig.try_receive("q").error().code == "OverLimit");
  for (const auto& each : third) CHECK(rig.remove("q", each.receipt_handle).has_value());
  CHECK(rig.receive("q").size() == 1);
}

TEST_CASE("a FIFO queue with too much in flight gives nothing until some of it is deleted") {
  QueueRig rig({3, 1});
  rig.put_queue("q.fifo", {{"ContentBasedDeduplication", true}});
  for (const char* body : {"1", "2"}) {
    SendEntry entry;
    entry.body = entry.group_id = body;
    REQUIRE(rig.send("q.fifo", entry).has_value());
  }
  const auto first = rig.receive("q.fifo", 1);
  CHECK(first.size() == 1);
  CHECK(rig.receive("q.fifo", 1).empty());
  const auto got = rig.begin_receive("q.fifo", waiting(seconds{20}));
  rig.commit();
  CHECK_FALSE(got->has_value());
  CHECK(rig.remove("q.fifo", first[0].receipt_handle).has_value());
  check_answered(got, 1);
}

TEST_CASE("a receive that the store could not do does not silence those who wait") {
  QueueRig rig;
  rig.put_queue("q");
  const auto first = rig.begin_receive("q", waiting(seconds{20}));
  const auto second = rig.begin_receive("q", waiting(seconds{20}));
  rig.commit();
  CHECK(rig.service->parked() == 2);
  rig.service->send(queue_arn("q"), {SendEntry{"x"}}, [](auto) {});
  rig.journal->commit_waiting();  // wakes the first one
  rig.fail();
  rig.commit();
  rig.fail(false);
  REQUIRE(first->has_value());
  CHECK((*first)->error().code == "ServiceUnavailable");
  CHECK_FALSE(second->has_value());
  CHECK(rig.wake == seconds{1});
  rig.advance(seconds{1});
  check_answered(second, 1);
}

TEST_CASE("a receive on its way to a queue that goes is refused, and does not wait there") {
  QueueRig rig;
  rig.put_queue("q");
  const auto got = rig.begin_receive("q", waiting(seconds{20}));
  rig.drop_queue("q");
  rig.commit();
  REQUIRE(got->has_value());
  CHECK((*got)->error().code == "QueueDoesNotExist");
  CHECK(rig.service->parked() == 0);
}

TEST_CASE("who waits takes messages under the visibility timeout of then") {
  QueueRig rig;
  rig.put_queue("q");
  const auto got = QueueRig::nothing<std::vector<Received>>();
  rig.service->take(queue_arn("q"), {}, QueueRig::into(got));
  rig.commit();
  rig.put_queue("q", {{"VisibilityTimeout", 100}});
  rig.send_text("q", "x");
  check_answered(got, 1);
  rig.advance(seconds{99});
  CHECK(rig.counts("q").in_flight == 1);
  rig.advance(seconds{1});
  CHECK(rig.counts("q").visible == 1);
}

TEST_CASE("what is in flight is counted anew when it seems too much, a second after the last count") {
  QueueRig rig({3, 3});
  rig.put_queue("q", {{"VisibilityTimeout", 0}});
  for (int i = 0; i < 4; ++i) rig.send_text("q", "x");
  CHECK(rig.receive("q", 3, seconds{5}).size() == 3);
  CHECK(rig.try_receive("q", 1).error().code == "OverLimit");
  rig.wall.advance(Millis{999});
  CHECK(rig.begin_receive("q", waiting(seconds{0}))->has_value());  // without the store
  rig.wall.advance(seconds{5});
  CHECK(rig.receive("q", 3).size() == 3);
}

TEST_CASE("deletions by another way make room too") {
  QueueRig rig({2, 2});
  rig.put_queue("q");
  for (int i = 0; i < 3; ++i) rig.send_text("q", "x");
  CHECK(rig.receive("q", 2).size() == 2);
  CHECK(rig.try_receive("q", 1).error().code == "OverLimit");
  rig.service->removed(rig.id_of("q"), 2);
  CHECK(rig.receive("q", 1).size() == 1);
}
