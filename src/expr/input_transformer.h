// InputTransformer: a template with `<name>` placeholders, filled from the event (contract section 8).
//
// A template that is a JSON object takes values as JSON; any other one (quoted lines, an array, a placeholder alone)
// takes them as text, objects and arrays without their double quotes.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "expr/event_variable.h"
#include "expr/input_path.h"

namespace waybill::expr {

struct InputTransformerSpec {
  std::map<std::string, std::string> paths;  // InputPathsMap: name → path
  std::string text;                          // InputTemplate
};

// Which target of a request an error is about.
struct TargetPlace {
  std::string_view id;
  std::size_t number = 1;  // in the request, from 1
};

struct Shaped {
  std::string body;
  // False: `body` is broken JSON. It goes to the dead letters as INVALID_JSON, `Invalid input for target.`
  bool is_valid = true;
  // The template makes more of the event than a target takes (kMostShapedBytes): `body` is the event, and is not sent.
  bool is_too_large = false;
};

// The most that a target takes. AWS: an event may have 1 MB.
inline constexpr std::size_t kMostShapedBytes = 1'048'576;

// Immutable; may be used by many threads. Filling does not read the template or the paths again.
class InputTransformer {
 public:
  // Error: invalid, with AWS's whole text (contract section 7).
  static Result<InputTransformer> parse(const InputTransformerSpec& spec, const TargetPlace& target);

  Shaped fill(const ShapeContext& context) const;

 private:
  using Source = std::variant<InputPath, EventVariable>;

  // Literal text, and the placeholder that follows it.
  struct Piece {
    std::string text;
    std::size_t source = 0;
    bool in_quotes = false;
  };

  InputTransformer() = default;

  std::vector<Source> sources_;
  std::vector<Piece> pieces_;
  std::string tail_;
  bool is_object_ = false;
};

}  // namespace waybill::expr
