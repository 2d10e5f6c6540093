#include "queue/service.h"

#include "support/queue_rig.h"

using namespace waybill;
using namespace waybill::queue;
using namespace waybill::testing;
using std::chrono::seconds;
using Strings = std::vector<std::string>;

TEST_CASE("a message is sent, received, and gone once deleted") {
  QueueRig rig;
  rig.put_queue("q");
  SendEntry entry;
  entry.body = "hello";
  entry.attributes["colour"] = {"String", "blue"};
  entry.sender = "AIDA";
  const auto sent = rig.send("q", entry);
  REQUIRE(sent.has_value());
  CHECK(sent->sequence_number.empty());
  const auto received = rig.receive("q");
  REQUIRE(received.size() == 1);
  CHECK(received[0].message_id == sent->message_id);
  CHECK(received[0].message->body == "hello");
  CHECK(decode_attributes(received[0].message->attributes).at("colour").value == "blue");
  CHECK(received[0].message->sender == "AIDA");
  CHECK(received[0].receive_count == 1);
  CHECK(rig.receive("q").empty());
  CHECK(rig.remove("q", received[0].receipt_handle).has_value());
  rig.advance(seconds{60});
  CHECK(rig.receive("q").empty());
  CHECK(rig.remove("q", received[0].receipt_handle).has_value());  // again: no error
}

