#include "pattern/json_reader.h"

#include <cstdio>
#include <utility>

#include "base/ascii.h"
#include "pattern/unicode.h"

namespace waybill::pattern {
namespace {

constexpr std::string_view kValueList = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
constexpr std::size_t kMaxTokenInMessage = 256;

bool is_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || byte >= 0x80;
}

unsigned hex_value(std::string_view four) {
  unsigned value = 0;
  for (const char c : four) value = value * 16 + hex_digit(c);
  return value;
}

// Where the characters end that a string may hold as they are.
std::size_t end_of_plain(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] != '"' && text[at] != '\\' && static_cast<unsigned char>(text[at]) >= 0x20) ++at;
  return at;
}

// "'x' (code 120)", as messages name a character.
std::string describe(std::string_view text, std::size_t at) {
  const char32_t code = next_code_point(text, at);
  const auto number = static_cast<unsigned>(code);
  char buffer[48];
  if (code < 0x20) {
    std::snprintf(buffer, sizeof buffer, "(CTRL-CHAR, code %u)", number);
    return buffer;
  }
  std::string result = "'";
  append_utf8(result, code);
  if (code > 255) {
    std::snprintf(buffer, sizeof buffer, "' (code %u / 0x%x)", number, number);
  } else {
    std::snprintf(buffer, sizeof buffer, "' (code %u)", number);
  }
  return result + buffer;
}

}  // namespace

JsonReader::JsonReader(std::string_view text, std::size_t max_depth) : text_(text), max_depth_(max_depth) {
  open_.reserve(16);
}

JsonToken JsonReader::fail(std::string reason) {
  failure_ = std::move(reason);
  return token_ = JsonToken::error;
}

JsonToken JsonReader::fail_unexpected(std::string_view expected) {
  return fail("Unexpected character (" + describe(text_, at_) + "): " + std::string(expected));
}

JsonToken JsonReader::fail_invalid_token(std::size_t start) {
  while (at_ < text_.size() && is_word(text_[at_])) ++at_;
  std::string word(text_.substr(start, at_ - start));
  if (word.size() > kMaxTokenInMessage) {
    std::size_t cut = kMaxTokenInMessage;
    while ((static_cast<unsigned char>(word[cut]) & 0xC0) == 0x80) --cut;
    word = word.substr(0, cut) + "...";
  }
  return fail("Unrecognized token '" + word + "': was expecting " + std::string(kValueList));
}

JsonToken JsonReader::fail_end_of_text() {
  const Open& last = open_.back();
  const TextPosition start = position_of(text_, last.start);
  return fail(std::string("Unexpected end-of-input: expected close marker for ") +
              (last.is_object ? "Object" : "Array") + " (start marker at line: " + std::to_string(start.line) +
              ", column: " + std::to_string(start.column) + ")");
}

bool JsonReader::skip_space() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c != ' ' && c != '\n' && c != '\t' && c != '\r') break;
    ++at_;
  }
  return at_ < text_.size();
}

bool JsonReader::at_end() { return !skip_space(); }

JsonToken JsonReader::next() {
  if (token_ == JsonToken::error) return token_;
  if (std::exchange(has_value_after_name_, false)) {
    token_ = value_after_name_;
    if (token_ == JsonToken::start_object || token_ == JsonToken::start_array) return open(token_);
    return token_;
  }
  if (string_pending_ && !skip_string(string_, "string value")) return token_;
  if (!skip_space()) return open_.empty() ? (token_ = JsonToken::end_of_text) : fail_end_of_text();
  if (text_[at_] == '}' || text_[at_] == ']') return close(text_[at_]);
  if (!open_.empty()) {
    if (!skip_comma()) return token_;
    if (open_.back().is_object) return read_name();
  }
  token_ = read_value();
  if (token_ == JsonToken::start_object || token_ == JsonToken::start_array) return open(token_);
  return token_;
}

