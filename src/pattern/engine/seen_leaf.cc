#include "pattern/engine/seen_leaf.h"

#include <charconv>

#include "pattern/number.h"

namespace waybill::pattern {

bool read_number(SeenLeaf& leaf) {
  using Number = SeenLeaf::Number;
  if (leaf.number == Number::unread) {
    const auto [end, error] = std::from_chars(leaf.text, leaf.text + leaf.length, leaf.value);
    leaf.number = Number::read;
    if (error != std::errc()) {
      // Too large or too small for a double; a zero with a large exponent is one all the same.
      const auto value = comparable_number(leaf.view());
      leaf.number = value ? Number::comparable : Number::incomparable;
      leaf.value = value.value_or(0);
    }
    leaf.value += 0.0;  // -0 is 0
  }
  return leaf.number != Number::incomparable;
}

bool is_comparable(SeenLeaf& leaf) {
  using Number = SeenLeaf::Number;
  if (!read_number(leaf)) return false;
  if (leaf.number == Number::read) {
    leaf.number = is_shortest_decimal(leaf.view(), leaf.value) ? Number::comparable : Number::incomparable;
  }
  return leaf.number == Number::comparable;
}

}  // namespace waybill::pattern
