#include "daemon/settings.h"

#include <algorithm>
#include <charconv>

#include <yaml-cpp/yaml.h>

#include "base/edit_distance.h"

namespace waybill {

namespace {

constexpr std::string_view kParameters = "parameters.";

const SettingSpec* find_spec(const std::string& name) {
  for (const SettingSpec& spec : setting_specs()) {
    if (name == spec.name) return &spec;
  }
  return nullptr;
}

std::string nearest_setting(const std::string& name) {
  const auto& specs = setting_specs();
  const auto best = std::min_element(specs.begin(), specs.end(), [&](const SettingSpec& a, const SettingSpec& b) {
    return edit_distance(name, a.name) < edit_distance(name, b.name);
  });
  return best->name;
}

Result<std::int64_t> parse_number(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size()) return invalid("it is no whole number");
  return number;
}

Status check(const SettingSpec& spec, const std::string& value) {
  if (spec.kind == SettingKind::flag && value != "true" && value != "false") return invalid("it must be true or false");
  if (spec.kind != SettingKind::number && spec.kind != SettingKind::duration) return {};
  std::int64_t number = 0;
  if (spec.kind == SettingKind::duration) {
    WAYBILL_TRY(const Millis duration, parse_duration(value));
    number = duration.count();
  } else {
    WAYBILL_TRY(number, parse_number(value));
  }
  if (number >= spec.least && number <= spec.most) return {};
  const char* unit = spec.kind == SettingKind::duration ? " ms" : "";
  return invalid("it must lie between " + std::to_string(spec.least) + unit + " and " + std::to_string(spec.most) +
                 unit);
}

using Lines = std::map<std::string, int>;  // where each setting of a file was given

// YAML takes the last of equal keys; here it is more likely that somebody overlooked the first.
Status note_line(const std::string& name, const YAML::Node& node, Lines& given) {
  const int line = node.Mark().line + 1;
  const auto [first, is_new] = given.emplace(name, line);
  if (is_new) return {};
  return invalid("line " + std::to_string(line) + ": " + name + " is given already in line " +
                 std::to_string(first->second) + "; keep one of them");
}

Status flatten(const YAML::Node& node, const std::string& prefix, Settings& into, Lines& given) {
  if (node.IsMap()) {
    for (const auto& member : node) {
      const auto name = member.first.as<std::string>();
      WAYBILL_CHECK(flatten(member.second, prefix.empty() ? name : prefix + "." + name, into, given));
    }
    return {};
  }
  WAYBILL_CHECK(note_line(prefix, node, given));
  std::string value;
  if (node.IsSequence()) {
    for (const auto& each : node) value += (value.empty() ? "" : ",") + each.as<std::string>();
  } else if (node.IsScalar()) {
    value = node.as<std::string>();
  } else {
    return {};  // a name without a value keeps its default
  }
  if (Status set = into.set(prefix, value); !set) {
    return invalid("line " + std::to_string(node.Mark().line + 1) + ": " + set.error().message);
  }
  return {};
}

}  // namespace

Settings::Settings() {
  for (const SettingSpec& spec : setting_specs()) values_[spec.name] = spec.fallback;
}

Status Settings::set(const std::string& name, const std::string& value) {
  if (name.starts_with(kParameters)) {
    parameters_[name.substr(kParameters.size())] = value;
    return {};
  }
  const SettingSpec* spec = find_spec(name);
  if (!spec) return invalid("there is no setting '" + name + "'; the nearest one is '" + nearest_setting(name) + "'");
  if (Status good = check(*spec, value); !good) {
    return invalid("setting " + name + " is '" + value + "'; " + good.error().message);
  }
  values_[name] = value;
  return {};
}

Status Settings::load_file(const std::string& path) {
  try {
    const YAML::Node root = YAML::LoadFile(path);
    if (root.IsNull()) return {};
    if (!root.IsMap()) return invalid(path + ": a map of settings is needed, e.g. 'listen: 127.0.0.1:4566'");
    Lines given;
    if (Status flat = flatten(root, "", *this, given); !flat) return invalid(path + ": " + flat.error().message);
    return {};
  } catch (const YAML::Exception& error) {
    return invalid(path + ": " + error.what());
  }
}

Status Settings::load_environment(const std::map<std::string, std::string>& environment) {
  for (const SettingSpec& spec : setting_specs()) {
    std::string variable = "WAYBILL_";
    for (const char* c = spec.name; *c; ++c) {
      variable += *c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(*c)));
    }
    const auto found = environment.find(variable);
    if (found == environment.end()) continue;
    if (Status good = set(spec.name, found->second); !good) return invalid(variable + ": " + good.error().message);
  }
  return {};
}

const std::string& Settings::text(const std::string& name) const { return values_.at(name); }
std::int64_t Settings::number(const std::string& name) const { return *parse_number(values_.at(name)); }
bool Settings::flag(const std::string& name) const { return values_.at(name) == "true"; }
Millis Settings::duration(const std::string& name) const { return *parse_duration(values_.at(name)); }

std::vector<std::string> Settings::list(const std::string& name) const {
  std::vector<std::string> parts;
  std::string_view rest = values_.at(name);
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    if (comma > 0) parts.emplace_back(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return parts;
}

}  // namespace waybill
