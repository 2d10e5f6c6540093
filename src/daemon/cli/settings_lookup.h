// Where the settings of one run come from: flag > environment > file > default.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "daemon/settings.h"

namespace waybill::cli {

using Environment = std::map<std::string, std::string>;
Environment process_environment();

struct SettingsRequest {
  std::optional<std::string> config;                       // --config
  std::vector<std::pair<std::string, std::string>> flags;  // setting and value; a later one wins
};

struct FoundSettings {
  Settings settings;
  std::string file;  // the one that was read, "" for none
};

// Where the file is looked for when neither --config nor $WAYBILL_CONFIG names one.
const std::vector<std::string>& config_places();

// A file that was named must be there; of the places the first that exists counts. Errors: invalid, naming the setting
// and what would be right.
Result<FoundSettings> find_settings(const SettingsRequest& request, const Environment& environment,
                                    const std::vector<std::string>& places = config_places());

// $STATE_DIRECTORY (systemd), else $XDG_STATE_HOME/waybill, else ~/.local/state/waybill.
Result<std::string> default_data_dir(const Environment& environment);

// "name=value" of --set.
Result<std::pair<std::string, std::string>> parse_assignment(const std::string& text);

}  // namespace waybill::cli
