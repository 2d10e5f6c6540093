#include "pattern/value_parser.h"

#include <utility>

#include "pattern/number.h"

namespace waybill::pattern {
namespace {

constexpr const char* kOneKeyOnly = "Only one key allowed in match expression";

}  // namespace

Parsed<JsonToken> PatternReader::next() {
  const JsonToken token = reader_.next();
  if (token == JsonToken::error) return refuse(reader_.failure());
  return token;
}

std::string PatternReader::name() const {
  const JsonString& name = reader_.name();
  return name.has_escapes ? decode_json_string(name.raw) : std::string(name.raw);
}

Parsed<std::string> PatternReader::string() {
  JsonString text;
  if (!reader_.read_string(text)) return refuse(reader_.failure());
  return text.has_escapes ? decode_json_string(text.raw) : std::string(text.raw);
}

Parsed<std::string> PatternReader::token_text(JsonToken token) {
  switch (token) {
    case JsonToken::start_object: return std::string("{");
    case JsonToken::end_object: return std::string("}");
    case JsonToken::start_array: return std::string("[");
    case JsonToken::end_array: return std::string("]");
    case JsonToken::string: return string();
    case JsonToken::field_name: return name();
    default: return std::string(literal());
  }
}

Refusal PatternReader::refuse(std::string reason) const { return {std::move(reason) + location(), false}; }

std::string PatternReader::location() const {
  const TextPosition position = position_of(text_, reader_.offset());
  return "\n at [Source: (String)\"" + std::string(text_) + "\"; line: " + std::to_string(position.line) +
         ", column: " + std::to_string(position.column) + "]";
}

Parsed<ValueList> ValueParser::parse_array() {
  ValueList list;
  for (;;) {
    WAYBILL_TRY(const JsonToken token, reader_.next());
    switch (token) {
      case JsonToken::end_array:
        if (list.matchers.empty() && !list.accepts_absence) return reader_.refuse("Empty arrays are not allowed");
        return list;
      case JsonToken::start_object: WAYBILL_CHECK(parse_match_expression(list)); break;
      case JsonToken::string: WAYBILL_CHECK(parse_string_value(list)); break;
      case JsonToken::number:
        list.matchers.emplace_back(ExactNumber{std::string(reader_.literal()), comparable_number(reader_.literal())});
        break;
      case JsonToken::true_value: list.matchers.emplace_back(ExactLiteral{LeafKind::true_value}); break;
      case JsonToken::false_value: list.matchers.emplace_back(ExactLiteral{LeafKind::false_value}); break;
      case JsonToken::null_value: list.matchers.emplace_back(ExactLiteral{LeafKind::null_value}); break;
      default: return reader_.refuse("Match value must be String, number, true, false, or null");
    }
  }
}

Parsed<void> ValueParser::parse_string_value(ValueList& list) {
  WAYBILL_TRY(std::string text, reader_.string());
  if (const auto address = IpAddress::parse(text)) {
    list.matchers.emplace_back(IpLiteral{*address});
  } else {
    list.matchers.emplace_back(ExactText{std::move(text)});
  }
  return {};
}

Parsed<void> ValueParser::parse_match_expression(ValueList& list) {
  WAYBILL_TRY(const JsonToken token, reader_.next());
  if (token != JsonToken::field_name) return reader_.refuse("Match expression name not found");
  const std::string name = reader_.name();
  if (name == "exists") return parse_exists(list);
  WAYBILL_TRY(Matcher matcher, parse_matcher(name));
  list.matchers.push_back(std::move(matcher));
  return {};
}

Parsed<void> ValueParser::parse_exists(ValueList& list) {
  WAYBILL_TRY(const JsonToken token, reader_.next());
  if (token == JsonToken::true_value) {
    list.matchers.emplace_back(Exists{});
  } else if (token == JsonToken::false_value) {
    list.accepts_absence = true;
  } else {
    return reader_.refuse("exists match pattern must be either true or false.");
  }
  return close_expression();
}

Parsed<Matcher> ValueParser::parse_matcher(const std::string& name) {
  if (name == "prefix") return parse_affix(true);
  if (name == "suffix") return parse_affix(false);
  if (name == "numeric") return parse_numeric();
  if (name == "anything-but") return parse_anything_but();
  if (name == "wildcard") return parse_wildcard();
  if (name == "cidr") return parse_cidr();
  if (name == "equals-ignore-case") {
    WAYBILL_TRY(const std::string text, parse_text(name));
    return EqualsIgnoreCase{CaseFoldedText(text)};
  }
  if (name == "exactly") {
    WAYBILL_TRY(std::string text, parse_text("exact"));
    return ExactText{std::move(text)};
  }
  return reader_.refuse("Unrecognized match type " + name);
}

// The string of an operator and the end of its expression.
Parsed<std::string> ValueParser::parse_text(const std::string& name_in_error) {
  WAYBILL_TRY(const JsonToken token, reader_.next());
  if (token != JsonToken::string) return reader_.refuse(name_in_error + " match pattern must be a string");
  WAYBILL_TRY(std::string text, reader_.string());
  WAYBILL_CHECK(close_expression());
  return text;
}

Parsed<Matcher> ValueParser::parse_affix(bool is_prefix) {
  const std::string name = is_prefix ? "prefix" : "suffix";
  WAYBILL_TRY(const JsonToken token, reader_.next());
  if (token != JsonToken::start_object) {
    if (token != JsonToken::string) return reader_.refuse(name + " match pattern must be a string");
    WAYBILL_TRY(std::string text, reader_.string());
    WAYBILL_CHECK(close_expression());
    return is_prefix ? Matcher(Prefix{std::move(text)}) : Matcher(Suffix{std::move(text)});
  }
  WAYBILL_TRY(const JsonToken inner, reader_.next());
  if (inner != JsonToken::field_name) {
    return reader_.refuse((is_prefix ? "Prefix" : "Suffix") + std::string(" expression name not found"));
  }
  const std::string inner_name = reader_.name();
  if (inner_name != "equals-ignore-case") return reader_.refuse("Unsupported " + name + " pattern: " + inner_name);
  WAYBILL_TRY(const std::string text, parse_text(inner_name));
  WAYBILL_CHECK(close_expression());
  const CaseFoldedText folded(text);
  return is_prefix ? Matcher(PrefixIgnoreCase{folded}) : Matcher(SuffixIgnoreCase{folded});
}

Parsed<Matcher> ValueParser::parse_wildcard() {
  WAYBILL_TRY(const JsonToken token, reader_.next());
  if (token != JsonToken::string) return reader_.refuse("wildcard match pattern must be a string");
  WAYBILL_TRY(const std::string text, reader_.string());
  auto wildcard = Wildcard::parse(text);
  if (!wildcard) return reader_.refuse(wildcard.error().message);
  WAYBILL_CHECK(close_expression());
  return WildcardText{std::move(*wildcard)};
}

Parsed<Matcher> ValueParser::parse_cidr() {
  WAYBILL_TRY(const JsonToken token, reader_.next());
  // AWS says "prefix" here.
  if (token != JsonToken::string) return reader_.refuse("prefix match pattern must be a string");
  WAYBILL_TRY(const std::string text, reader_.string());
  auto block = CidrBlock::parse(text);
  if (!block) return Refusal{block.error().message, true};
  WAYBILL_CHECK(close_expression());
  return InCidr{*block};
}

Parsed<void> ValueParser::close_expression() {
  WAYBILL_TRY(const JsonToken token, reader_.next());
  if (token != JsonToken::end_object) return reader_.refuse(kOneKeyOnly);
  return {};
}

}  // namespace waybill::pattern
