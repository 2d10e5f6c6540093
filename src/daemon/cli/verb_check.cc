#include <iostream>

#include <nlohmann/json.hpp>

#include "base/log.h"
#include "daemon/cli/daemon_client.h"
#include "daemon/cli/template_check.h"
#include "daemon/cli/text_table.h"
#include "daemon/cli/verbs.h"

namespace waybill::cli {

namespace {

struct CheckOptions {
  SettingsFlags settings;
  std::string endpoint;
};

void print_loaded(const TemplateCheck& check) {
  for (const auto& each : check.loaded) {
    std::size_t total = 0;
    for (const auto& [type, count] : each.resources) total += count;
    std::cout << each.file << ": " << counted(total, "resource") << "\n";
    for (const auto& [type, count] : each.resources) std::cout << "  " << count << " " << type << "\n";
  }
}

Result<int> check_here(const CheckOptions& options) {
  const auto found = find_settings(options.settings.request(), process_environment());
  if (!found) {
    std::cerr << "waybill check: " << found.error().message << "\n";
    return kUsage;
  }
  // Nobody asked for the lines that plugins cause when they are loaded.
  spdlog::set_level(spdlog::level::off);
  const TemplateCheck check = check_templates(found->settings);
  if (!found->file.empty()) std::cout << "settings: " << found->file << "\n";
  print_loaded(check);
  if (found->settings.list("rules").empty()) std::cout << "no rules are named, so no template is loaded\n";
  for (const std::string& notice : check.notices) std::cout << "notice: " << notice << "\n";
  std::cout.flush();
  for (const std::string& error : check.errors) std::cerr << "error: " << error << "\n";
  std::cout << counted(check.errors.size(), "error") << ", " << counted(check.notices.size(), "notice") << "\n";
  return check.errors.empty() ? kOk : kFailed;
}

Result<int> check_daemon(const std::string& endpoint) {
  WAYBILL_TRY(const std::string body, DaemonClient(endpoint).get("/_waybill/status"));
  const auto status = nlohmann::json::parse(body, nullptr, false);
  if (!status.is_object()) return invalid("the daemon's status is no JSON object");
  const auto print = [&](const char* member, const char* word) {
    const auto list = status.value(member, nlohmann::json::array());
    for (const auto& each : list) {
      if (each.is_string()) std::cout << word << ": " << each.get_ref<const std::string&>() << "\n";
    }
    return list.size();
  };
  for (const auto& each : status.value("templates", nlohmann::json::array())) {
    std::cout << each.value("file", "") << ": " << counted(each.value("resources", std::size_t{0}), "resource") << "\n";
  }
  const std::size_t notices = print("notices", "notice");
  const std::size_t drifted = print("drift", "drift");
  std::cout << counted(notices, "notice") << ", " << drifted << " drifted\n";
  return kOk;
}

Result<int> run_check(const CheckOptions& options) {
  return options.endpoint.empty() ? check_here(options) : check_daemon(options.endpoint);
}

constexpr const char* kCheckExamples =
    R"(Reads the settings and loads the templates as `waybill serve` would, without starting anything: prints
what is loaded, what is loaded but not active yet or probably not meant, and every error with its place.
With --endpoint it asks a running daemon for its notices, and for what was changed since through the API.

Examples:
  waybill check --rules rules
  waybill check --config waybill.yaml
  waybill check --endpoint http://127.0.0.1:4566)";

}  // namespace

void add_check(CLI::App& root, Choice& choice) {
  const auto options = std::make_shared<CheckOptions>();
  CLI::App* verb =
      add_verb(root, choice, "check", "Say what is wrong with settings and templates, and what is not active", options,
               run_check);
  verb->footer(kCheckExamples);
  add_settings_flags(*verb, options->settings);
  // Without $WAYBILL_ENDPOINT: checking a daemon has to be asked for.
  verb->add_option("--endpoint", options->endpoint, "Ask this daemon instead")->type_name("URL");
}

}  // namespace waybill::cli
