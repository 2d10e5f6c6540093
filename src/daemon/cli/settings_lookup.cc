#include "daemon/cli/settings_lookup.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include "daemon/listen_address.h"
#include "daemon/web_topics.h"
#include "net/host_policy.h"

namespace waybill::cli {

namespace {

// "" when it is not set, or empty, which is as good as not set.
std::string variable(const Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? "" : found->second;
}

Result<std::string> find_file(const SettingsRequest& request, const Environment& environment,
                              const std::vector<std::string>& places) {
  const auto named = [](const std::string& path, const std::string& by) -> Result<std::string> {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(path, ignored)) return path;
    return invalid(by + " names '" + path + "', which is no file");
  };
  if (request.config) return named(*request.config, "--config");
  if (const std::string path = variable(environment, "WAYBILL_CONFIG"); !path.empty()) {
    return named(path, "$WAYBILL_CONFIG");
  }
  for (const std::string& place : places) {
    std::error_code ignored;
    if (std::filesystem::exists(place, ignored)) return place;
  }
  return std::string();
}

bool is_account(const std::string& text) {
  return text.size() == 12 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_region(const std::string& text) {
  const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), good);
}

Status check_choice(const Settings& settings, const std::string& name, const std::vector<std::string>& choices) {
  const std::string& value = settings.text(name);
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) return {};
  std::string list;
  for (const std::string& choice : choices) list += (list.empty() ? "" : ", ") + choice;
  return invalid("setting " + name + " is '" + value + "'; it must be one of " + list);
}

// Without it every call over TLS would fail, one after the other.
Status check_ca_file(const std::string& file) {
  if (file.empty() || std::ifstream(file).is_open()) return {};
  return invalid("setting outbound.ca_file is '" + file + "', which cannot be read: " + std::strerror(errno));
}

// What the table of settings cannot say of a text.
Status check_texts(const Settings& settings) {
  const std::string& account = settings.text("account_id");
  if (!is_account(account)) return invalid("setting account_id is '" + account + "'; it must be 12 digits");
  const std::string& region = settings.text("region");
  if (!is_region(region)) {
    return invalid("setting region is '" + region + "'; it must be small letters, digits and hyphens, e.g. us-east-1");
  }
  WAYBILL_CHECK(check_choice(settings, "templates.unknown", {"error", "warn"}));
  WAYBILL_CHECK(check_choice(settings, "log.level", {"trace", "debug", "info", "warn", "error", "off"}));
  WAYBILL_CHECK(check_choice(settings, "log.format", {"text", "json"}));
  WAYBILL_CHECK(check_choice(settings, "log.functions", {"debug", "info", "warn", "error"}));
  WAYBILL_CHECK(check_choice(settings, "clock", {"system", "virtual"}));
  WAYBILL_CHECK(check_choice(settings, "tenancy", {"single", "aws"}));
  WAYBILL_CHECK(check_choice(settings, "retries", {"single", "aws"}));
  WAYBILL_CHECK(net::HostPolicy::check(settings.list("allowed_hosts")));
  if (const auto topics = web_topic_setup(settings); !topics) return topics.error();
  WAYBILL_CHECK(check_ca_file(settings.text("outbound.ca_file")));
  return check_listen(settings);
}

}  // namespace

Environment process_environment() {
  Environment environment;
  for (char** each = ::environ; each && *each; ++each) {
    const std::string entry = *each;
    const std::size_t equals = entry.find('=');
    if (equals != std::string::npos) environment.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return environment;
}

const std::vector<std::string>& config_places() {
  static const std::vector<std::string> kPlaces{"waybill.yaml", "/etc/waybill/waybill.yaml"};
  return kPlaces;
}

Result<FoundSettings> find_settings(const SettingsRequest& request, const Environment& environment,
                                    const std::vector<std::string>& places) {
  FoundSettings found;
  WAYBILL_TRY(found.file, find_file(request, environment, places));
  if (!found.file.empty()) WAYBILL_CHECK(found.settings.load_file(found.file));
  WAYBILL_CHECK(found.settings.load_environment(environment));
  for (const auto& [name, value] : request.flags) WAYBILL_CHECK(found.settings.set(name, value));
  WAYBILL_CHECK(check_texts(found.settings));
  return found;
}

Result<std::string> default_data_dir(const Environment& environment) {
  // systemd gives several, separated by colons, to a unit with several.
  const std::string state = variable(environment, "STATE_DIRECTORY");
  if (!state.empty()) return state.substr(0, state.find(':'));
  const std::string xdg = variable(environment, "XDG_STATE_HOME");
  if (xdg.starts_with('/')) return xdg + "/waybill";  // the XDG rule: a relative path is ignored
  const std::string home = variable(environment, "HOME");
  if (home.starts_with('/')) return home + "/.local/state/waybill";
  return invalid(
      "there is no directory for the data: neither STATE_DIRECTORY, XDG_STATE_HOME nor HOME is set; name one "
      "with --data-dir");
}

Result<std::pair<std::string, std::string>> parse_assignment(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return invalid("'" + text + "' is not of the form name=value, e.g. retry.base=500ms");
  }
  return std::pair{text.substr(0, equals), text.substr(equals + 1)};
}

}  // namespace waybill::cli
