// InputShape: what a target gets of an event: all of it, a fixed text, a part, or a filled template (contract section
// 8).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/result.h"
#include "expr/event_variable.h"
#include "expr/input_path.h"
#include "expr/input_transformer.h"

namespace waybill::expr {

// As a target has it; nullopt for what was not given.
struct InputSpec {
  std::optional<std::string> input;
  std::optional<std::string> path;  // InputPath
  std::optional<InputTransformerSpec> transformer;
};

// Immutable; may be used by many threads.
class InputShape {
 public:
  // Error: invalid, with AWS's whole text (contract section 7).
  static Result<InputShape> parse(const InputSpec& spec, const TargetPlace& target);

  Shaped render(const ShapeContext& context) const;

 private:
  struct WholeEvent {};
  struct Fixed {
    std::string text;
  };
  struct Part {
    std::optional<InputPath> path;  // nullopt for an empty InputPath, which finds nothing
  };
  using Kind = std::variant<WholeEvent, Fixed, Part, InputTransformer>;

  explicit InputShape(Kind kind) : kind_(std::move(kind)) {}

  Kind kind_;
};

}  // namespace waybill::expr
