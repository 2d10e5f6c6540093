#include "expr/input_shape.h"

#include "expr/json_check.h"

namespace waybill::expr {
namespace {

// One JSON value, or nothing at all.
Status check_input(std::string_view input, const TargetPlace& target) {
  const JsonSummary summary = check_json(input);
  if (!summary.failed_at && summary.values <= 1) return {};
  const std::size_t at = summary.values > 1 ? summary.second_value : *summary.failed_at;
  return invalid("JSON syntax error in input for target " + std::string(target.id) + ": " + json_location(input, at));
}

}  // namespace

Result<InputShape> InputShape::parse(const InputSpec& spec, const TargetPlace& target) {
  if (int{spec.input.has_value()} + int{spec.path.has_value()} + int{spec.transformer.has_value()} > 1) {
    return invalid("Only one of Input, InputPath, or InputTransformer must be provided for target " +
                   std::string(target.id) + ".");
  }
  if (spec.input) {
    WAYBILL_CHECK(check_input(*spec.input, target));
    return InputShape(Fixed{*spec.input});
  }
  if (spec.path) {
    auto path = InputPath::parse(*spec.path);
    if (!path && !spec.path->empty()) {
      return invalid("InputPath for target " + std::string(target.id) + " is invalid.");
    }
    return InputShape(Part{std::move(path)});
  }
  if (spec.transformer) {
    WAYBILL_TRY(InputTransformer transformer, InputTransformer::parse(*spec.transformer, target));
    return InputShape(std::move(transformer));
  }
  return InputShape(WholeEvent{});
}

Shaped InputShape::render(const ShapeContext& context) const {
  if (const auto* fixed = std::get_if<Fixed>(&kind_)) return {fixed->text};
  if (const auto* transformer = std::get_if<InputTransformer>(&kind_)) return transformer->fill(context);
  const auto* part = std::get_if<Part>(&kind_);
  if (!part) return {std::string(context.event)};
  auto value = part->path ? part->path->select(context.event) : std::nullopt;
  return {value && *value != "null" ? *std::move(value) : "{}"};
}

}  // namespace waybill::expr
