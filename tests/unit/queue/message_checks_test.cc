#include "queue/message_checks.h"

#include <doctest/doctest.h>

using namespace waybill;
using namespace waybill::queue;

namespace {

SendEntry send_entry(std::string body) {
  SendEntry made;
  made.body = std::move(body);
  return made;
}

QueueSpec fifo(bool content_dedup = false) {
  QueueSpec spec;
  spec.name = "q.fifo";
  spec.fifo = true;
  spec.content_dedup = content_dedup;
  return spec;
}

std::string code(const QueueSpec& queue, const SendEntry& sent) {
  const auto checked = check_message(queue, sent);
  return checked ? "" : checked.error().code;
}

}  // namespace

TEST_CASE("a body counts with its attributes") {
  QueueSpec queue;
  queue.max_message_bytes = 1024;
  CHECK(code(queue, send_entry(std::string(1024, 'x'))).empty());
  CHECK(code(queue, send_entry(std::string(1025, 'x'))) == "InvalidParameterValue");
  SendEntry with = send_entry(std::string(1020, 'x'));
  with.attributes["a"] = {"String", "vv"};
  CHECK(code(queue, with) == "InvalidParameterValue");
  CHECK(check_message(queue, with).error().message ==
        "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.");
  CHECK(code(queue, send_entry("")) == "MissingParameter");
}

TEST_CASE("a body is text that XML could hold") {
  CHECK(is_message_text("tab\t line\n return\r caf\xC3\xA9 \xF0\x9F\x98\x80"));
  CHECK_FALSE(is_message_text(std::string("\0", 1)));
  CHECK_FALSE(is_message_text("\x01"));
  CHECK_FALSE(is_message_text("\xFF"));
  CHECK_FALSE(is_message_text("\xEF\xBF\xBF"));
  CHECK_FALSE(is_message_text("\xED\xA0\x80"));
  CHECK(code(QueueSpec{}, send_entry("\x02")) == "InvalidMessageContents");
}

TEST_CASE("a FIFO queue wants a group and something to tell duplicates by") {
  SendEntry sent = send_entry("x");
  CHECK(code(fifo(), sent) == "MissingParameter");
  sent.group_id = "g";
  CHECK(code(fifo(), sent) == "InvalidParameterValue");
  CHECK(code(fifo(true), sent).empty());
  sent.deduplication_id = "d";
  CHECK(code(fifo(), sent).empty());
  sent.delay = std::chrono::seconds{1};
  CHECK(code(fifo(), sent) == "InvalidParameterValue");
  sent.delay = std::chrono::seconds{0};
  sent.group_id = "has space";
  CHECK(code(fifo(), sent) == "InvalidParameterValue");
}

TEST_CASE("a standard queue takes a group, a delay up to 15 minutes, and no deduplication id") {
  SendEntry sent = send_entry("x");
  sent.group_id = "g";
  sent.delay = std::chrono::seconds{900};
  CHECK(code(QueueSpec{}, sent).empty());
  sent.delay = std::chrono::seconds{901};
  CHECK(code(QueueSpec{}, sent) == "InvalidParameterValue");
  sent.delay.reset();
  sent.deduplication_id = "d";
  CHECK(code(QueueSpec{}, sent) == "InvalidParameterValue");
}

TEST_CASE("duplicates are told by id, by content, by queue or by group") {
  SendEntry sent = send_entry("hello");
  CHECK(deduplication_id(QueueSpec{}, sent).empty());
  CHECK(deduplication_id(fifo(true), sent) == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
  sent.deduplication_id = "d";
  CHECK(deduplication_id(fifo(true), sent) == "d");
  Message message;
  message.group = "g";
  message.dedup = "d";
  QueueSpec queue = fifo();
  CHECK(deduplication_key(queue, message) == "d");
  queue.dedup_by_group = true;
  CHECK(deduplication_key(queue, message) == "g\nd");
}
