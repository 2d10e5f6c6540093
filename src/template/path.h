// Where in a template something stands: {"Resources", "Rule", "Properties", "Targets", "0", "Arn"}.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace waybill::templates {

using Path = std::vector<std::string>;

inline Path operator/(Path path, std::string_view token) {
  path.emplace_back(token);
  return path;
}
inline Path operator/(Path path, std::size_t index) {
  path.push_back(std::to_string(index));
  return path;
}

// For people: "Rule.Targets[0].Arn". A path inside an intrinsic function ends before it: the position tells the rest.
std::string display(const Path& path);

}  // namespace waybill::templates
