#include "expr/input_path.h"

#include <charconv>
#include <utility>

#include "base/ascii.h"
#include "expr/json_slice.h"

namespace waybill::expr {
namespace {

bool is_path_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '/';
}

std::string_view take_name(std::string_view& text) {
  std::size_t size = 0;
  while (size < text.size() && is_path_character(text[size])) ++size;
  const std::string_view name = text.substr(0, size);
  text.remove_prefix(size);
  return name;
}

}  // namespace

std::optional<InputPath> InputPath::parse(std::string_view text) {
  if (!text.starts_with('$')) return std::nullopt;
  text.remove_prefix(1);
  InputPath path;
  while (!text.empty()) {
    const char kind = text[0];
    text.remove_prefix(1);
    if (kind == '.') {
      const std::string_view name = take_name(text);
      if (name.empty()) return std::nullopt;
      path.steps_.emplace_back(std::string(name));
      continue;
    }
    const std::size_t end = text.find(']');
    if (kind != '[' || end == std::string_view::npos) return std::nullopt;
    const std::string_view inside = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (inside == "*") {
      path.steps_.emplace_back(All{});
      path.has_all_ = true;
      continue;
    }
    std::size_t index = 0;
    const auto [stop, error] = std::from_chars(inside.data(), inside.data() + inside.size(), index);
    if (error != std::errc{} || stop != inside.data() + inside.size()) return std::nullopt;
    path.steps_.emplace_back(index);
  }
  return path;
}

bool InputPath::collect(std::string_view value, std::size_t step, std::vector<std::string_view>& found) const {
  if (step == steps_.size()) {
    found.push_back(value);
    return true;
  }
  if (const auto* name = std::get_if<std::string>(&steps_[step])) {
    const auto member = json_member(value, *name);
    return member && collect(*member, step + 1, found);
  }
  const auto elements = json_elements(value);
  if (!elements) return false;
  if (const auto* index = std::get_if<std::size_t>(&steps_[step])) {
    return *index < elements->size() && collect((*elements)[*index], step + 1, found);
  }
  for (const std::string_view element : *elements) collect(element, step + 1, found);
  return true;
}

std::optional<std::string> InputPath::select(std::string_view event) const {
  std::vector<std::string_view> found;
  if (!collect(event, 0, found)) return std::nullopt;
  if (!has_all_) return std::string(found[0]);
  std::string array = "[";
  for (const std::string_view value : found) {
    if (array.size() > 1) array.push_back(',');
    array.append(value);
  }
  array.push_back(']');
  return array;
}

}  // namespace waybill::expr
