// The rules of a benchmark, in groups that are measured one by one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace waybill::bench {

struct RuleGroup {
  std::string name;
  std::vector<std::string> patterns;
  std::vector<std::uint64_t> wanted;  // matches of each pattern over all events; empty if the file does not say
};

// A file of classes ([{"class": …, "rules": […], "wanted": […]}, …]), a file with one pattern a line, or a folder of
// either. Where a file has all the classes that PARTIAL_COMBO and COMBO are made of, these are added.
// Throws std::runtime_error.
std::vector<RuleGroup> read_rule_groups(const std::string& path);

}  // namespace waybill::bench
