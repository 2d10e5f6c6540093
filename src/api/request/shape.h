// The request model as data: what members an operation takes and what holds for each (contract sections 2 and 3). All
// tables are constants; shapes and members are pointed to and never die.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace waybill::api {

enum class Kind { string, integer, boolean, timestamp, structure, list, map };

// A regular expression as AWS prints it, and a matcher of the whole text for it. Matchers are written by hand and
// linear: std::regex recurses over its text.
struct Pattern {
  std::string_view text;
  bool (*matches)(std::string_view);
};

// Of an integer its value, of a string its code points, of lists and maps their elements.
struct Range {
  std::optional<std::int64_t> least{}, most{};
};

struct Shape;

struct Member {
  std::string_view name;  // as on the wire
  const Shape& shape;
  bool required = false;
};

struct Shape {
  Kind kind = Kind::string;
  Range range{};
  const Pattern* pattern = nullptr;
  std::span<const std::string_view> values{};  // of an enum, in the order in which AWS prints them
  bool sensitive = false;                      // never printed
  std::string_view name{};                     // of a structure, as AWS prints it
  std::span<const Member> members{};           // of a structure, in the order of declaration
  const Shape* key = nullptr;                  // of a map
  const Shape* element = nullptr;              // of a list or a map
};

constexpr Shape text(Range length, const Pattern* pattern = nullptr) { return {.range = length, .pattern = pattern}; }
constexpr Shape at_most(std::int64_t length, const Pattern* pattern = nullptr) {
  return text({.most = length}, pattern);
}
constexpr Shape integer(Range value) { return {.kind = Kind::integer, .range = value}; }
constexpr Shape one_of(std::span<const std::string_view> values) { return {.values = values}; }
constexpr Shape structure(std::string_view name, std::span<const Member> members) {
  return {.kind = Kind::structure, .name = name, .members = members};
}
constexpr Shape list_of(const Shape& element, Range size = {}) {
  return {.kind = Kind::list, .range = size, .element = &element};
}
constexpr Shape map_of(const Shape& key, const Shape& value, Range size = {}) {
  return {.kind = Kind::map, .range = size, .key = &key, .element = &value};
}
constexpr Shape secret(Shape shape) {
  shape.sensitive = true;
  return shape;
}

}  // namespace waybill::api
