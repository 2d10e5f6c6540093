#include <vector>

#include <doctest/doctest.h>

#include "api/request/page.h"
#include "api/request/request_time.h"

using namespace waybill;
using namespace waybill::api;

namespace {

using Json = nlohmann::json;
using Names = std::vector<std::string>;

PageRequest read(const Json& request) {
  auto page = page_request(request);
  REQUIRE(std::holds_alternative<PageRequest>(page));
  return std::get<PageRequest>(page);
}

Page<std::string> page(const Names& names, const Json& request) {
  return page_of<std::string>(names, read(request), [](const std::string& name) -> const std::string& { return name; });
}

Names items(const Page<std::string>& page) { return {page.items.begin(), page.items.end()}; }

}  // namespace

TEST_CASE("pages follow each other by token, whatever the limit of each; the last has none") {
  const Names names{"a", "b", "c", "d"};
  const auto first = page(names, {{"Limit", 1}});
  CHECK(items(first) == Names{"a"});
  const auto second = page(names, {{"Limit", 2}, {"NextToken", first.next_token}});
  CHECK(items(second) == Names{"b", "c"});
  const auto last = page(names, {{"NextToken", second.next_token}});
  CHECK(items(last) == Names{"d"});
  CHECK(last.next_token == "");
  CHECK(page(names, {{"Limit", 4}}).next_token == "");
  CHECK(page({}, Json::object()).next_token == "");
}

TEST_CASE("a page has 100 items unless the request says otherwise") {
  const Names names(101, "same");
  CHECK(page(names, Json::object()).items.size() == 100);
}

TEST_CASE("what has gone since the page before is passed over") {
  const auto first = page({"a", "b", "c"}, {{"Limit", 2}});
  CHECK(items(page({"a", "c"}, {{"NextToken", first.next_token}})) == Names{"c"});
  CHECK(items(page({"a"}, {{"NextToken", first.next_token}})).empty());
}

TEST_CASE("a token has letters that a URL takes, for keys of any bytes") {
  for (const std::string key : {"a", "ab", "abc", "\xFF\xFE>?", ""}) {
    const std::string token = page_token(key);
    CHECK(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
          std::string::npos);
    CHECK(read({{"NextToken", token}}).after == key);
  }
}

TEST_CASE("a token that is none of ours is refused") {
  for (const char* token : {"x", "!", "eyJOZXh0VG9rZW4iOiBudWxsfQ==", "eyJOZXh0VG9rZW4iOiBudWxsfQ", "YWZ0ZXI6YQ=="}) {
    const auto answer = page_request({{"NextToken", token}});
    REQUIRE(std::holds_alternative<AwsError>(answer));
    CHECK(std::get<AwsError>(answer).code == "ValidationException");
    CHECK(std::get<AwsError>(answer).message.starts_with("Parameter NextToken is not valid. Reason: "));
  }
}

TEST_CASE("a time is read from seconds with fractions, and from ISO 8601 text") {
  CHECK(request_time(1'700'000'000) == from_millis(1'700'000'000'000));
  CHECK(request_time(1'700'000'000.123) == from_millis(1'700'000'000'123));
  CHECK(request_time(-0.5) == from_millis(-500));
  CHECK(request_time("2026-01-31T12:00:00.5Z") == request_time(1'769'860'800.5));
}

TEST_CASE("what is no time") {
  for (const Json& value : {Json("1700000000"), Json("soon"), Json(1e300), Json(-1e300), Json(true), Json::array()}) {
    CAPTURE(value.dump());
    CHECK_FALSE(request_time(value));
  }
}

TEST_CASE("a time is answered as a number, and every millisecond comes back as itself") {
  CHECK(answer_time(from_millis(1'700'000'000'000)).dump() == "1700000000");
  CHECK(answer_time(from_millis(1'700'000'000'120)).dump() == "1700000000.12");
  for (int i = 0; i < 1000; ++i) {
    const WallTime time = from_millis(1'700'000'000'000 + i * 1'000'003LL);
    CHECK(request_time(Json::parse(answer_time(time).dump())) == time);
  }
}
