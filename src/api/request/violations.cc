#include "api/request/violations.h"

#include <spdlog/fmt/fmt.h>

namespace waybill::api {

void Violations::add(std::string_view value, std::string_view path, std::string_view constraint) {
  ++count_;
  if (full()) return;
  if (!items_.empty()) items_ += "; ";
  fmt::format_to(std::back_inserter(items_), "Value '{}' at '{}' failed to satisfy constraint: {}", value, path,
                 constraint);
}

std::string Violations::message() const {
  if (count_ == 0) return "";
  return fmt::format("{} validation error{} detected: {}", count_, count_ == 1 ? "" : "s", items_);
}

std::string constraint_violation(std::string_view value, std::string_view path, std::string_view constraint) {
  Violations one;
  one.add(value, path, constraint);
  return one.message();
}

std::string length_at_most(std::int64_t most) {
  return fmt::format("Member must have length less than or equal to {}", most);
}
std::string length_at_least(std::int64_t least) {
  return fmt::format("Member must have length greater than or equal to {}", least);
}
std::string value_at_most(std::int64_t most) {
  return fmt::format("Member must have value less than or equal to {}", most);
}
std::string value_at_least(std::int64_t least) {
  return fmt::format("Member must have value greater than or equal to {}", least);
}
std::string must_match(std::string_view pattern) {
  return fmt::format("Member must satisfy regular expression pattern: {}", pattern);
}

}  // namespace waybill::api
