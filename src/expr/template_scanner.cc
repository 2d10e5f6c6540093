#include "expr/template_scanner.h"

#include "base/ascii.h"

namespace waybill::expr {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

bool is_placeholder_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.';
}

// "" when no placeholder begins at `at`.
std::string_view name_at(std::string_view text, std::size_t at) {
  if (text[at] != '<') return {};
  std::size_t end = at + 1;
  while (end < text.size() && is_placeholder_character(text[end])) ++end;
  return end < text.size() && text[end] == '>' ? text.substr(at + 1, end - at - 1) : std::string_view{};
}

}  // namespace

ScannedTemplate scan_template(std::string_view text) {
  ScannedTemplate result;
  const std::size_t start = text.find_first_not_of(kSpace);
  result.is_object = start != std::string_view::npos && text[start] == '{';
  bool in_quotes = false;
  bool is_filled = false;  // the string or value that was read last has a placeholder
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (const std::string_view name = name_at(text, at); !name.empty()) {
      result.placeholders.push_back({name, at, in_quotes});
      is_filled = true;
      at += name.size() + 1;
    } else if (c == '"') {
      in_quotes = !in_quotes;
      if (in_quotes) is_filled = false;
    } else if (in_quotes) {
      if (c == '\\') ++at;
    } else if (kSpace.find(c) == std::string_view::npos) {
      if (c == ':' && is_filled) result.has_placeholder_key = true;
      is_filled = false;
    }
  }
  return result;
}

}  // namespace waybill::expr
