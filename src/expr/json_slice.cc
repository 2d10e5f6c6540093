#include "expr/json_slice.h"

#include "pattern/json_reader.h"

namespace waybill::expr {
namespace {

// Behind the closing quote of the string that begins at `at`.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at + 1;
}

std::size_t end_of_brackets(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  for (;;) {
    at = text.find_first_of("\"{}[]", at);
    if (text[at] == '"') {
      at = end_of_string(text, at);
      continue;
    }
    depth += text[at] == '{' || text[at] == '[' ? 1 : std::size_t(-1);
    ++at;
    if (depth == 0) return at;
  }
}

bool is_named(std::string_view quoted, std::string_view name) {
  const std::string_view raw = quoted.substr(1, quoted.size() - 2);
  if (raw.find('\\') == std::string_view::npos) return raw == name;
  return pattern::decode_json_string(raw) == name;
}

}  // namespace

std::string_view json_value_at(std::string_view text, std::size_t at) {
  std::size_t end = 0;
  switch (text[at]) {
    case '"': end = end_of_string(text, at); break;
    case '{':
    case '[': end = end_of_brackets(text, at); break;
    default: end = text.find_first_of(",]}", at);
  }
  return text.substr(at, end == std::string_view::npos ? end : end - at);
}

std::optional<std::string_view> json_member(std::string_view value, std::string_view name) {
  std::optional<std::string_view> found;
  if (!value.starts_with('{')) return found;
  for (std::size_t at = 1; value[at] != '}';) {
    const std::string_view key = json_value_at(value, at);
    const std::string_view member = json_value_at(value, at + key.size() + 1);
    if (is_named(key, name)) found = member;
    at += key.size() + 1 + member.size();
    if (value[at] == ',') ++at;
  }
  return found;
}

std::optional<std::vector<std::string_view>> json_elements(std::string_view value) {
  if (!value.starts_with('[')) return std::nullopt;
  std::vector<std::string_view> elements;
  for (std::size_t at = 1; value[at] != ']';) {
    elements.push_back(json_value_at(value, at));
    at += elements.back().size();
    if (value[at] == ',') ++at;
  }
  return elements;
}

}  // namespace waybill::expr
