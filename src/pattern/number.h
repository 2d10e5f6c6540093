// Numbers as patterns compare them: IEEE doubles, but only where the double says the same as the text.
//
// AWS: numbers compare by value (300, 300.0 and 3.0e2 are equal). A number is *comparable* if its decimal value
// is exactly the shortest decimal of its nearest double: always so up to 15 digits, and for 3e20, but not for
// 2^53+1, most 20-digit numbers or 1e400. One that is not comparable is equal only to the same spelling.
#pragma once

#include <optional>
#include <string_view>

namespace waybill::pattern {

// The value of a JSON number; empty if it is not comparable. -0 is 0.
// REQUIRES: `literal` is a well-formed JSON number.
std::optional<double> comparable_number(std::string_view literal);

// Is the literal's decimal value exactly the shortest decimal of this double? That makes it comparable.
// REQUIRES: `value` is the double nearest to the literal.
bool is_shortest_decimal(std::string_view literal, double value);

}  // namespace waybill::pattern
