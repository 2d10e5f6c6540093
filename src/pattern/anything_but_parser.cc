// The {"anything-but": …} part of ValueParser: a value, a list of values, or an operator over texts.
//
// AWS: errors noticed inside a list carry their location twice; "too many elements" texts speak of a numeric
// expression here too; a single number that cannot be compared ends the reading for good.
#include <utility>

#include "pattern/number.h"
#include "pattern/value_parser.h"

namespace waybill::pattern {
namespace {

bool is_affix(auto kind) { return kind == decltype(kind)::prefix || kind == decltype(kind)::suffix; }

}  // namespace

Parsed<Matcher> ValueParser::parse_anything_but() {
  WAYBILL_TRY(JsonToken token, reader_.next());
  const bool has_operator = token == JsonToken::start_object;
  Exclusion kind = Exclusion::value;
  if (has_operator) {
    WAYBILL_TRY(kind, parse_exclusion_operator());
    WAYBILL_TRY(token, reader_.next());
  }
  if (token != JsonToken::start_array && token != JsonToken::string && token != JsonToken::number) {
    return reader_.refuse("Value of anything-but must be an array or single string/number value.");
  }
  AnythingBut but;
  if (has_operator) {
    WAYBILL_TRY(but, parse_excluded_texts(kind, token));
  } else if (token == JsonToken::start_array) {
    WAYBILL_TRY(but, parse_excluded_values());
  } else {
    WAYBILL_CHECK(add_excluded_value(but, token));
  }
  for (int closing = has_operator ? 2 : 1; closing > 0; --closing) {
    WAYBILL_TRY(const JsonToken end, reader_.next());
    if (end != JsonToken::end_object) return reader_.refuse(kTooManyElements);
  }
  return but;
}

Parsed<ValueParser::Exclusion> ValueParser::parse_exclusion_operator() {
  WAYBILL_TRY(const JsonToken token, reader_.next());
  if (token != JsonToken::field_name) return reader_.refuse("Anything-But expression name not found");
  const std::string name = reader_.name();
  if (name == "equals-ignore-case") return Exclusion::ignore_case;
  if (name == "prefix") return Exclusion::prefix;
  if (name == "suffix") return Exclusion::suffix;
  if (name == "wildcard") return Exclusion::wildcard;
  return reader_.refuse("Unsupported anything-but pattern: " + name);
}

Parsed<AnythingBut> ValueParser::parse_excluded_values() {
  // Inside the list every refusal is wrapped in a second location.
  const auto wrap = [this](Refusal refusal) { return reader_.refuse(std::move(refusal.reason)); };
  AnythingBut but;
  bool has_text = false;
  bool has_number = false;
  for (;;) {
    const auto token = reader_.next();
    if (!token) return wrap(token.error());
    if (*token == JsonToken::end_array) break;
    if (*token != JsonToken::string && *token != JsonToken::number) {
      return wrap(reader_.refuse("Inside anything but list, start|null|boolean is not supported."));
    }
    if (auto added = add_excluded_value(but, *token); !added) return wrap(added.error());
    (*token == JsonToken::string ? has_text : has_number) = true;
  }
  if (has_text == has_number) {
    Refusal refusal =
        reader_.refuse("Inside anything but list, either all values are number or string, mixed type is not supported");
    refusal.is_empty_exclusion = !has_text;
    return refusal;
  }
  return but;
}

Parsed<void> ValueParser::add_excluded_value(AnythingBut& but, JsonToken token) {
  if (token == JsonToken::string) {
    WAYBILL_TRY(std::string text, reader_.string());
    but.excluded.emplace_back(ExactText{std::move(text)});
    return {};
  }
  const std::string literal(reader_.literal());
  const std::optional<double> value = comparable_number(literal);
  if (!value) return Refusal{"Cannot compare number : " + literal, true};
  but.excluded.emplace_back(ExactNumber{literal, value});
  return {};
}

Parsed<AnythingBut> ValueParser::parse_excluded_texts(Exclusion kind, JsonToken token) {
  std::vector<std::string> texts;
  if (token != JsonToken::start_array) {
    WAYBILL_CHECK(collect_excluded_text(kind, token, texts));
  } else {
    const auto wrap = [this](Refusal refusal) { return reader_.refuse(std::move(refusal.reason)); };
    for (;;) {
      const auto element = reader_.next();
      if (!element) return wrap(element.error());
      if (*element == JsonToken::end_array) break;
      if (auto collected = collect_excluded_text(kind, *element, texts); !collected) return wrap(collected.error());
    }
  }
  if (texts.empty()) {
    Refusal refusal = reader_.refuse("Empty arrays are not allowed");
    refusal.is_empty_exclusion = true;
    return refusal;
  }
  AnythingBut but;
  for (const std::string& text : texts) {
    WAYBILL_TRY(AnythingBut::Excluded excluded, exclude(kind, text));
    but.excluded.push_back(std::move(excluded));
  }
  return but;
}

Parsed<void> ValueParser::collect_excluded_text(Exclusion kind, JsonToken token, std::vector<std::string>& texts) {
  if (token != JsonToken::string) {
    if (is_affix(kind)) return reader_.refuse("prefix/suffix match pattern must be a string");
    if (kind == Exclusion::wildcard) return reader_.refuse("wildcard match pattern must be a string");
    return reader_.refuse("Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.");
  }
  WAYBILL_TRY(std::string text, reader_.string());
  if (is_affix(kind) && text.empty()) return reader_.refuse("Null prefix/suffix not allowed");
  texts.push_back(std::move(text));
  return {};
}

Parsed<AnythingBut::Excluded> ValueParser::exclude(Exclusion kind, const std::string& text) {
  if (kind == Exclusion::prefix) return Prefix{text};
  if (kind == Exclusion::suffix) return Suffix{text};
  if (kind == Exclusion::ignore_case) return EqualsIgnoreCase{CaseFoldedText(text)};
  auto wildcard = Wildcard::parse(text);
  if (!wildcard) return reader_.refuse(wildcard.error().message);
  return WildcardText{std::move(*wildcard)};
}

}  // namespace waybill::pattern
