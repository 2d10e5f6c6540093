#include "template/allowed_pattern.h"

#include <algorithm>
#include <regex>

namespace waybill::templates {

namespace {

constexpr std::size_t kLongestPattern = 1024;
// The library reads groups recursively.
constexpr int kDeepestGroup = 40;

int group_depth(const std::string& pattern) {
  int depth = 0;
  int deepest = 0;
  for (const char c : pattern) {
    if (c == '(') deepest = std::max(deepest, ++depth);
    if (c == ')' && depth > 0) --depth;
  }
  return deepest;
}

}  // namespace

Result<bool> matches_whole(const std::string& pattern, const std::string& value) {
  if (pattern.size() > kLongestPattern) return invalid("is longer than " + std::to_string(kLongestPattern) + " bytes");
  if (group_depth(pattern) > kDeepestGroup) return invalid("has groups nested too deep");
  try {
    // __polynomial: breadth first, so that a pattern like (a+)+b cannot hang the daemon.
    const std::regex regex(pattern, std::regex::ECMAScript | std::regex_constants::__polynomial);
    return std::regex_match(value, regex);
  } catch (const std::regex_error& error) {
    return invalid(std::string("is not a regular expression that can be used here: ") + error.what());
  }
}

}  // namespace waybill::templates
