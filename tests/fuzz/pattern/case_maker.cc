#include "fuzz/pattern/case_maker.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace waybill::fuzz {
namespace {

// Names with dots join other names; empty parts and escapes belong to paths too.
constexpr const char* kNames[] = {"a",
                                  "b",
                                  "c",
                                  "d",
                                  "a.b",
                                  "b.c",
                                  "a.b.c",
                                  "long-name-of-a-field",
                                  "another long name of one",
                                  "",
                                  ".a",
                                  "a.",
                                  "\xC3\xA9",
                                  "\xF0\x9F\x98\x80",
                                  "\xEF\xBF\xBD",
                                  "q\"uote",
                                  "back\\slash",
                                  "a b",
                                  "$or",
                                  "prefix",
                                  "x1234567",
                                  "x12345678",
                                  "x123456789abcdef",
                                  "x123456789abcdefg"};

constexpr const char* kTexts[] = {"",
                                  "a",
                                  "A",
                                  "ab",
                                  "aB",
                                  "AB",
                                  "abc",
                                  "abd",
                                  "abcd",
                                  "abcde",
                                  "bcd",
                                  "cd",
                                  "d",
                                  "b",
                                  "ba",
                                  "aab",
                                  "aaab",
                                  "abab",
                                  "*",
                                  "\\",
                                  "\\*",
                                  "a*b",
                                  "\"",
                                  "\"a\"",
                                  "a\"",
                                  "k",
                                  "K",
                                  "\xE2\x84\xAA",
                                  "\xC3\x9F",
                                  "ss",
                                  "SS",
                                  "Ss",
                                  "\xE1\xBA\x9E",
                                  "\xC4\xB0",
                                  "i\xCC\x87",
                                  "i",
                                  "I",
                                  "\xC4\xB1",
                                  "\xC5\xBF",
                                  "s",
                                  "S",
                                  "\xCF\x82",
                                  "\xCF\x83",
                                  "\xCE\xA3",
                                  "\xC7\x85",
                                  "\xC7\x84",
                                  "\xC7\x86",
                                  "\xC3\xA9",
                                  "\xC3\x89",
                                  "e\xCC\x81",
                                  "\xF0\x9F\x98\x80",
                                  "\xF0\x9F\x98\x81",
                                  "\xED\xA0\x80",
                                  "\xED\xB0\x80",
                                  "\xF0\x90\x90\x80",
                                  "\xF0\x90\x90\xA8",
                                  "?",
                                  "true",
                                  "null",
                                  "5",
                                  "1.0",
                                  "abcdefghijklmnop",
                                  "abcdefghijklmnopq",
                                  "abcdefghijklmnopqrstuvwxyzabcdefghijklmnop",
                                  "abcdefghijklmnopqrstuvwxyzabcdefghijklmnoq",
                                  "ABCDEFGHijklmnopqrstuvwxyz",
                                  "prefix-one-two-three",
                                  "10.0.0.1",
                                  "010.0.0.1",
                                  "10.0.0.2",
                                  "10.1.0.1",
                                  "11.0.0.1",
                                  "255.255.255.255",
                                  "256.0.0.1",
                                  "1.2.3",
                                  "::1",
                                  "0:0:0:0:0:0:0:1",
                                  "::ffff:10.0.0.1",
                                  "::ffff:0a00:1",
                                  "0:0:0:0:0:ffff:a00:1",
                                  "fe80::1",
                                  "FE80::1",
                                  "fe80::2",
                                  "::",
                                  "line\nbreak",
                                  "tab\t",
                                  "\x01",
                                  "slash/",
                                  "{",
                                  "}",
                                  "[",
                                  "]",
                                  ",",
                                  "{\"a\":[",
                                  "\\\"",
                                  "ends with backslash\\"};

constexpr const char* kNumbers[] = {"0",
                                    "-0",
                                    "0.0",
                                    "-0.0e5",
                                    "1",
                                    "1.0",
                                    "1e0",
                                    "10e-1",
                                    "0.1e1",
                                    "100E-2",
                                    "-1",
                                    "2",
                                    "2.5",
                                    "3",
                                    "300",
                                    "3e2",
                                    "3.0E+2",
                                    "299.99999999999994",
                                    "300.00000000000006",
                                    "0.1",
                                    "0.2",
                                    "0.3",
                                    "0.30000000000000004",
                                    "9007199254740992",
                                    "9007199254740993",
                                    "300000000000000000000",
                                    "3e20",
                                    "12345678901234567890",
                                    "1e400",
                                    "-1e400",
                                    "1e-400",
                                    "0e400",
                                    "5e-324",
                                    "4e-324",
                                    "1.7976931348623157e308",
                                    "1.7976931348623159e308",
                                    "-122.42916360922355",
                                    "-122.41600944012424",
                                    "-122.42916360922356",
                                    "1e23",
                                    "100000000000000000000000",
                                    "9.999999999999999e22",
                                    "123456789012345",
                                    "1234567890123456",
                                    "0.00001",
                                    "1e-5",
                                    "123456.789",
                                    "1.9e20",
                                    "190000000000000000000"};

constexpr const char* kBlocks[] = {"10.0.0.0/8", "10.0.0.0/31", "10.0.0.1/24", "0.0.0.0/0",    "128.0.0.0/1",
                                   "fe80::/10",  "::/0",        "::1/127",     "::ffff:0:0/3", "10.1.0.0/9"};

}  // namespace

