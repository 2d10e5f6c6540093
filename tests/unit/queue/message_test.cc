#include "queue/message.h"

#include <doctest/doctest.h>

#include "base/base64.h"

using namespace waybill;
using namespace waybill::queue;

TEST_CASE("attributes come back as they were") {
  const MessageAttributes attributes = {{"text", {"String", "caf\xC3\xA9 \"x\""}},
                                        {"number", {"Number.int", "1.50"}},
                                        {"bytes", {"Binary.gif", std::string("\x00\xFF\x01", 3)}}};
  CHECK(decode_attributes(encode(attributes)) == attributes);
  CHECK(encode({}).empty());
  CHECK(decode_attributes("").empty());
  CHECK(size_of(attributes) == 4 + 6 + 9 + 6 + 10 + 4 + 5 + 10 + 3);
}

TEST_CASE("ids follow from the number") {
  CHECK(message_id({1}) == message_id({1}));
  CHECK(message_id({1}) != message_id({2}));
  CHECK(message_id({1}).size() == 36);
  CHECK(sequence_number({1}).size() == 20);
  CHECK(sequence_number({1'700'000'000'000'000}) < sequence_number({1'700'000'000'000'001}));
}

TEST_CASE("a receipt handle names its receive, and nothing else is one") {
  const MessageFence fence{{7}, {1'700'000'000'000'001}, 3, from_millis(1'700'000'030'000)};
  const std::string handle = receipt_handle({fence, from_millis(1'700'000'000'000)});
  const auto read = read_receipt_handle(handle);
  REQUIRE(read);
  CHECK(read->fence.queue == fence.queue);
  CHECK(read->fence.id == fence.id);
  CHECK(read->fence.receives == 3);
  CHECK(read->fence.visible_at == fence.visible_at);
  CHECK(read->received_at == from_millis(1'700'000'000'000));
  CHECK_FALSE(read_receipt_handle("").has_value());
  CHECK_FALSE(read_receipt_handle("not a handle").has_value());
  CHECK_FALSE(read_receipt_handle(handle.substr(4)).has_value());
  for (std::size_t i = 0; i + 4 < handle.size(); ++i) {
    std::string other = handle;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(read_receipt_handle(other).has_value());
  }
  CHECK_FALSE(read_receipt_handle(to_base64("wb2/1/2/3/4/5/6")).has_value());
}
