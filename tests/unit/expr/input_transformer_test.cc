#include "expr/input_transformer.h"

#include <string>

#include <doctest/doctest.h>

#include "unit/expr/shape_fixture.h"

namespace waybill::expr {

// Object templates.

TEST_CASE("object template, bare: values as JSON") {
  CHECK(body(transformer(R"({"v": <text>})")) == R"({"v": "hello"})");
  CHECK(body(transformer(R"({"v": <quoted>})")) == R"({"v": "say \"hello\""})");
  CHECK(body(transformer(R"({"v": <escaped>})")) == R"({"v": "line\nslash\\tab\tend"})");
  CHECK(body(transformer(R"({"v": <unicode>})")) == R"({"v": "\u00e9é"})");
  CHECK(body(transformer(R"({"v": <number>})")) == R"({"v": 42})");
  CHECK(body(transformer(R"({"v": <price>})")) == R"({"v": 300.0})");
  CHECK(body(transformer(R"({"v": <flag>})")) == R"({"v": true})");
  CHECK(body(transformer(R"({"v": <object>})")) == R"({"v": {"first":"one","second":2}})");
  CHECK(body(transformer(R"({"v": <array>})")) == R"({"v": ["one","two",{"x":3}]})");
}

TEST_CASE("object template, bare: missing and null are an empty string") {
  CHECK(body(transformer(R"({"before":1,"v":<missing>,"after":2})")) == R"({"before":1,"v":"","after":2})");
  CHECK(body(transformer(R"({"v": <nothing>})")) == R"({"v": ""})");
  CHECK(body(transformer(R"({"v":[<missing>]})")) == R"({"v":[""]})");
}

TEST_CASE("object template, in quotes: contents of strings, text of numbers and booleans") {
  CHECK(body(transformer(R"({"p": "users/<text>"})")) == R"({"p": "users/hello"})");
  CHECK(body(transformer(R"({"p": "a <quoted> b"})")) == R"({"p": "a say \"hello\" b"})");
  CHECK(body(transformer(R"({"p": "a <escaped> b"})")) == R"({"p": "a line\nslash\\tab\tend b"})");
  CHECK(body(transformer(R"({"p": "<number>/<price>/<flag>"})")) == R"({"p": "42/300.0/true"})");
}

TEST_CASE("object template, in quotes: missing and null are nothing") {
  CHECK(body(transformer(R"({"p": "<missing>"})")) == R"({"p": ""})");
  CHECK(body(transformer(R"({"p": "a<missing>b<nothing>c"})")) == R"({"p": "abc"})");
}

TEST_CASE("object template, in quotes: an object or array breaks the result") {
  CHECK(broken(transformer(R"({"p":"<object>"})")) == R"({"p":"{"first":"one","second":2}"})");
  CHECK(broken(transformer(R"({"p":"a <array> b"})")) == R"({"p":"a ["one","two",{"x":3}] b"})");
}