void CaseMaker::change_vocabulary() {
  const auto some_of = [this](const auto& all, std::size_t most) {
    std::vector<std::string> some;
    const std::size_t count = 1 + below(most);
    for (std::size_t i = 0; i < count; ++i) some.emplace_back(one_of(all));
    return some;
  };
  names_ = some_of(kNames, 5);
  texts_ = some_of(kTexts, 8);
  numbers_ = some_of(kNumbers, 8);
  if (chance(2)) {
    const double value = std::bit_cast<double>(random_());
    char text[40];
    if (std::isfinite(value)) {
      std::snprintf(text, sizeof text, "%.17g", value);
      numbers_.emplace_back(text);
      const auto end = std::to_chars(text, text + sizeof text, value).ptr;
      numbers_.emplace_back(text, end);
    }
  }
}

std::string CaseMaker::space() {
  return chance(12) ? std::string(1 + below(chance(20) ? 80 : 2), " \n\t\r"[below(4)]) : "";
}

// Every character as it is, or as one of its escapes.
std::string CaseMaker::spelled(const std::string& utf8) {
  const bool likes_escapes = chance(8);
  std::string result = "\"";
  char escape[16];
  for (std::size_t at = 0; at < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[at]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    unsigned code = length == 1 ? lead : lead & (0x7Fu >> length);
    for (std::size_t i = 1; i < length; ++i) code = code << 6 | (static_cast<unsigned char>(utf8[at + i]) & 0x3F);
    const bool must = code < 0x20 || code == '"' || code == '\\' || (code >= 0xD800 && code < 0xE000);
    if (!must && !(likes_escapes && chance(3))) {
      result.append(utf8, at, length);
    } else if ((code == '"' || code == '\\' || code == '/') && chance(2)) {
      result += {'\\', static_cast<char>(code)};
    } else if (code >= 0x10000) {
      std::snprintf(escape, sizeof escape, "\\u%04X\\u%04x", 0xD800 + ((code - 0x10000) >> 10),
                    0xDC00 + (code & 0x3FF));
      result += escape;
    } else {
      std::snprintf(escape, sizeof escape, chance(2) ? "\\u%04x" : "\\u%04X", code);
      result += escape;
    }
    at += length;
  }
  return result + "\"";
}

std::string CaseMaker::name() { return spelled(one_of(names_)); }

std::string CaseMaker::raw_text() {
  std::string text = chance(20) ? std::string(one_of(kTexts)) : one_of(texts_);
  if (chance(5)) text += one_of(texts_);
  if (chance(300)) text.insert(0, std::string(60 + below(80), 'a'));
  return text;
}
std::string CaseMaker::text() { return spelled(raw_text()); }

// Cut between characters, so that it stays UTF-8.
std::string CaseMaker::part_of_text() {
  const std::string whole = raw_text();
  const auto cut = [&](std::size_t at) {
    while (at < whole.size() && (static_cast<unsigned char>(whole[at]) & 0xC0) == 0x80) ++at;
    return at;
  };
  const std::size_t from = chance(2) ? 0 : cut(below(whole.size() + 1));
  const std::size_t to = chance(2) ? whole.size() : cut(from + below(whole.size() - from + 1));
  return whole.substr(from, to - from);
}

std::string CaseMaker::wildcard() {
  std::string result;
  const std::size_t pieces = 1 + below(3);
  for (std::size_t i = 0; i < pieces; ++i) {
    if (chance(2) && !result.ends_with('*')) result += '*';
    for (const char c : part_of_text()) {
      if (c == '*' || c == '\\') result += '\\';
      result += c;
    }
  }
  if (chance(2) && !result.ends_with('*')) result += '*';
  return spelled(result);
}

std::string CaseMaker::number() {
  if (chance(10)) return one_of(kNumbers);
  if (chance(10)) return std::to_string(static_cast<int>(below(20)) - 10);
  return one_of(numbers_);
}

std::string CaseMaker::list_of(std::string (CaseMaker::*make)()) {
  std::string list = "[" + (this->*make)();
  while (chance(2)) list += "," + (this->*make)();
  return list + "]";
}

