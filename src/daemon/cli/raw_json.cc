#include "daemon/cli/raw_json.h"

#include <algorithm>

#include "base/json_text.h"
#include "pattern/json_reader.h"

namespace waybill::cli {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::size_t skip_space(std::string_view text, std::size_t at) {
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}

// All of these stop at the end of the text when it is broken; whoever cuts checks the piece, or the whole before.
std::size_t skip_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

std::size_t skip_brackets(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = skip_string(text, at);
      continue;
    }
    ++at;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at;
  }
  return at;
}

std::size_t skip_value(std::string_view text, std::size_t at) {
  const char first = text[at];
  if (first == '{' || first == '[') return skip_brackets(text, at);
  if (first == '"') return skip_string(text, at);
  const std::size_t end = text.find_first_of(" \t\r\n,:{}[]\"", at);
  return std::max(std::min(end, text.size()), at + 1);
}

}  // namespace

std::vector<RawMember> raw_members(std::string_view object) {
  std::vector<RawMember> members;
  std::size_t at = skip_space(object, 1);
  while (at < object.size() && object[at] == '"') {
    const std::size_t name_end = skip_string(object, at);
    RawMember& member = members.emplace_back();
    member.name = raw_text(object.substr(at, name_end - at));
    at = skip_space(object, skip_space(object, name_end) + 1);  // over the colon
    const std::size_t end = skip_value(object, at);
    member.value = object.substr(at, end - at);
    at = skip_space(object, skip_space(object, end) + 1);  // over the comma
  }
  return members;
}

std::vector<std::string_view> raw_elements(std::string_view array) {
  std::vector<std::string_view> elements;
  std::size_t at = skip_space(array, 1);
  while (at < array.size() && array[at] != ']') {
    const std::size_t end = skip_value(array, at);
    elements.push_back(array.substr(at, end - at));
    at = skip_space(array, end);
    if (at >= array.size() || array[at] == ']') break;
    at = skip_space(array, at + 1);
  }
  return elements;
}

std::optional<std::string_view> find_raw(const std::vector<RawMember>& members, std::string_view name) {
  const auto found =
      std::find_if(members.rbegin(), members.rend(), [&](const RawMember& member) { return member.name == name; });
  if (found == members.rend()) return std::nullopt;
  return found->value;
}

std::string raw_text(std::string_view value) { return pattern::decode_json_string(value.substr(1, value.size() - 2)); }

Result<std::vector<std::string_view>> raw_values(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (!is_valid_utf8(text)) return invalid("it is not UTF-8");
  std::vector<std::string_view> values;
  std::size_t at = skip_space(text, text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
  while (at < text.size()) {
    const std::size_t end = skip_value(text, at);
    const std::string_view value = text.substr(at, end - at);
    if (!is_json(value)) {
      const auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n') + 1;
      return invalid("what starts in line " + std::to_string(line) + " is no JSON");
    }
    values.push_back(value);
    at = skip_space(text, end);
  }
  return values;
}

}  // namespace waybill::cli
