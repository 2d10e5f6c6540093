#include <algorithm>

#include "daemon/cli/daemon_client.h"
#include "daemon/cli/verbs.h"

namespace waybill::cli {

namespace {

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ",") + part;
  return text;
}

}  // namespace

void add_endpoint(CLI::App& verb, std::string& endpoint) {
  endpoint = kDefaultEndpoint;
  verb.add_option("--endpoint", endpoint, "Daemon to talk to")
      ->envname("WAYBILL_ENDPOINT")
      ->type_name("URL")
      ->capture_default_str();
}

void add_settings_flags(CLI::App& verb, SettingsFlags& flags) {
  verb.add_option("--config", flags.config,
                  "Settings; else $WAYBILL_CONFIG, ./waybill.yaml or /etc/waybill/waybill.yaml")
      ->type_name("FILE");
  verb.add_option("--rules", flags.rules, "CloudFormation templates: files, or directories of them")->type_name("DIR");
  verb.add_option("--plugins", flags.plugins, "Handler plugins: shared objects, or directories of them")
      ->type_name("DIR");
  verb.add_option("--account-id", flags.account_id, "Account of the resources: 12 digits")->type_name("N");
  verb.add_option("--region", flags.region, "Region of the resources")->type_name("R");
  verb.add_option("--set", flags.sets, "Any setting by name; `waybill settings` lists them")
      ->type_name("name=value")
      ->check([](const std::string& text) -> std::string {
        const auto assignment = parse_assignment(text);
        return assignment ? "" : assignment.error().message;
      });
}

SettingsRequest SettingsFlags::request() const {
  SettingsRequest request;
  if (!config.empty()) request.config = config;
  for (const std::string& text : sets) {
    if (auto assignment = parse_assignment(text)) request.flags.push_back(std::move(*assignment));
  }
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) request.flags.emplace_back(name, value);
  };
  add("rules", joined(rules));
  add("plugins", joined(plugins));
  add("account_id", account_id);
  add("region", region);
  return request;
}

}  // namespace waybill::cli
