#include <iostream>

#include <nlohmann/json.hpp>

#include "daemon/cli/daemon_client.h"
#include "daemon/cli/input.h"
#include "daemon/cli/text_table.h"
#include "daemon/cli/verbs.h"

namespace waybill::cli {

namespace {

struct EnvOptions {
  std::string endpoint;
  std::string region;
};

struct SettingsOptions {
  bool yaml = false;
  bool markdown = false;
};

// A text of the status of the daemon that runs there; without one, the default.
std::string text_at(const nlohmann::json& status, const char* member, const std::string& fallback) {
  if (!status.is_object() || !status.contains(member) || !status[member].is_string()) return fallback;
  return status[member];
}

nlohmann::json status_at(const std::string& endpoint) {
  const auto body = DaemonClient(endpoint, std::chrono::milliseconds(500)).get("/_waybill/status");
  return body ? nlohmann::json::parse(*body, nullptr, false) : nlohmann::json();
}

// As a word of the shell, whatever is in it.
std::string quoted(const std::string& text) {
  const bool plain = text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:/.-_[]%") ==
                     std::string::npos;
  if (plain && text.find_first_of("[]") == std::string::npos) return text;
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

Result<int> run_env(const EnvOptions& options) {
  const std::string endpoint = DaemonClient(options.endpoint).endpoint();
  const nlohmann::json status = status_at(endpoint);
  const std::string region = quoted(options.region.empty() ? text_at(status, "region", "us-east-1") : options.region);
  if (text_at(status, "clock", "system") == "virtual") {
    std::cout << "# this daemon's clock is virtual and shows " << printable(text_at(status, "now", ""))
              << "; see waybill clock\n";
  }
  std::cout
      << "export AWS_ENDPOINT_URL=" << quoted(endpoint) << "\n"
      << "export AWS_DEFAULT_REGION=" << region << "\n"
      << "export AWS_REGION=" << region << "\n"
      << "export AWS_ACCESS_KEY_ID=waybill\n"
      << "export AWS_SECRET_ACCESS_KEY=waybill\n"
      << "# AWS CLI before 2.13 and older SDKs do not know AWS_ENDPOINT_URL: give --endpoint-url, or use awslocal\n"
      << "alias awslocal=" << quoted("aws --endpoint-url " + quoted(endpoint)) << "\n";
  return kOk;
}

Result<int> run_settings(const SettingsOptions& options) {
  if (options.yaml || options.markdown) {
    std::cout << (options.yaml ? settings_as_yaml() : settings_as_markdown());
    return kOk;
  }
  std::size_t widest = 0;
  for (const SettingSpec& spec : setting_specs()) widest = std::max(widest, std::string(spec.name).size());
  for (const SettingSpec& spec : setting_specs()) {
    const std::string fallback = *spec.fallback ? spec.fallback : "(empty)";
    const std::string unit = *spec.unit ? std::string(" ") + spec.unit : "";
    const std::string name = spec.name;
    std::cout << name << std::string(widest - name.size() + 2, ' ') << fallback << unit << "\n"
              << std::string(widest + 2, ' ') << spec.doc << "\n";
  }
  return kOk;
}

constexpr const char* kEnvExamples =
    R"text(Prints shell lines that point the AWS CLI and SDKs at the daemon: endpoint, region (that of the daemon
when it runs) and credentials, which may be any.

Examples:
  eval "$(waybill env)"
  aws --endpoint-url "$AWS_ENDPOINT_URL" events put-events --entries file://entries.json)text";

constexpr const char* kSettingsExamples =
    R"(Prints every setting with its default. Set them with --set name=value, as WAYBILL_NAME in the environment
(dots as underscores), or in a file.

Examples:
  waybill settings
  waybill settings --yaml > waybill.yaml)";

}  // namespace

void add_env(CLI::App& root, Choice& choice) {
  const auto env = std::make_shared<EnvOptions>();
  CLI::App* verb = add_verb(root, choice, "env", "Print what points the AWS CLI and SDKs at a daemon", env, run_env);
  verb->footer(kEnvExamples);
  add_endpoint(*verb, env->endpoint);
  verb->add_option("--region", env->region, "Region, default that of the daemon")->type_name("R");

  const auto settings = std::make_shared<SettingsOptions>();
  verb = add_verb(root, choice, "settings", "List the settings with their defaults", settings, run_settings);
  verb->footer(kSettingsExamples);
  CLI::Option* yaml = verb->add_flag("--yaml", settings->yaml, "As a settings file");
  verb->add_flag("--markdown", settings->markdown, "As the reference page")->excludes(yaml);
}

}  // namespace waybill::cli
