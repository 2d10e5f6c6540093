#include <iostream>

#include "daemon/cli/verbs.h"
#include "daemon/serve.h"

namespace waybill::cli {

namespace {

struct ServeOptions {
  SettingsFlags settings;
  std::string listen, data_dir, port_file;
  bool allow_unauthenticated = false;
};

SettingsRequest request_of(const ServeOptions& options) {
  SettingsRequest request = options.settings.request();
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) request.flags.emplace_back(name, value);
  };
  add("listen", options.listen);
  add("data_dir", options.data_dir);
  add("port_file", options.port_file);
  if (options.allow_unauthenticated) request.flags.emplace_back("allow_unauthenticated_listen", "true");
  return request;
}

Result<FoundSettings> settings_of(const ServeOptions& options) {
  const Environment environment = process_environment();
  WAYBILL_TRY(FoundSettings found, find_settings(request_of(options), environment));
  if (found.settings.text("data_dir").empty()) {
    WAYBILL_TRY(const std::string directory, default_data_dir(environment));
    WAYBILL_CHECK(found.settings.set("data_dir", directory));
  }
  return found;
}

Result<int> run_serve(const ServeOptions& options) {
  const auto found = settings_of(options);
  if (!found) {
    std::cerr << "waybill serve: " << found.error().message << "\n";
    return kUsage;
  }
  return serve(found->settings, found->file);
}

constexpr const char* kServeExamples =
    R"(Each setting comes from a flag, else from the environment (WAYBILL_RETRY_BASE is retry.base), else from
the settings file, else from its default. Without rules in any of them, no template is loaded.
The data is in --data-dir, else $STATE_DIRECTORY, $XDG_STATE_HOME/waybill or ~/.local/state/waybill.
SIGTERM and Ctrl-C finish what is in flight; SIGHUP reads the templates again.

Examples:
  waybill serve --rules rules
  waybill serve --listen 127.0.0.1:0 --port-file port --data-dir :memory: --rules rules
  waybill serve --config waybill.yaml --set retry.base=100ms --set parameters.Environment=dev)";

}  // namespace

void add_serve(CLI::App& root, Choice& choice) {
  const auto options = std::make_shared<ServeOptions>();
  CLI::App* verb = add_verb(root, choice, "serve", "Run the daemon in the foreground", options, run_serve);
  verb->footer(kServeExamples);
  add_settings_flags(*verb, options->settings);
  verb->add_option("--listen", options->listen, "Address to serve on, default 127.0.0.1:4566; port 0 picks a free one")
      ->type_name("HOST:PORT");
  verb->add_option("--data-dir", options->data_dir, "Directory of the store; :memory: keeps nothing")->type_name("DIR");
  verb->add_option("--port-file", options->port_file, "File that gets the port when the daemon is ready")
      ->type_name("FILE");
  verb->add_flag("--allow-unauthenticated-listen", options->allow_unauthenticated,
                 "Allow listening beyond loopback, where others can reach it");
}

}  // namespace waybill::cli
