#include "topic/filter_policy.h"

#include <doctest/doctest.h>

#include "pattern/pattern.h"
#include "topic/publisher.h"

using namespace waybill;
using namespace waybill::topic;

namespace {

SubscriptionSpec with_policy(const std::string& policy, FilterScope scope) {
  SubscriptionSpec spec;
  spec.filter_scope = scope;
  auto pattern = pattern::Pattern::parse(policy);
  REQUIRE_MESSAGE(pattern.has_value(), pattern.error().message);
  spec.filter = std::make_shared<const pattern::Pattern>(std::move(*pattern));
  return spec;
}

bool wants(const std::string& policy, std::vector<MessageAttribute> attributes) {
  CHECK(check_filter_policy(policy, FilterScope::attributes).has_value());
  Notification notification{"arn:t", "", "text", std::move(attributes)};
  return FilterInput(notification).passes(with_policy(policy, FilterScope::attributes));
}

bool wants_body(const std::string& policy, const std::string& message) {
  CHECK(check_filter_policy(policy, FilterScope::body).has_value());
  Notification notification{"arn:t", "", message, {}};
  return FilterInput(notification).passes(with_policy(policy, FilterScope::body));
}

std::string why_no_filter(const std::string& policy, FilterScope scope = FilterScope::attributes) {
  const Status checked = check_filter_policy(policy, scope);
  return checked ? "" : checked.error().message;
}

}  // namespace

