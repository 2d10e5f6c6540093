#include "base/base64.h"

#include <doctest/doctest.h>

#include "base/random.h"

namespace waybill {
namespace {

TEST_CASE("the examples of RFC 4648") {
  const std::pair<const char*, const char*> examples[] = {{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : examples) {
    CHECK(to_base64(bytes) == text);
    CHECK(from_base64(text) == std::string(bytes));
  }
}

TEST_CASE("only the canonical padded spelling is read") {
  for (const char* text :
       {"Z", "Zg", "Zg=", "Zh==", "Zm9=", "====", "Zm9v====", "Z===", "Zg==Zg==", "Zm-v", "Zm 9", "Zg=g"}) {
    CAPTURE(text);
    CHECK(!from_base64(text));
  }
}

TEST_CASE("all bytes survive") {
  SeededRandom random(2);
  for (std::size_t size = 0; size < 200; ++size) {
    std::string bytes;
    while (bytes.size() < size) bytes += static_cast<char>(random.next());
    CHECK(from_base64(to_base64(bytes)) == bytes);
  }
}

}  // namespace
}  // namespace waybill
