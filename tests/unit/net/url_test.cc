#include "net/url.h"

#include <doctest/doctest.h>

using namespace waybill;
using namespace waybill::net;

TEST_CASE("percent encoding keeps unreserved characters only and is undone by decoding") {
  CHECK(percent_encode("aZ09-._~") == "aZ09-._~");
  CHECK(percent_encode("a b/ü+%") == "a%20b%2F%C3%BC%2B%25");
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  CHECK(*percent_decode(percent_encode(all)) == all);
}

TEST_CASE("percent decoding takes both cases and leaves '+' alone") {
  CHECK(*percent_decode("%2f%2F+%41") == "//+A");
  CHECK(*percent_decode("") == "");
}

TEST_CASE("an incomplete or non-hexadecimal escape is an error") {
  for (const char* text : {"%", "%4", "a%", "%zz", "%4g", "%%41"}) {
    CAPTURE(text);
    const auto decoded = percent_decode(text);
    REQUIRE(decoded.has_error());
    CHECK(decoded.error().code == ErrorCode::invalid);
  }
}

TEST_CASE("a target is split in origin and absolute form") {
  const auto check = [](std::string_view target, std::string_view authority, std::string_view path,
                        std::string_view query) {
    CAPTURE(target);
    const Target parts = split_target(target);
    CHECK(parts.authority == authority);
    CHECK(parts.path == path);
    CHECK(parts.query == query);
  };
  check("/", "", "/", "");
  check("/a/b?x=1&y=?", "", "/a/b", "x=1&y=?");
  check("/a?", "", "/a", "");
  check("/a://b", "", "/a://b", "");
  check("http://host:80/a?b", "host:80", "/a", "b");
  check("http://host", "host", "/", "");
  check("http://host?b", "host", "/", "b");
  check("*", "", "*", "");
}

TEST_CASE("a path is split at every slash") {
  using Segments = std::vector<std::string_view>;
  CHECK((split_path("/") == Segments{""}));
  CHECK((split_path("/a") == Segments{"a"}));
  CHECK((split_path("/a//b/") == Segments{"a", "", "b", ""}));
}

TEST_CASE("a query string is decoded pair by pair") {
  const auto pairs = parse_query("a=1&b=x+y%2B&c&&d=e=f&a=2");
  REQUIRE(pairs.has_value());
  const QueryPairs expected{{"a", "1"}, {"b", "x y+"}, {"c", ""}, {"d", "e=f"}, {"a", "2"}};
  CHECK((*pairs == expected));
  CHECK(find_query(*pairs, "a").value() == "1");
  CHECK(find_query(*pairs, "c").value() == "");
  CHECK_FALSE(find_query(*pairs, "z").has_value());
  CHECK(parse_query("")->empty());
  CHECK(parse_query("a=%2").has_error());
  CHECK(parse_query("%x=1").has_error());
}
