// The verbs of the command line. Each function adds its verbs, their options and examples, and says what runs when one
// was chosen.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include "base/result.h"
#include "daemon/cli/settings_lookup.h"

namespace waybill::cli {

enum ExitCode : int { kOk = 0, kFailed = 1, kUsage = 2 };

// What the command line asked for. It runs after all of it was read; an error is printed and exits with kFailed.
struct Choice {
  std::string verb;
  std::function<Result<int>()> run;
};

// Adds a verb that runs run(options); the options live as long as the choice may.
template <class Options, class Run>
CLI::App* add_verb(CLI::App& parent, Choice& choice, const std::string& name, const std::string& does,
                   const std::shared_ptr<Options>& options, Run run) {
  CLI::App* verb = parent.add_subcommand(name, does);
  const std::string full = parent.get_parent() ? parent.get_name() + " " + name : name;
  verb->callback([&choice, full, options, run] { choice = {full, [options, run] { return run(*options); }}; });
  return verb;
}

void add_serve(CLI::App& root, Choice& choice);
void add_check(CLI::App& root, Choice& choice);
void add_put_events(CLI::App& root, Choice& choice);
void add_tables(CLI::App& root, Choice& choice);        // tables, query, scan
void add_dead_letters(CLI::App& root, Choice& choice);  // dead-letters list|show|redrive|drop
void add_status(CLI::App& root, Choice& choice);        // status, notifications, health, reset
void add_match(CLI::App& root, Choice& choice);
void add_explain(CLI::App& root, Choice& choice);
void add_env(CLI::App& root, Choice& choice);     // env, settings
void add_clock(CLI::App& root, Choice& choice);   // clock, clock advance|halt
void add_queues(CLI::App& root, Choice& choice);  // queues, queue peek|send|purge|redrive
void add_faults(CLI::App& root, Choice& choice);  // faults, faults add|list|clear

// --endpoint, with its environment variable and default.
void add_endpoint(CLI::App& verb, std::string& endpoint);
// --config, --rules, --plugins, --account-id, --region and --set, into the request.
struct SettingsFlags {
  std::string config;
  std::vector<std::string> rules, plugins, sets;
  std::string account_id, region;
  // Flags of their own win over --set.
  SettingsRequest request() const;
};
void add_settings_flags(CLI::App& verb, SettingsFlags& flags);

}  // namespace waybill::cli
