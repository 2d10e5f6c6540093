// The daemon's settings: one table from which defaults, validation, help and the reference page come.
// Precedence: flag (--set name=value, or a flag of its own) > environment (WAYBILL_NAME) > file > default.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/duration.h"
#include "base/result.h"

namespace waybill {

enum class SettingKind { text, number, flag, duration, list };

struct SettingSpec {
  const char* name;  // dotted, e.g. "retry.base"
  SettingKind kind;
  const char* fallback;  // default, as text
  const char* unit;      // "" or bytes, …; durations carry theirs: 500ms, 10s, 15m, 24h, 14d
  std::int64_t least;    // numbers and durations (milliseconds)
  std::int64_t most;
  const char* doc;
};

const std::vector<SettingSpec>& setting_specs();

class Settings {
 public:
  Settings();

  // Errors name the setting, the value, and what would be right; an unknown name gets the nearest one.
  Status set(const std::string& name, const std::string& value);
  // A YAML file: nested maps are dotted names, lists are lists. `parameters:` holds template parameters. A name may be
  // given once.
  Status load_file(const std::string& path);
  // WAYBILL_RETRY_BASE is retry.base. Variables that name no setting are left alone.
  Status load_environment(const std::map<std::string, std::string>& environment);

  const std::string& text(const std::string& name) const;
  std::int64_t number(const std::string& name) const;
  bool flag(const std::string& name) const;
  Millis duration(const std::string& name) const;
  std::vector<std::string> list(const std::string& name) const;  // separated by commas
  const std::map<std::string, std::string>& parameters() const { return parameters_; }

 private:
  std::map<std::string, std::string> values_;
  std::map<std::string, std::string> parameters_;
};

// config/waybill.yaml and docs/settings.md are made from the table; tests hold them to it.
std::string settings_as_yaml();
std::string settings_as_markdown();

}  // namespace waybill
