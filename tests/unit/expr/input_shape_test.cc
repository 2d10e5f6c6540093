#include "expr/input_shape.h"

#include <doctest/doctest.h>

#include "unit/expr/shape_fixture.h"

namespace waybill::expr {

TEST_CASE("without a shape the event goes on as it is") { CHECK(body({}) == kEvent); }

TEST_CASE("an input is delivered verbatim, scalars too") {
  for (const char* text : {R"({ "fixed": true })", R"([1,"two"])", R"("constant")", "17", "1.50", "true", "null",
                           R"("")", "", " {}\n", R"("$.detail and <text>")"}) {
    CAPTURE(text);
    CHECK(body(input(text)) == text);
  }
}

TEST_CASE("an input that is no JSON is refused, with the place") {
  CHECK(refusal(input("not-json")) ==
        R"~(JSON syntax error in input for target t1: [Source: (String)"not-json"; line: 1, column: 1])~");
  CHECK(refusal(input(R"({"a":x})")) ==
        R"~(JSON syntax error in input for target t1: [Source: (String)"{"a":x}"; line: 1, column: 6])~");
  CHECK(refusal(input("[1,\n  2,\n  three]")) ==
        "JSON syntax error in input for target t1: [Source: (String)\"[1,\n  2,\n  three]\"; line: 3, column: 3]");
  for (const char* text : {"{", R"({"a":1)", R"("open)", "[1,]", "{'a':1}", "01", R"({"a":1}{"b":2})", "1 2", "{} x"}) {
    CAPTURE(text);
    CHECK(refusal(input(text)).starts_with("JSON syntax error in input for target t1: [Source: (String)\""));
  }
}

TEST_CASE("an input path delivers the value as raw JSON") {
  CHECK(body(path("$")) == kEvent);
  CHECK(body(path("$.detail.object")) == R"({"first":"one","second":2})");
  CHECK(body(path("$.detail.array")) == R"(["one","two",{"x":3}])");
  CHECK(body(path("$.detail.array[1]")) == R"("two")");
  CHECK(body(path("$.detail.text")) == R"("hello")");
  CHECK(body(path("$.detail.quoted")) == R"("say \"hello\"")");
  CHECK(body(path("$.detail.price")) == "300.0");
  CHECK(body(path("$.detail.flag")) == "true");
  CHECK(body(path("$.resources[*]")) == R"(["arn:a","arn:b"])");
}

TEST_CASE("an input path that finds nothing, or null, delivers an empty object") {
  CHECK(body(path("$.detail.missing")) == "{}");
  CHECK(body(path("$.detail.nothing")) == "{}");
  CHECK(body(path("")) == "{}");
}

TEST_CASE("an input path that is not understood is refused") {
  CHECK(refusal(path("$['detail']")) == "InputPath for target t1 is invalid.");
  CHECK(refusal(path("detail")) == "InputPath for target t1 is invalid.");
}

TEST_CASE("only one of the three may be given") {
  constexpr auto kMessage = "Only one of Input, InputPath, or InputTransformer must be provided for target orders.";
  const InputTransformerSpec empty{{}, "{}"};
  const TargetPlace target{"orders", 1};
  CHECK(refusal({"{}", "$.detail", std::nullopt}, target) == kMessage);
  CHECK(refusal({"{}", std::nullopt, empty}, target) == kMessage);
  CHECK(refusal({std::nullopt, "$.detail", empty}, target) == kMessage);
  CHECK(refusal({"not-json", "$.detail", empty}, target) == kMessage);
}

}  // namespace waybill::expr