std::string CaseMaker::numeric() {
  const auto quoted = [](const char* sign) { return "\"" + std::string(sign) + "\","; };
  static constexpr const char* kSigns[] = {"<", "<=", ">", ">=", "="};
  if (chance(2)) return "[" + quoted(one_of(kSigns)) + number() + "]";
  std::string low = number();
  std::string high = number();
  if (std::strtod(low.c_str(), nullptr) > std::strtod(high.c_str(), nullptr)) std::swap(low, high);
  return "[" + quoted(chance(2) ? ">" : ">=") + low + "," + quoted(chance(2) ? "<" : "<=") + high + "]";
}

std::string CaseMaker::text_matcher() {
  switch (below(6)) {
    case 0: return "{\"prefix\":" + spelled(part_of_text()) + "}";
    case 1: return "{\"suffix\":" + spelled(part_of_text()) + "}";
    case 2: return "{\"equals-ignore-case\":" + text() + "}";
    case 3: return "{\"prefix\":{\"equals-ignore-case\":" + spelled(part_of_text()) + "}}";
    case 4: return "{\"suffix\":{\"equals-ignore-case\":" + spelled(part_of_text()) + "}}";
    default: return "{\"wildcard\":" + wildcard() + "}";
  }
}

std::string CaseMaker::anything_but() {
  static constexpr const char* kOperators[] = {"prefix", "suffix", "equals-ignore-case"};
  std::string value;
  switch (below(6)) {
    case 0: value = text(); break;
    case 1: value = number(); break;
    case 2: value = list_of(&CaseMaker::text); break;
    case 3: value = list_of(&CaseMaker::number); break;
    case 4: value = "{\"wildcard\":" + (chance(2) ? wildcard() : list_of(&CaseMaker::wildcard)) + "}"; break;
    default:
      value = std::string("{\"") + one_of(kOperators) + "\":" + (chance(2) ? text() : list_of(&CaseMaker::text)) + "}";
  }
  return "{\"anything-but\":" + value + "}";
}

std::string CaseMaker::matcher() {
  static constexpr const char* kLiterals[] = {"true", "false", "null"};
  switch (below(12)) {
    case 0:
    case 1:
    case 2: return text();
    case 3: return number();
    case 4: return one_of(kLiterals);
    case 5:
    case 6: return text_matcher();
    case 7: return "{\"numeric\":" + numeric() + "}";
    case 8: return anything_but();
    case 9: return chance(2) ? "{\"exists\":true}" : "{\"exists\":false}";
    case 10: return "{\"cidr\":\"" + std::string(one_of(kBlocks)) + "\"}";
    default: return chance(2) ? "{\"exists\":false}" : "{\"exactly\":" + text() + "}";
  }
}

std::string CaseMaker::value_list() {
  std::string list = "[" + space() + matcher();
  while (chance(3)) list += "," + space() + matcher();
  return list + "]";
}

std::string CaseMaker::field(int depth, bool inside_or) {
  std::string result = name() + space() + ":" + space();
  return result + (depth > 0 && chance(2) ? pattern_object(depth - 1, inside_or) : value_list());
}

std::string CaseMaker::pattern_object(int depth, bool inside_or) {
  std::string object = "{" + field(depth, inside_or);
  while (chance(2)) object += "," + field(depth, inside_or);
  if (chance(inside_or ? 10 : 5)) {
    object += ",\"$or\":[" + pattern_object(depth, true) + "," + pattern_object(depth, true);
    while (chance(4)) object += "," + pattern_object(depth, true);
    object += "]";
  }
  return object + "}";
}

std::string CaseMaker::pattern() { return space() + pattern_object(static_cast<int>(below(3)), false); }

std::string CaseMaker::leaf() {
  static constexpr const char* kLiterals[] = {"true", "false", "null"};
  const std::size_t kind = below(8);
  if (kind < 5) return text();
  return kind < 7 ? number() : std::string(one_of(kLiterals));
}

std::string CaseMaker::event_value(int depth) {
  if (depth == 0 || chance(3)) return leaf();
  if (chance(2)) return event_object(depth - 1);
  std::string array = "[" + space();
  for (std::size_t left = below(5); left > 0; --left) {
    array += event_value(depth - 1) + space();
    if (left > 1) array += "," + space();
  }
  return array + "]";
}

std::string CaseMaker::event_object(int depth) {
  std::string object = "{" + space();
  for (std::size_t left = below(5); left > 0; --left) {
    object += name() + space() + ":" + space() + event_value(depth) + space();
    if (left > 1) object += "," + space();
  }
  return object + "}";
}

std::string CaseMaker::event() { return space() + event_object(1 + static_cast<int>(below(4))) + space(); }

}  // namespace waybill::fuzz
