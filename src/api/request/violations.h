// The one message for all that a request breaks (contract section 2):
// "2 validation errors detected: Value 'a b' at 'name' failed to satisfy constraint: …; Value …".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace waybill::api {

// A hostile request breaks a constraint a million times, and each time its value is repeated: what would make the
// message longer than this is counted, but not shown.
inline constexpr std::size_t kMostMessageBytes = std::size_t{4} << 20;

class Violations {
 public:
  // `value` is "null" where a required member is missing.
  void add(std::string_view value, std::string_view path, std::string_view constraint);

  // "" when there was none.
  std::string message() const;
  bool full() const { return items_.size() >= kMostMessageBytes; }

 private:
  std::size_t count_ = 0;
  std::string items_;
};

// The message for a single violation.
std::string constraint_violation(std::string_view value, std::string_view path, std::string_view constraint);

inline constexpr std::string_view kMustNotBeNull = "Member must not be null";
std::string length_at_most(std::int64_t most);
std::string length_at_least(std::int64_t least);
std::string value_at_most(std::int64_t most);
std::string value_at_least(std::int64_t least);
std::string must_match(std::string_view pattern);

}  // namespace waybill::api