TEST_CASE("every operator of SNS on attributes") {
  struct Row {
    const char* policy;
    MessageAttribute attribute;
    bool wanted;
  };
  const std::vector<Row> rows{
      {R"({"store":["a","b"]})", {"store", "b"}, true},
      {R"({"store":["a","b"]})", {"store", "c"}, false},
      {R"({"store":["a"]})", {"shop", "a"}, false},
      {R"({"store":[{"anything-but":["a","b"]}]})", {"store", "c"}, true},
      {R"({"store":[{"anything-but":["a","b"]}]})", {"store", "b"}, false},
      {R"({"store":[{"anything-but":["a"]}]})", {"shop", "c"}, false},
      {R"({"store":[{"anything-but":{"prefix":"a"}}]})", {"store", "bc"}, true},
      {R"({"store":[{"prefix":"ab"}]})", {"store", "abc"}, true},
      {R"({"store":[{"prefix":"ab"}]})", {"store", "aab"}, false},
      {R"({"store":[{"suffix":"bc"}]})", {"store", "abc"}, true},
      {R"({"store":[{"equals-ignore-case":"TENNIS"}]})", {"store", "tennis"}, true},
      {R"({"store":[{"wildcard":"a*c"}]})", {"store", "abbc"}, true},
      {R"({"ip":[{"cidr":"10.0.0.0/24"}]})", {"ip", "10.0.0.77"}, true},
      {R"({"ip":[{"cidr":"10.0.0.0/24"}]})", {"ip", "10.0.1.1"}, false},
      {R"({"price":[{"numeric":[">",0,"<=",150]}]})", {"price", "150", "Number"}, true},
      {R"({"price":[{"numeric":[">",0,"<=",150]}]})", {"price", "150.5", "Number"}, false},
      {R"({"price":[{"numeric":["=",301.5]}]})", {"price", "3.015e2", "Number"}, true},
      {R"({"price":[100]})", {"price", "100", "Number"}, true},
      {R"({"price":[100]})", {"price", "100"}, false},  // a text is no number
      {R"({"price":["100"]})", {"price", "100"}, true},
      {R"({"store":[{"exists":true}]})", {"store", "x"}, true},
      {R"({"store":[{"exists":false}]})", {"store", "x"}, false},
      {R"({"store":[{"exists":false}]})", {"shop", "x"}, true},
      {R"({"interests":["rugby"]})", {"interests", R"(["soccer","rugby"])", "String.Array"}, true},
      {R"({"interests":[{"anything-but":["rugby"]}]})", {"interests", R"(["rugby"])", "String.Array"}, false},
      {R"({"interests":[3]})", {"interests", "[1,3]", "String.Array"}, true},
      {R"({"interests":["[x"]})", {"interests", "[x", "String.Array"}, true},  // no JSON: a text
      {R"({"a.b":["x"]})", {"a.b", "x"}, true},
      {R"({"blob":[{"exists":true}]})", {"blob", "eA==", "Binary"}, false},
      {R"({"$or":[{"a":["x"]},{"b":["y"]}]})", {"b", "y"}, true},
      {R"({"$or":[{"a":["x"]},{"b":["y"]}]})", {"b", "x"}, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.policy);
    CAPTURE(row.attribute.value);
    CHECK(wants(row.policy, {row.attribute}) == row.wanted);
  }
}

TEST_CASE("all keys of a policy must match, and a message without attributes matches none but absence") {
  CHECK(wants(R"({"a":["x"],"b":["y"]})", {{"a", "x"}, {"b", "y"}}));
  CHECK_FALSE(wants(R"({"a":["x"],"b":["y"]})", {{"a", "x"}}));
  CHECK_FALSE(wants(R"({"a":["x"]})", {}));
  CHECK(wants(R"({"a":[{"exists":false}]})", {}));
}

TEST_CASE("a policy over the body sees nested members, and no text that is no JSON object") {
  CHECK(wants_body(R"({"order":{"state":["paid"]}})", R"({"order":{"state":"paid"}})"));
  CHECK_FALSE(wants_body(R"({"order":{"state":["paid"]}})", R"({"order":{"state":"new"}})"));
  CHECK(wants_body(R"({"lines":{"sku":["A"]}})", R"({"lines":[{"sku":"B"},{"sku":"A"}]})"));
  CHECK_FALSE(wants_body(R"({"a":[{"exists":false}]})", "plain text"));
  CHECK_FALSE(wants_body(R"({"a":[{"exists":false}]})", "[1]"));
}

TEST_CASE("a policy that SNS refuses is refused with its reason") {
  CHECK(why_no_filter("[]").starts_with("failed to parse JSON"));
  CHECK(why_no_filter("{").starts_with("failed to parse JSON"));
  CHECK(why_no_filter("{}").empty());
  CHECK(why_no_filter(R"({"a":"b"})") == "\"a\" must be an object or an array");
  CHECK(why_no_filter(R"({"a":[{"like":"b"}]})") == "Unrecognized match type like");
  CHECK(why_no_filter(R"({"a":{"b":["c"]}})") ==
        "Filter policy scope MessageAttributes does not support nested filter policy");
  CHECK(why_no_filter(R"({"a":{"b":["c"]}})", FilterScope::body).empty());
  CHECK(why_no_filter(R"({"a":[1],"b":[1],"c":[1],"d":[1],"e":[1],"f":[1]})") ==
        "Filter policy can not have more than 5 keys");
  CHECK(why_no_filter(R"({"$or":[{"a":[1],"b":[1],"c":[1]},{"d":[1],"e":[1],"f":[1]}]})") ==
        "Filter policy can not have more than 5 keys");
}

TEST_CASE("combinations are counted as SNS counts them: at most 150") {
  const std::string six = "[1,2,3,4,5,6]", five = "[1,2,3,4,5]";
  CHECK(why_no_filter(R"({"a":)" + five + R"(,"b":)" + five + R"(,"c":)" + six + "}").empty());
  CHECK(why_no_filter(R"({"a":)" + six + R"(,"b":)" + five + R"(,"c":)" + six + "}").find("too complex") !=
        std::string::npos);
  // A level of nesting counts once more: 5 × 5 × 2 × 3 are exactly 150.
  CHECK(why_no_filter(R"({"a":)" + five + R"(,"b":{"c":)" + five + R"(},"d":[1,2,3]})", FilterScope::body).empty());
  CHECK(why_no_filter(R"({"a":)" + five + R"(,"b":{"c":)" + five + R"(},"d":[1,2,3,4]})", FilterScope::body)
            .find("too complex") != std::string::npos);
  CHECK(why_no_filter(R"({"a":)" + five + R"(,"$or":[{"b":)" + five + R"(},{"c":)" + six + R"(}]})").empty());
}

TEST_CASE("a policy that is nested too deep is none") {
  const auto nested = [](int levels) {
    std::string text;
    for (int i = 0; i < levels; ++i) text += R"({"a":)";
    text += "[1]";
    for (int i = 0; i < levels; ++i) text += "}";
    return text;
  };
  CHECK(why_no_filter(nested(20'000), FilterScope::body) == "failed to parse JSON: it must be a JSON object");
  CHECK(why_no_filter(nested(20'000)) == "failed to parse JSON: it must be a JSON object");
}
