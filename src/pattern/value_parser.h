// ValueParser reads the array of one pattern field: plain values and match expressions ({"prefix": "a"}).
// It reports the first error in reading order with the service's text, positions included.
#pragma once

#include <string>
#include <string_view>

#include "pattern/json_reader.h"
#include "pattern/matchers.h"
#include "pattern/refusal.h"

namespace waybill::pattern {

// What the parsers of patterns share: tokens with refusals in place of error tokens.
class PatternReader {
 public:
  PatternReader(std::string_view text, std::size_t max_depth) : text_(text), reader_(text, max_depth) {}

  Parsed<JsonToken> next();
  // The name of the last field_name token.
  std::string name() const;
  // The text of the last string token; moves behind its closing quote.
  Parsed<std::string> string();
  // The last token as text, as error messages quote it.
  Parsed<std::string> token_text(JsonToken token);
  std::string_view literal() const { return reader_.literal(); }

  // A refusal located where reading has got to.
  Refusal refuse(std::string reason) const;
  // The line refuse() adds.
  std::string location() const;

 private:
  std::string_view text_;
  JsonReader reader_;
};

class ValueParser {
 public:
  explicit ValueParser(PatternReader& reader) : reader_(reader) {}

  // REQUIRES: the last token was the start_array of the field.
  Parsed<ValueList> parse_array();

 private:
  Parsed<void> parse_string_value(ValueList& list);
  Parsed<void> parse_match_expression(ValueList& list);
  Parsed<void> parse_exists(ValueList& list);
  Parsed<Matcher> parse_matcher(const std::string& name);
  Parsed<std::string> parse_text(const std::string& name_in_error);
  Parsed<Matcher> parse_affix(bool is_prefix);
  Parsed<Matcher> parse_wildcard();
  Parsed<Matcher> parse_cidr();
  Parsed<void> close_expression();

  Parsed<Matcher> parse_numeric();
  Parsed<Matcher> parse_numeric_terms();
  Parsed<Matcher> parse_upper_bound(NumericRange range, const std::string& lower, JsonToken token);
  Parsed<double> comparable(const std::string& literal);
  Parsed<void> end_numeric_array();

  enum class Exclusion { value, prefix, suffix, ignore_case, wildcard };
  Parsed<Matcher> parse_anything_but();
  Parsed<Exclusion> parse_exclusion_operator();
  Parsed<AnythingBut> parse_excluded_values();
  Parsed<void> add_excluded_value(AnythingBut& but, JsonToken token);
  Parsed<AnythingBut> parse_excluded_texts(Exclusion kind, JsonToken token);
  Parsed<void> collect_excluded_text(Exclusion kind, JsonToken token, std::vector<std::string>& texts);
  Parsed<AnythingBut::Excluded> exclude(Exclusion kind, const std::string& text);

  // The reference implementation says it of anything-but, too.
  static constexpr const char* kTooManyElements = "Too many elements in numeric expression";

  PatternReader& reader_;
};

}  // namespace waybill::pattern
