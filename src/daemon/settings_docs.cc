#include "daemon/settings.h"

namespace waybill {

namespace {

std::string group_of(const std::string& name) {
  const std::size_t dot = name.find('.');
  return dot == std::string::npos ? "" : name.substr(0, dot);
}

std::string yaml_value(const SettingSpec& spec) {
  const std::string value = spec.fallback;
  if (spec.kind == SettingKind::list) {
    std::string items;
    for (const char c : value) items += c == ',' ? std::string("\", \"") : std::string(1, c);
    return items.empty() ? "[]" : "[\"" + items + "\"]";
  }
  if (spec.kind == SettingKind::text) return "\"" + value + "\"";
  return value;
}

}  // namespace

std::string settings_as_yaml() {
  std::string out =
      "# Waybill's settings, each with its default. A flag (--set name=value) beats an environment variable\n"
      "# (WAYBILL_NAME, dots as underscores), which beats this file.\n"
      "# Durations carry a unit: 500ms, 10s, 15m, 24h, 14d.\n";
  std::string group;
  for (const SettingSpec& spec : setting_specs()) {
    const std::string name = spec.name;
    const std::string of = group_of(name);
    if (of != group && !of.empty()) out += "\n" + of + ":\n";
    group = of;
    const std::string indent = of.empty() ? "" : "  ";
    const std::string leaf = of.empty() ? name : name.substr(of.size() + 1);
    const std::string unit = *spec.unit ? std::string(" (") + spec.unit + ")" : "";
    out += (of.empty() ? "\n" : "") + indent + "# " + spec.doc + unit + "\n";
    out += indent + leaf + ": " + yaml_value(spec) + "\n";
  }
  out += "\n# Parameters of the templates, by name.\nparameters: {}\n";
  return out;
}

std::string settings_as_markdown() {
  std::string out =
      "# Settings\n\n"
      "A flag (`--set name=value`) beats an environment variable (`WAYBILL_NAME`, dots as underscores), which\n"
      "beats the file, which beats the default. `waybill serve --help` says where the file is looked for.\n\n"
      "| setting | default | what it does |\n|---|---|---|\n";
  for (const SettingSpec& spec : setting_specs()) {
    const std::string fallback = *spec.fallback ? std::string("`") + spec.fallback + "`" : "";
    const std::string unit = *spec.unit ? std::string(" (") + spec.unit + ")" : "";
    out += std::string("| `") + spec.name + "` | " + fallback + " | " + spec.doc + unit + " |\n";
  }
  out += "| `parameters.<Name>` | | Value of a template parameter. |\n";
  return out;
}

}  // namespace waybill
