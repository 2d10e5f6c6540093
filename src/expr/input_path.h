// InputPath: the part of JSONPath that rules know (contract section 8): `$`, `.name` with letters, digits, `_`, `-` and
// `/`, `[n]`, `[*]`.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace waybill::expr {

// Immutable.
class InputPath {
 public:
  // nullopt when the text is no such path.
  static std::optional<InputPath> parse(std::string_view text);

  // The value at the path as it is spelled in the event, nullopt when nothing is there. A path with `[*]` gives an
  // array of what it finds. REQUIRES: `event` is valid and compact.
  std::optional<std::string> select(std::string_view event) const;

 private:
  struct All {};
  using Step = std::variant<std::string, std::size_t, All>;  // a name, an index, every element

  // Calls itself once a step. False when there was no array for a `[*]`, or nothing where the path has none.
  bool collect(std::string_view value, std::size_t step, std::vector<std::string_view>& found) const;

  std::vector<Step> steps_;
  bool has_all_ = false;
};

}  // namespace waybill::expr