TEST_CASE("object template: quotes are told from escaped quotes") {
  CHECK(body(transformer(R"({"a":"\"<text>\"","b":<text>})")) == R"({"a":"\"hello\"","b":"hello"})");
  CHECK(body(transformer(R"({"a":"\\","b":<text>})")) == R"({"a":"\\","b":"hello"})");
}

TEST_CASE("object template: white space and order stay as they are") {
  CHECK(body(transformer("\n { \"b\" : <number> ,\n\t\"a\":\"<text>\" } \n")) ==
        "\n { \"b\" : 42 ,\n\t\"a\":\"hello\" } \n");
  CHECK(body(transformer(R"({"detailType": <detail-type>,  "n": <number>})")) ==
        R"({"detailType": "order placed",  "n": 42})");
}

TEST_CASE("a name may stand more than once, and a value is not looked at for names") {
  CHECK(body(transformer(R"({"a":<text>,"b":"<text><text>"})")) == R"({"a":"hello","b":"hellohello"})");
  CHECK(body(transformer(R"({"a":<brackets>})")) == R"({"a":"<text>"})");
}

// String templates.

TEST_CASE("string template: contents, and objects and arrays without double quotes") {
  CHECK(body(transformer(R"("Payload <text>")")) == R"("Payload hello")");
  CHECK(body(transformer(R"("<number> <price> <flag>")")) == R"("42 300.0 true")");
  CHECK(body(transformer(R"("text=<text>; object=<object>; array=<array>")")) ==
        R"("text=hello; object={first:one,second:2}; array=[one,two,{x:3}]")");
  CHECK(body(transformer(R"("<levels>")")) == R"("[HIGH]")");
  CHECK(body(transformer(R"("<unicode>")")) == R"("éé")");
}

TEST_CASE("string template: missing and null are nothing") {
  CHECK(body(transformer(R"("before <missing> after")")) == R"("before  after")");
  CHECK(body(transformer(R"("before <nothing> after")")) == R"("before  after")");
  CHECK(body(transformer(R"("<missing>")")) == R"("")");
}

TEST_CASE("string template: outer quotes, lines and escapes stay") {
  CHECK(body(transformer("\"first <text>\"\n\"second <number>\"")) == "\"first hello\"\n\"second 42\"");
  CHECK(body(transformer(R"("prefix \"<text>\" suffix")")) == R"("prefix \"hello\" suffix")");
  CHECK(body(transformer(R"("{[/Check <text>")")) == R"("{[/Check hello")");
  CHECK(body(transformer(R"("a < b > c, <>, <b c>")")) == R"("a < b > c, <>, <b c>")");
}

TEST_CASE("string template: contents that break the string") {
  CHECK(broken(transformer(R"("prefix <quoted> suffix")")) == R"("prefix say "hello" suffix")");
  CHECK(broken(transformer(R"("prefix <escaped> suffix")")) == "\"prefix line\nslash\\tab\tend suffix\"");
}

TEST_CASE("an array takes values as text") {
  CHECK(body(transformer(R"(["fixed",<number>,"<text>"])")) == R"(["fixed",42,"hello"])");
  CHECK(body(transformer("[<nothing>]")) == "[null]");
  CHECK(body(transformer("[<missing>]")) == "[]");
  CHECK(broken(transformer("[1,<missing>,2]")) == "[1,,2]");
  CHECK(broken(transformer(R"([{"value":<missing>}])")) == R"([{"value":}])");
  CHECK(broken(transformer("[<text>]")) == "[hello]");
  CHECK(broken(transformer("[<object>]")) == "[{first:one,second:2}]");
}

TEST_CASE("a placeholder alone is text") {
  CHECK(body(transformer("<number>")) == "42");
  CHECK(body(transformer("<flag>")) == "true");
  CHECK(body(transformer("<nothing>")) == "null");
  CHECK(broken(transformer("<text>")) == "hello");
  CHECK(broken(transformer("<object>")) == "{first:one,second:2}");
  CHECK(broken(transformer("<missing>")).empty());
}

TEST_CASE("a template without placeholders") {
  CHECK(body(transformer("null", {})) == "null");
  CHECK(body(transformer(R"({"fixed": [1, 2]})", {})) == R"({"fixed": [1, 2]})");
}

// Predefined variables.

TEST_CASE("predefined variables in an object") {
  CHECK(body(transformer(R"({"arn":<aws.events.rule-arn>,"name":<aws.events.rule-name>})", {})) ==
        R"({"arn":"arn:aws:events:eu-west-1:123456789012:rule/orders","name":"orders"})");
  CHECK(body(transformer(R"({"at":<aws.events.event.ingestion-time>})", {})) == R"({"at":"2026-09-13T12:20:00.408Z"})");
  CHECK(body(transformer(R"({"event":<aws.events.event.json>})", {})) == R"({"event":)" + std::string(kEvent) + "}");
  CHECK(body(transformer(R"({"event":<aws.events.event>})", {})) ==
        R"({"event":{"id":"0d0a608b-b6bd-e22d-739b-365f723ccf4b","account":"123456789012",)"
        R"("detailType":"order placed","time":1767323045000,"source":"shop","region":"eu-west-1",)"
        R"("resources":["arn:a","arn:b"],"version":"0"}})");
}

TEST_CASE("predefined variables in a string") {
  CHECK(body(transformer(R"("<aws.events.rule-name> of <aws.events.rule-arn>")", {})) ==
        R"("orders of arn:aws:events:eu-west-1:123456789012:rule/orders")");
  CHECK(body(transformer(R"("at <aws.events.event.ingestion-time>")", {})) == R"("at 2026-09-13T12:20:00.408Z")");
  CHECK(body(transformer(R"("<aws.events.event>")", {})) ==
        R"("{id:0d0a608b-b6bd-e22d-739b-365f723ccf4b,account:123456789012,detailType:order placed,)"
        R"(time:1767323045000,source:shop,region:eu-west-1,resources:[arn:a,arn:b],version:0}")");
  CHECK(body(transformer(R"({"p":"rule <aws.events.rule-name>"})", {})) == R"({"p":"rule orders"})");
  CHECK(broken(transformer(R"({"p":"<aws.events.event.json>"})", {})) == R"({"p":")" + std::string(kEvent) + "\"}");
}

// What is refused.

TEST_CASE("an undeclared name") {
  CHECK(refusal(transformer(R"("of <text>, and <undeclared>")")) ==
        "InputTemplate for target t1 contains invalid placeholder undeclared.");
  CHECK(refusal(transformer(R"({"v":<aws.events.unknown>})", {})) ==
        "InputTemplate for target t1 contains invalid placeholder aws.events.unknown.");
}

TEST_CASE("the whole event in a template that is no object") {
  for (const char* text :
       {R"("event <aws.events.event.json>")", "[<aws.events.event.json>]", "<aws.events.event.json>"}) {
    CAPTURE(text);
    CHECK(refusal(transformer(text, {})) ==
          "InputTemplate for target t1 contains placeholder aws.events.event.json valid only for JSON template.");
  }
}

TEST_CASE("a placeholder as, or in, an object's key") {
  for (const char* text : {R"({"<text>":"value"})", R"({"a":1, "is <text> b" : 2})", R"({<text>: 1})",
                           R"({"a":{"b":{"<text>":1}}})", R"([{"<text>":1}])"}) {
    CAPTURE(text);
    CHECK(refusal(transformer(text)) == "InputTemplate placeholder present as a JSON object key for target t1.");
  }
  CHECK(body(transformer(R"({"a":"<text>: x","b:":"<text>","c":<number>})")) ==
        R"({"a":"hello: x","b:":"hello","c":42})");
}

TEST_CASE("a template that is no JSON, with null for every placeholder") {
  CHECK(refusal(transformer("hello <text>")) ==
        R"~(Invalid InputTemplate for target t1 : [Source: (String)"hello null"; line: 1, column: 1].)~");
  CHECK(
      refusal(transformer("{\"a\": <text>,\n \"b\": oops}")) ==
      "Invalid InputTemplate for target t1 : [Source: (String)\"{\"a\": null,\n \"b\": oops}\"; line: 2, column: 7].");
  for (const char* text : {R"({"a":<text>)", R"("open <text>)", " ", R"({"a":<text><text>})", "<text> is <number>"}) {
    CAPTURE(text);
    CHECK(refusal(transformer(text)).starts_with("Invalid InputTemplate for target t1 : [Source: (String)\""));
  }
}

TEST_CASE("a path of the map that is not understood") {
  for (const char* text : {"", "detail.text", "$['detail']", "$..text", "$.detail.object.*", "$.detail.array[-1]"}) {
    CAPTURE(text);
    CHECK(refusal(transformer(R"({"v":1})", {{"v", text}})) == "InputPath for target t1 is invalid.");
  }
}

TEST_CASE("names that the map may not have") {
  constexpr auto kConstraint =
      " failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to "
      "256, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: "
      "[A-Za-z0-9\\_\\-]+]";
  CHECK(refusal(transformer(R"({"v":<aws.events.rule-name>})", {{"aws.events.rule-name", "$.detail.text"}})) ==
        "1 validation error detected: Value '{aws.events.rule-name=$.detail.text}' at "
        "'targets.1.member.inputTransformer.inputPathsMap'" +
            std::string(kConstraint));
  CHECK(refusal(transformer("{}", {{"a", "$"}, {"bad.key", "$.x"}}), {"t1", 3}) ==
        "1 validation error detected: Value '{a=$, bad.key=$.x}' at "
        "'targets.3.member.inputTransformer.inputPathsMap'" +
            std::string(kConstraint));
  CHECK(refusal(transformer("{}", {{"", "$"}})).ends_with(kConstraint));
  CHECK(refusal(transformer("{}", {{std::string(257, 'k'), "$"}})).ends_with(kConstraint));
  CHECK(body(transformer("{}", {{std::string(256, 'k'), "$"}})) == "{}");
}

TEST_CASE("the map has at most 100 entries") {
  Paths paths;
  for (int i = 0; i < 100; ++i) paths["v" + std::to_string(i)] = "$.detail.text";
  CHECK(body(transformer(R"({"v":<v99>})", paths)) == R"({"v":"hello"})");
  paths["one-more"] = "$";
  CHECK(refusal(transformer("{}", paths))
            .ends_with("' at 'targets.1.member.inputTransformer.inputPathsMap' failed to satisfy constraint: Member "
                       "must have length less than or equal to 100"));
}

TEST_CASE("a template that makes more of an event than a target takes is stopped, and leaves the event") {
  const std::string event = R"({"detail":")" + std::string(900'000, 'x') + R"("})";
  std::string lines = "\"<v>\"";
  for (int i = 1; i < 150; ++i) lines += "\n\"<v>\"";
  for (const std::string& text : {lines, std::string(R"({"a":<v>,"b":<v>})"), std::string(R"(["<v>","<v>"])")}) {
    const auto transformer = InputTransformer::parse({{{"v", "$.detail"}}, text}, {"t", 1});
    REQUIRE(transformer.has_value());
    const Shaped shaped = transformer->fill({event, "", "", {}});
    CHECK(shaped.is_too_large);
    CHECK(shaped.body == event);
  }
  const auto fits = InputTransformer::parse({{{"v", "$.detail"}}, R"({"a":<v>})"}, {"t", 1});
  CHECK_FALSE(fits->fill({event, "", "", {}}).is_too_large);
}

}  // namespace waybill::expr