bool JsonReader::skip_comma() {
  Open& last = open_.back();
  if (!std::exchange(last.has_entries, true)) return true;
  if (text_[at_] != ',') {
    fail_unexpected(last.is_object ? "was expecting comma to separate Object entries"
                                   : "was expecting comma to separate Array entries");
    return false;
  }
  ++at_;
  if (skip_space()) return true;
  fail_end_of_text();
  return false;
}

JsonToken JsonReader::open(JsonToken token) {
  if (open_.size() >= max_depth_) {
    return fail("Document nesting depth (" + std::to_string(open_.size() + 1) + ") exceeds the maximum allowed (" +
                std::to_string(max_depth_) + ")");
  }
  open_.push_back({static_cast<std::uint32_t>(token_start_), token == JsonToken::start_object, false});
  return token_ = token;
}

JsonToken JsonReader::close(char bracket) {
  const bool is_object = bracket == '}';
  if (open_.empty()) return fail_unexpected("expected a valid value " + std::string(kValueList));
  if (open_.back().is_object != is_object) {
    return fail(std::string("Unexpected close marker '") + bracket + "': expected '" +
                (open_.back().is_object ? '}' : ']') + "'");
  }
  ++at_;
  open_.pop_back();
  return token_ = is_object ? JsonToken::end_object : JsonToken::end_array;
}

JsonToken JsonReader::read_name() {
  if (text_[at_] != '"') return fail_unexpected("was expecting double-quote to start field name");
  ++at_;
  if (!skip_string(name_, "name")) return token_;
  if (!skip_space()) return fail_end_of_text();
  if (text_[at_] != ':') return fail_unexpected("was expecting a colon to separate field name and value");
  ++at_;
  if (!skip_space()) return fail_end_of_text();
  value_after_name_ = read_value();
  if (value_after_name_ == JsonToken::error) return token_;
  has_value_after_name_ = true;
  return token_ = JsonToken::field_name;
}

JsonToken JsonReader::read_value() {
  token_start_ = at_;
  const char c = text_[at_];
  switch (c) {
    case '"':
      ++at_;
      string_pending_ = true;
      return JsonToken::string;
    case '{': ++at_; return JsonToken::start_object;
    case '[': ++at_; return JsonToken::start_array;
    case 't': return read_keyword("true", JsonToken::true_value);
    case 'f': return read_keyword("false", JsonToken::false_value);
    case 'n': return read_keyword("null", JsonToken::null_value);
    case ']':
    case '}': return fail_unexpected("expected a value");
    default: break;
  }
  if (c == '-' || is_digit(c)) return read_number();
  if (is_word(c)) return fail_invalid_token(at_);
  return fail_unexpected("expected a valid value " + std::string(kValueList));
}

JsonToken JsonReader::read_keyword(std::string_view word, JsonToken token) {
  const std::size_t end = at_ + word.size();
  if (!text_.substr(at_).starts_with(word) || (end < text_.size() && is_word(text_[end]))) {
    return fail_invalid_token(at_);
  }
  literal_ = word;
  at_ = end;
  return token;
}

bool JsonReader::read_digits(std::string_view missing) {
  if (at_ >= text_.size()) {
    fail("Unexpected end-of-input in a Number value");
    return false;
  }
  if (!is_digit(text_[at_])) {
    fail("Unexpected character (" + describe(text_, at_) + ") in numeric value: " + std::string(missing));
    return false;
  }
  while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
  return true;
}

JsonToken JsonReader::read_number() {
  const std::size_t start = at_;
  if (text_[at_] == '-') ++at_;
  const std::size_t digits = at_;
  if (!read_digits("expected digit (0-9) to follow minus sign, for valid numeric value")) return token_;
  if (text_[digits] == '0' && at_ - digits > 1) return fail("Invalid numeric value: Leading zeroes not allowed");
  if (at_ < text_.size() && text_[at_] == '.') {
    ++at_;
    if (!read_digits("Decimal point not followed by a digit")) return token_;
  }
  if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
    ++at_;
    if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
    if (!read_digits("Exponent indicator not followed by a digit")) return token_;
  }
  literal_ = text_.substr(start, at_ - start);
  return JsonToken::number;
}

