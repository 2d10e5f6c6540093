// Contract section 14, "Replayed events".
#include "archive/replayed_event.h"

#include <doctest/doctest.h>

#include "model/event.h"

using namespace waybill;
using archive::replayed_event;

namespace {

constexpr const char* kOldId = "11111111-1111-7111-8111-111111111111";
constexpr const char* kNewId = "22222222-2222-7222-8222-222222222222";

std::string event(const std::string& detail_type, const std::vector<std::string>& resources,
                  const std::string& detail) {
  std::string text;
  append_event_head(
      {kOldId, detail_type, "shop", "123456789012", from_millis(1'700'000'000'000), "eu-west-1", &resources}, text);
  return text + detail + "}";
}

}  // namespace

TEST_CASE("id and replay-name are new, every other byte is as it was") {
  CHECK(replayed_event(event("Order Placed", {"arn:a"}, R"({"n":3e2,"n":"ü"})"), kNewId, "again-1") ==
        R"({"version":"0","id":"22222222-2222-7222-8222-222222222222","detail-type":"Order Placed","source":"shop",)"
        R"("account":"123456789012","time":"2023-11-14T22:13:20Z","region":"eu-west-1","replay-name":"again-1",)"
        R"("resources":["arn:a"],"detail":{"n":3e2,"n":"ü"}})");
}

TEST_CASE("a text that looks like the place of replay-name does not mislead") {
  const std::string trap = R"(x","resources":["y)";
  const auto text = replayed_event(event(trap, {}, R"({"region":"a","resources":[]})"), kNewId, "again");
  REQUIRE(text);
  CHECK(text->find(R"("region":"eu-west-1","replay-name":"again","resources":[],"detail":)") != std::string::npos);
  CHECK(text->find(R"("detail-type":"x\",\"resources\":[\"y")") != std::string::npos);
}

TEST_CASE("what is no event in delivered form is refused") {
  CHECK(!replayed_event(R"({"id":"1"})", kNewId, "again"));
  CHECK(!replayed_event("", kNewId, "again"));
}
