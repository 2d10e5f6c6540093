#include "match/rule_group.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <sstream>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace waybill::bench {
namespace {

constexpr std::array kCombination = {"NUMERIC",
                                     "EXACT",
                                     "PREFIX",
                                     "ANYTHING_BUT",
                                     "ANYTHING_BUT_IGNORE_CASE",
                                     "ANYTHING_BUT_PREFIX",
                                     "ANYTHING_BUT_SUFFIX",
                                     "ANYTHING_BUT_WILDCARD",
                                     "COMPLEX_ARRAYS"};

void add_combination(std::vector<RuleGroup>& groups, const char* name, std::size_t classes) {
  RuleGroup all{name, {}, {}};
  for (const char* one : std::span(kCombination).first(classes)) {
    const auto found =
        std::find_if(groups.begin(), groups.end(), [one](const auto& group) { return group.name == one; });
    if (found == groups.end()) return;
    all.patterns.insert(all.patterns.end(), found->patterns.begin(), found->patterns.end());
    all.wanted.insert(all.wanted.end(), found->wanted.begin(), found->wanted.end());
  }
  groups.push_back(std::move(all));
}

std::vector<RuleGroup> read_classes(const std::string& text) {
  std::vector<RuleGroup> groups;
  for (const auto& one : nlohmann::json::parse(text)) {
    groups.push_back({one.at("class"), one.at("rules"), one.value("wanted", std::vector<std::uint64_t>())});
    if (!groups.back().wanted.empty() && groups.back().wanted.size() != groups.back().patterns.size()) {
      throw std::runtime_error(groups.back().name + ": as many counts are wanted as there are rules");
    }
  }
  add_combination(groups, "PARTIAL_COMBO", kCombination.size() - 1);
  add_combination(groups, "COMBO", kCombination.size());
  return groups;
}

std::vector<RuleGroup> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot open " + path.string());
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (text.starts_with('[')) {
    try {
      return read_classes(text);
    } catch (const nlohmann::json::exception& error) {
      throw std::runtime_error(path.string() + ": " + error.what());
    }
  }
  RuleGroup group{path.stem().string(), {}, {}};
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) group.patterns.push_back(line);
  }
  return {std::move(group)};
}

}  // namespace

std::vector<RuleGroup> read_rule_groups(const std::string& path) {
  if (!std::filesystem::is_directory(path)) return read_file(path);
  std::vector<RuleGroup> groups;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    const auto extension = entry.path().extension();
    if (extension != ".txt" && extension != ".json") continue;
    for (RuleGroup& group : read_file(entry.path())) groups.push_back(std::move(group));
  }
  const auto size_then_name = [](const RuleGroup& left, const RuleGroup& right) {
    return std::pair(left.patterns.size(), left.name) < std::pair(right.patterns.size(), right.name);
  };
  std::sort(groups.begin(), groups.end(), size_then_name);
  return groups;
}

}  // namespace waybill::bench
