// One event and the shapes made of it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include <doctest/doctest.h>

#include "expr/input_shape.h"

namespace waybill::expr {

inline constexpr std::string_view kEvent =
    R"({"version":"0","id":"0d0a608b-b6bd-e22d-739b-365f723ccf4b","detail-type":"order placed","source":"shop",)"
    R"("account":"123456789012","time":"2026-01-02T03:04:05Z","region":"eu-west-1","resources":["arn:a","arn:b"],)"
    R"("detail":{"text":"hello","number":42,"price":300.0,"flag":true,"nothing":null,"object":{"first":"one","second":2},)"
    R"("array":["one","two",{"x":3}],"levels":["HIGH"],"quoted":"say \"hello\"","escaped":"line\nslash\\tab\tend",)"
    R"("unicode":"\u00e9é","brackets":"<text>"}})";

inline const ShapeContext kContext{kEvent, "arn:aws:events:eu-west-1:123456789012:rule/orders", "orders",
                                   from_millis(1'789'302'000'408)};

using Paths = std::map<std::string, std::string>;

// Each field of the event's detail, by its own name.
inline const Paths kDetail = {
    {"text", "$.detail.text"},         {"number", "$.detail.number"},   {"price", "$.detail.price"},
    {"flag", "$.detail.flag"},         {"nothing", "$.detail.nothing"}, {"object", "$.detail.object"},
    {"array", "$.detail.array"},       {"levels", "$.detail.levels"},   {"quoted", "$.detail.quoted"},
    {"escaped", "$.detail.escaped"},   {"unicode", "$.detail.unicode"}, {"missing", "$.detail.missing"},
    {"brackets", "$.detail.brackets"}, {"detail-type", "$.detail-type"}};

inline InputSpec transformer(std::string text, Paths paths = kDetail) {
  return {std::nullopt, std::nullopt, InputTransformerSpec{std::move(paths), std::move(text)}};
}
inline InputSpec input(std::string text) { return {std::move(text), std::nullopt, std::nullopt}; }
inline InputSpec path(std::string text) { return {std::nullopt, std::move(text), std::nullopt}; }

inline Shaped shaped(const InputSpec& spec) {
  const auto shape = InputShape::parse(spec, {"t1"});
  REQUIRE_MESSAGE(shape.has_value(), shape.error().message);
  return shape->render(kContext);
}

// What is delivered.
inline std::string body(const InputSpec& spec) {
  const Shaped result = shaped(spec);
  CHECK_MESSAGE(result.is_valid, result.body);
  return result.body;
}

// The broken text that becomes a dead letter.
inline std::string broken(const InputSpec& spec) {
  const Shaped result = shaped(spec);
  CHECK_MESSAGE(!result.is_valid, result.body);
  return result.body;
}

// Why the shape is refused.
inline std::string refusal(const InputSpec& spec, const TargetPlace& target = {"t1"}) {
  const auto shape = InputShape::parse(spec, target);
  if (shape) return "not refused";
  CHECK(shape.error().code == ErrorCode::invalid);
  return shape.error().message;
}

}  // namespace waybill::expr
