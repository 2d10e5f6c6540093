// The {"numeric": […]} part of ValueParser: ["=", n], one bound, or a lower and an upper bound.
#include <optional>
#include <string>
#include <string_view>

#include "pattern/number.h"
#include "pattern/value_parser.h"

namespace waybill::pattern {
Parsed<Matcher> ValueParser::parse_numeric() {
  WAYBILL_TRY(const JsonToken token, reader_.next());
  if (token != JsonToken::start_array) return reader_.refuse("Value of numeric must be an array.");
  WAYBILL_TRY(Matcher matcher, parse_numeric_terms());
  WAYBILL_TRY(const JsonToken end, reader_.next());
  if (end != JsonToken::end_object) return reader_.refuse(kTooManyElements);
  return matcher;
}

Parsed<Matcher> ValueParser::parse_numeric_terms() {
  WAYBILL_TRY(const JsonToken first, reader_.next());
  WAYBILL_TRY(const std::string op, reader_.token_text(first));
  if (first != JsonToken::string) return reader_.refuse("Invalid member in numeric match: " + op);
  WAYBILL_TRY(const JsonToken second, reader_.next());
  if (op != "=" && op != "<" && op != "<=" && op != ">" && op != ">=") {
    return reader_.refuse("Unrecognized numeric range operator: " + op);
  }
  if (second != JsonToken::number) {
    return reader_.refuse("Value of " + (op == "=" ? "equals" : op) + " must be numeric");
  }
  const std::string literal(reader_.literal());
  if (op == ">" || op == ">=") {
    WAYBILL_TRY(const JsonToken third, reader_.next());
    if (third != JsonToken::end_array) {
      NumericRange range;
      range.lower = {0, op == ">"};
      return parse_upper_bound(range, literal, third);
    }
    WAYBILL_TRY(const double bound, comparable(literal));
    return NumericRange{NumericRange::Bound{bound, op == ">"}, {}};
  }
  WAYBILL_CHECK(end_numeric_array());
  WAYBILL_TRY(const double bound, comparable(literal));
  if (op == "=") return NumericRange{NumericRange::Bound{bound, false}, NumericRange::Bound{bound, false}};
  return NumericRange{{}, NumericRange::Bound{bound, op == "<"}};
}

// Values are judged at the end of the array, as the service does: what comes first in the text is reported first.
Parsed<Matcher> ValueParser::parse_upper_bound(NumericRange range, const std::string& lower, JsonToken token) {
  const auto text = reader_.token_text(token);
  if (!text) return text.error();
  const std::string_view op = *text;
  if (token != JsonToken::string) return reader_.refuse("Bad value in numeric range: " + std::string(op));
  if (op != "<" && op != "<=") return reader_.refuse("Bad numeric range operator: " + std::string(op));
  WAYBILL_TRY(const JsonToken value, reader_.next());
  if (value != JsonToken::number) return reader_.refuse("Value of " + std::string(op) + " must be numeric");
  const std::string upper(reader_.literal());
  WAYBILL_TRY(const JsonToken end, reader_.next());
  if (end != JsonToken::end_array) return reader_.refuse("Too many terms in numeric range expression");

  WAYBILL_TRY(range.lower->value, comparable(lower));
  range.upper = {0, op == "<"};
  WAYBILL_TRY(range.upper->value, comparable(upper));
  if (range.lower->value >= range.upper->value) return reader_.refuse("Bottom must be less than top");
  return range;
}

Parsed<double> ValueParser::comparable(const std::string& literal) {
  const std::optional<double> value = comparable_number(literal);
  if (!value) return reader_.refuse("Cannot compare number : " + literal);
  return *value;
}

Parsed<void> ValueParser::end_numeric_array() {
  WAYBILL_TRY(const JsonToken token, reader_.next());
  if (token != JsonToken::end_array) return reader_.refuse(kTooManyElements);
  return {};
}

}  // namespace waybill::pattern