bool JsonReader::read_string(JsonString& out) {
  if (string_pending_ && !skip_string(string_, "string value")) return false;
  out = string_;
  return true;
}

// Reads to behind the closing quote. REQUIRES: at_ is behind the opening one.
bool JsonReader::skip_string(JsonString& out, const char* what) {
  string_pending_ = false;
  const std::size_t start = at_;
  out.has_escapes = false;
  for (;; ++at_) {
    at_ = end_of_plain(text_, at_);
    if (at_ >= text_.size()) break;
    const char c = text_[at_];
    if (c == '"') {
      out.raw = text_.substr(start, at_ - start);
      ++at_;
      return true;
    }
    if (c != '\\') {
      fail("Illegal unquoted character (" + describe(text_, at_) +
           "): has to be escaped using backslash to be included in " + what);
      return false;
    }
    out.has_escapes = true;
    if (!skip_escape()) return false;
  }
  fail(std::string("Unexpected end-of-input") +
       (what[0] == 'n' ? " in field name" : ": was expecting closing quote for a string value"));
  return false;
}

// Moves to the last character of the escape.
bool JsonReader::skip_escape() {
  ++at_;
  if (at_ >= text_.size()) {
    fail("Unexpected end-of-input in character escape sequence");
    return false;
  }
  if (text_[at_] == 'u') {
    for (int digit = 0; digit < 4; ++digit) {
      ++at_;
      if (at_ >= text_.size()) {
        fail("Unexpected end-of-input in character escape sequence");
        return false;
      }
      if (!is_hex(text_[at_])) {
        fail_unexpected("expected a hex-digit for character escape sequence");
        return false;
      }
    }
    return true;
  }
  if (std::string_view("\"\\/bfnrt").find(text_[at_]) != std::string_view::npos) return true;
  fail("Unrecognized character escape " + describe(text_, at_));
  return false;
}

std::string decode_json_string(std::string_view raw) {
  std::string result;
  result.reserve(raw.size());
  append_decoded_json_string(raw, result);
  return result;
}

void append_decoded_json_string(std::string_view raw, std::string& out) {
  const auto unit_at = [raw](std::size_t at) -> char32_t {
    return at + 4 <= raw.size() ? hex_value(raw.substr(at, 4)) & 0xFFFF : U'\uFFFD';
  };
  for (std::size_t at = 0; at < raw.size(); ++at) {
    if (raw[at] != '\\' || at + 1 == raw.size()) {
      out.push_back(raw[at]);
      continue;
    }
    ++at;
    switch (raw[at]) {
      case 'b': out.push_back('\b'); break;
      case 'f': out.push_back('\f'); break;
      case 'n': out.push_back('\n'); break;
      case 'r': out.push_back('\r'); break;
      case 't': out.push_back('\t'); break;
      case 'u': {
        char32_t code = unit_at(at + 1);
        at += 4;
        if (code >= 0xD800 && code < 0xDC00 && at + 2 < raw.size() && raw[at + 1] == '\\' && raw[at + 2] == 'u') {
          const char32_t low = unit_at(at + 3);
          if (low >= 0xDC00 && low < 0xE000) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            at += 6;
          }
        }
        append_utf8(out, code);
        break;
      }
      default: out.push_back(raw[at]); break;
    }
  }
}

TextPosition position_of(std::string_view text, std::size_t offset) {
  TextPosition position{1, 1};
  std::size_t line_start = 0;
  for (std::size_t at = 0; at < offset; ++at) {
    const bool is_break = text[at] == '\n' || (text[at] == '\r' && (at + 1 >= text.size() || text[at + 1] != '\n'));
    if (!is_break) continue;
    ++position.line;
    line_start = at + 1;
  }
  position.column = utf16_length(text.substr(line_start, offset - line_start)) + 1;
  return position;
}

}  // namespace waybill::pattern