TEST_CASE("what is wrong is told by SQS's codes") {
  QueueRig rig;
  rig.put_queue("q");
  rig.put_queue("other");
  rig.send_text("other", "x");
  const std::string foreign = rig.receive("other")[0].receipt_handle;
  CHECK(rig.try_receive("none").error().code == "QueueDoesNotExist");
  CHECK(rig.remove("q", "nonsense").error().code == "ReceiptHandleIsInvalid");
  CHECK(rig.remove("q", foreign).error().code == "ReceiptHandleIsInvalid");
  CHECK(rig.try_receive("q", 11).error().code == "InvalidParameterValue");
  CHECK(rig.try_receive("q", 0).error().code == "InvalidParameterValue");
  CHECK(rig.try_receive("q", 1, seconds{43'201}).error().code == "InvalidParameterValue");
  rig.send_text("q", "x");
  const std::string handle = rig.receive("q")[0].receipt_handle;
  CHECK(rig.change("q", handle, seconds{43'201}).error().code == "InvalidParameterValue");
  rig.advance(seconds{30});
  CHECK(rig.change("q", handle, seconds{5}).error().code == "MessageNotInflight");
  const auto again = rig.receive("q");
  CHECK(rig.change("q", handle, seconds{5}).error().code == "InvalidParameterValue");
}

TEST_CASE("one bad entry of a batch does not stop the others") {
  QueueRig rig;
  rig.put_queue("q");
  const auto got = QueueRig::nothing<std::vector<Answer<Sent>>>();
  std::vector<SendEntry> entries(3);
  entries[0].body = "a";
  entries[1].body = "\x01";
  entries[2].body = "c";
  rig.service->send(queue_arn("q"), entries, QueueRig::into(got));
  rig.commit();
  const auto& answers = ***got;
  REQUIRE(answers.size() == 3);
  CHECK(answers[0].has_value());
  CHECK(answers[1].error().code == "InvalidMessageContents");
  CHECK(rig.bodies("q") == Strings{"a", "c"});
}

TEST_CASE("delays are the queue's or the message's own") {
  QueueRig rig;
  rig.put_queue("q", {{"DelaySeconds", 10}});
  rig.send_text("q", "late");
  SendEntry entry;
  entry.body = "now";
  entry.delay = seconds{0};
  REQUIRE(rig.send("q", entry).has_value());
  CHECK(rig.counts("q").delayed == 1);
  CHECK(rig.bodies("q") == Strings{"now"});
  rig.advance(seconds{10});
  CHECK(rig.bodies("q") == Strings{"late"});
}

TEST_CASE("a message whose visibility is changed comes back then") {
  QueueRig rig;
  rig.put_queue("q");
  rig.send_text("q", "x");
  const auto first = rig.receive("q")[0].receipt_handle;
  CHECK(rig.change("q", first, seconds{100}).has_value());
  rig.advance(seconds{50});
  CHECK(rig.receive("q").empty());
  CHECK(rig.change("q", first, seconds{0}).has_value());
  const auto second = rig.receive("q");
  REQUIRE(second.size() == 1);
  CHECK(second[0].receive_count == 2);
  CHECK(rig.counts("q").in_flight == 1);
}

TEST_CASE("a message is invisible for twelve hours at most, from its receive on") {
  QueueRig rig;
  rig.put_queue("q");
  rig.send_text("q", "x");
  const auto handle = rig.receive("q", 1, seconds{100})[0].receipt_handle;
  rig.advance(Millis{10'999});
  const auto refused = rig.change("q", handle, seconds{43'191});
  REQUIRE(refused.has_error());
  CHECK(refused.error().message ==
        "Value 43191 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is "
        "beyond the limit [43200 seconds]");
  CHECK(rig.change("q", handle, seconds{43'190}).has_value());
  rig.advance(seconds{43'000});
  CHECK(rig.change("q", handle, seconds{600}).has_error());
}

TEST_CASE("a dead-letter queue with one of its own gives its messages out first") {
  QueueRig rig;
  rig.put_queue("end");
  rig.put_queue("dead", {{"RedrivePolicy", {{"deadLetterTargetArn", queue_arn("end")}, {"maxReceiveCount", 2}}}});
  rig.put_queue("q", {{"RedrivePolicy", {{"deadLetterTargetArn", queue_arn("dead")}, {"maxReceiveCount", 3}}}});
  rig.send_text("q", "poison");
  for (const auto& [queue, times] : std::vector<std::pair<const char*, int>>{{"q", 3}, {"dead", 2}}) {
    for (int i = 1; i <= times; ++i) {
      const auto received = rig.receive(queue);
      REQUIRE(received.size() == 1);
      CHECK(received[0].receive_count == i);
      rig.advance(seconds{30});
    }
    CHECK(rig.receive(queue).empty());
  }
  const auto received = rig.receive("end");
  REQUIRE(received.size() == 1);
  CHECK(received[0].dead_letter_source_arn == queue_arn("dead"));
}

TEST_CASE("what was received too often is in the dead-letter queue") {
  QueueRig rig;
  rig.put_queue("dead");
  rig.put_queue("q", {{"RedrivePolicy", {{"deadLetterTargetArn", queue_arn("dead")}, {"maxReceiveCount", 2}}}});
  rig.send_text("q", "poison");
  for (int i = 0; i < 2; ++i) {
    CHECK(rig.bodies("q") == Strings{"poison"});
    rig.advance(seconds{30});
  }
  CHECK(rig.receive("q").empty());
  const auto dead = rig.receive("dead");
  REQUIRE(dead.size() == 1);
  CHECK(dead[0].dead_letter_source_arn == queue_arn("q"));
  CHECK(rig.counts("q").visible == 0);
}

TEST_CASE("a dead-letter queue that is not there or does not agree gets nothing") {
  QueueRig rig;
  const nlohmann::json redrive = {{"deadLetterTargetArn", queue_arn("dead")}, {"maxReceiveCount", 1}};
  rig.put_queue("q", {{"RedrivePolicy", redrive}});
  rig.send_text("q", "x");
  for (int i = 0; i < 2; ++i) {
    CHECK(rig.bodies("q") == Strings{"x"});
    rig.advance(seconds{30});
  }
  rig.put_queue("dead", {{"RedriveAllowPolicy", {{"redrivePermission", "denyAll"}}}});
  CHECK(rig.bodies("q") == Strings{"x"});
  rig.put_queue("dead");
  rig.advance(seconds{30});
  CHECK(rig.receive("q").empty());
  CHECK(rig.bodies("dead") == Strings{"x"});
}

TEST_CASE("messages end with their retention") {
  QueueRig rig;
  rig.put_queue("q", {{"MessageRetentionPeriod", 60}});
  rig.send_text("q", "x");
  rig.advance(seconds{60});
  CHECK(rig.bodies("q") == Strings{"x"});
  rig.advance(seconds{60});
  CHECK(rig.receive("q").empty());
  CHECK(rig.counts("q").visible == 0);
}

TEST_CASE("a purge takes what was sent before, once a minute") {
  QueueRig rig;
  rig.put_queue("q");
  for (int i = 0; i < 3; ++i) rig.send_text("q", "old");
  const auto purge = [&] {
    const auto got = QueueRig::nothing<void>();
    rig.service->purge(queue_arn("q"), QueueRig::into(got));
    rig.commit();
    REQUIRE(got->has_value());
    return **got;
  };
  CHECK(purge().has_value());
  rig.send_text("q", "new");
  CHECK(rig.bodies("q") == Strings{"new"});
  CHECK(purge().error().code == "PurgeQueueInProgress");
  rig.advance(seconds{60});
  CHECK(purge().has_value());
  CHECK(rig.counts("q").visible == 0);
  rig.service->reset();
  CHECK(purge().has_value());
}

TEST_CASE("a purge that the store did not take may be tried again at once") {
  QueueRig rig;
  rig.put_queue("q");
  const auto purge = [&](bool failing) {
    const auto got = QueueRig::nothing<void>();
    rig.fail(failing);
    rig.service->purge(queue_arn("q"), QueueRig::into(got));
    rig.commit();
    REQUIRE(got->has_value());
    return **got;
  };
  CHECK(purge(true).error().code == "ServiceUnavailable");
  CHECK(purge(false).has_value());
}

TEST_CASE("a FIFO queue keeps groups in order, and tells duplicates from sequence numbers") {
  QueueRig rig;
  rig.put_queue("q.fifo", {{"ContentBasedDeduplication", true}});
  const auto send = [&](const char* body, const char* group) {
    SendEntry entry;
    entry.body = body;
    entry.group_id = group;
    return *rig.send("q.fifo", entry);
  };
  const Sent first = send("1", "a");
  CHECK(first.sequence_number.size() == 20);
  CHECK(send("2", "a").sequence_number > first.sequence_number);
  CHECK(send("1", "a").message_id == first.message_id);
  send("3", "b");
  CHECK(rig.bodies("q.fifo", 1) == Strings{"1"});
  CHECK(rig.bodies("q.fifo") == Strings{"3"});
  CHECK(rig.receive("q.fifo").empty());
  rig.advance(seconds{30});
  const auto again = rig.receive("q.fifo");
  REQUIRE(again.size() == 3);
  rig.advance(seconds{30});
  CHECK(rig.remove("q.fifo", again[0].receipt_handle).error().code == "InvalidParameterValue");
  rig.advance(std::chrono::minutes{5});
  CHECK(send("1", "a").message_id != first.message_id);
}

TEST_CASE("messages can be looked at without being received") {
  QueueRig rig;
  rig.put_queue("q");
  rig.send_text("q", "a");
  rig.send_text("q", "b");
  const auto got = QueueRig::nothing<std::vector<Peeked>>();
  rig.service->peek(queue_arn("q"), 1, QueueRig::into(got));
  rig.commit();
  REQUIRE((**got)->size() == 1);
  CHECK((**got)->front().message->body == "a");
  CHECK((**got)->front().receive_count == 0);
  CHECK(rig.counts("q").visible == 2);
  CHECK(rig.counts("q").oldest == rig.wall.now());
}

TEST_CASE("queues are counted together, in the order asked for") {
  QueueRig rig;
  QueueSpecs queues;
  for (const char* name : {"q", "empty", "r"}) {
    rig.put_queue(name);
    queues.push_back(rig.topology.get()->queue(queue_arn(name)));
  }
  rig.send_text("q", "a");
  rig.send_text("q", "b");
  rig.send_text("r", "c");
  const auto got = QueueRig::nothing<std::vector<Counts>>();
  rig.service->counts(queues, QueueRig::into(got));
  rig.commit();
  REQUIRE((**got)->size() == 3);
  CHECK((**got)->at(0).visible == 2);
  CHECK((**got)->at(1).visible == 0);
  CHECK((**got)->at(2).visible == 1);
}

TEST_CASE("what was committed survives a crash, what was not is refused") {
  QueueRig rig;
  rig.put_queue("q");
  rig.send_text("q", "kept");
  const auto got = QueueRig::nothing<std::vector<Answer<Sent>>>();
  std::vector<SendEntry> entries(1);
  entries[0].body = "lost";
  rig.service->send(queue_arn("q"), entries, QueueRig::into(got));
  rig.crash();
  CHECK((*got)->error().code == "ServiceUnavailable");
  CHECK(rig.bodies("q") == Strings{"kept"});
}
