#include "daemon/cli/command_line.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <iostream>

#include <nlohmann/json.hpp>

#include "base/edit_distance.h"
#include "daemon/cli/verbs.h"
#include "waybill/version.h"

namespace waybill::cli {

namespace {

constexpr const char* kAbout = "Waybill runs an event pipeline: PutEvents in, rules match, handlers run, tables fill.";
constexpr const char* kExitCodes =
    "Exit codes: 0 done, 1 failed, 2 used wrongly. `waybill VERB --help` explains a verb.";

void add_verbs(CLI::App& root, Choice& choice) {
  root.set_version_flag("--version", std::string("waybill ") + WAYBILL_VERSION, "Print the version and exit");
  root.set_help_flag("-h,--help", "Print this help and exit");
  root.footer(kExitCodes);
  root.get_formatter()->column_width(32);
  add_serve(root, choice);
  add_check(root, choice);
  add_put_events(root, choice);
  add_tables(root, choice);
  add_queues(root, choice);
  add_dead_letters(root, choice);
  add_status(root, choice);
  add_match(root, choice);
  add_explain(root, choice);
  add_env(root, choice);
  add_clock(root, choice);
  add_faults(root, choice);
}

std::string full_name(const CLI::App& app) {
  const CLI::App* parent = app.get_parent();
  return parent ? full_name(*parent) + " " + app.get_name() : app.get_name();
}

// The innermost verb that was named.
const CLI::App& innermost(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : innermost(*chosen.front());
}

std::string meant(const std::string& wrong, const std::vector<std::string>& names) {
  const std::string near = nearest_name(wrong, names);
  return near.empty() ? "" : "; did you mean " + near + "?";
}

std::string unexpected(const CLI::App& verb, const std::string& argument) {
  if (argument.starts_with("-") && argument.size() > 1) {
    std::vector<std::string> names;
    for (const CLI::Option* option : verb.get_options()) names.push_back(option->get_name());
    const std::string name = argument.substr(0, argument.find('='));
    return "there is no option '" + name + "'" + meant(name, names);
  }
  std::vector<std::string> names;
  for (const CLI::App* each : verb.get_subcommands({})) names.push_back(each->get_name());
  if (names.empty()) return "'" + argument + "' is one argument too many";
  return "there is no verb '" + argument + "'" + meant(argument, names);
}

// One line: verb, what is wrong, where to read more.
int refuse(const CLI::App& verb, std::string what) {
  std::replace(what.begin(), what.end(), '\n', ' ');
  const std::string name = full_name(verb);
  std::cerr << name << ": " << what << (what.ends_with('?') || what.ends_with('.') ? "" : ".") << " See '" << name
            << " --help'.\n";
  return kUsage;
}

// A full disk behind a redirection must not look like success.
int end(int exit_code, const std::string& verb) {
  std::cout.flush();
  if (std::cout || exit_code != kOk) return exit_code;
  std::cerr << "waybill" << (verb.empty() ? "" : " ") << verb << ": standard output could not be written\n";
  return kFailed;
}

int fail(const Choice& choice, const std::string& message) {
  std::cout.flush();
  std::cerr << "waybill " << choice.verb << ": " << message << "\n";
  return kFailed;
}

int run(const Choice& choice) {
  constexpr int kNotUtf8 = 316;  // nlohmann/json: "type_error.316"
  try {
    const auto code = choice.run();
    return code ? end(*code, choice.verb) : fail(choice, code.error().message);
  } catch (const nlohmann::json::type_error& error) {
    return fail(choice, error.id == kNotUtf8 ? "an argument is not UTF-8 text" : error.what());
  } catch (const std::exception& error) {
    return fail(choice, error.what());
  }
}

}  // namespace

std::string nearest_name(const std::string& name, const std::vector<std::string>& names) {
  std::string best;
  std::size_t least = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const std::string& each : names) {
    const std::size_t distance = each.starts_with(name) ? 0 : edit_distance(name, each);
    if (distance >= least) continue;
    least = distance;
    best = each;
  }
  return best;
}

int run_command_line(std::vector<std::string> args) {
  CLI::App root(kAbout, "waybill");
  Choice choice;
  add_verbs(root, choice);
  try {
    std::reverse(args.begin(), args.end());  // as CLI11 wants them
    root.parse(std::move(args));
  } catch (const CLI::ParseError& error) {
    // CallForHelp and CallForVersion are errors too, with exit code 0.
    if (error.get_exit_code() == 0) return end(root.exit(error), "");
    // An option that is missing may well be the mistyped one that is there.
    const std::vector<std::string> extra = root.remaining(true);
    const CLI::App& verb = innermost(root);
    return refuse(verb, extra.empty() ? error.what() : unexpected(verb, extra.front()));
  }
  if (choice.run) return run(choice);
  const CLI::App& incomplete = innermost(root);
  std::cerr << incomplete.help(incomplete.get_parent() ? full_name(*incomplete.get_parent()) : "");
  return kUsage;
}

}  // namespace waybill::cli
