// ./dev bench match --events FILE --rules FILE-OR-FOLDER [--rules …] [--rounds N] [--only NAME] [--plain] [--json]
// [--check]: how many events a second the pattern engine matches, one thread, with each group of rules; beside it, in
// the same rounds, how fast simdjson parses the same lines into a DOM. Passes take turns, so that what disturbs the
// machine disturbs all.
#include <cstdio>
#include <deque>
#include <stdexcept>

#include "match/contender.h"
#include "match/gates.h"

namespace {

using namespace waybill::bench;

struct Options {
  std::string events;
  std::vector<std::string> rules;
  std::string only;
  int rounds = 7;
  bool plain = false;
  bool json = false;
  bool check = false;
};

Options parse(int count, char** arguments) {
  Options options;
  const auto value = [&](int& i) -> std::string {
    if (i + 1 >= count) throw std::runtime_error(std::string(arguments[i]) + " needs a value");
    return arguments[++i];
  };
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    if (argument == "--events") {
      options.events = value(i);
    } else if (argument == "--rules") {
      options.rules.push_back(value(i));
    } else if (argument == "--only") {
      options.only = value(i);
    } else if (argument == "--rounds") {
      options.rounds = std::max(1, std::atoi(value(i).c_str()));
    } else if (argument == "--plain") {
      options.plain = true;
    } else if (argument == "--json") {
      options.json = true;
    } else if (argument == "--check") {
      options.check = true;
    } else {
      throw std::runtime_error("unknown argument " + argument);
    }
  }
  if (options.events.empty() || options.rules.empty()) {
    throw std::runtime_error(
        "usage: bench_match --events FILE --rules FILE-OR-FOLDER [--rules …] [--rounds N] [--only NAME] [--plain] "
        "[--json] [--check]");
  }
  return options;
}

struct Run {
  Timings dom;
  std::vector<Timings> groups;
};

Run measure(const EventLines& events, std::deque<Contender>& contenders, int rounds) {
  DomYardstick yardstick;
  yardstick.pass(events);
  for (Contender& one : contenders) one.check(events);
  Run run;
  run.groups.resize(contenders.size());
  for (int round = 0; round < rounds; ++round) {
    run.dom.seconds.push_back(yardstick.pass(events));
    for (std::size_t i = 0; i < contenders.size(); ++i) run.groups[i].seconds.push_back(contenders[i].pass(events));
  }
  return run;
}

void print_table(const EventLines& events, const std::deque<Contender>& contenders, const Run& run, bool plain) {
  const auto count = static_cast<double>(events.lines().size());
  const double dom = count / run.dom.median();
  std::printf("%zu events of %.0f bytes; simdjson DOM %.0f events/s [%.0f to %.0f]\n\n", events.lines().size(),
              static_cast<double>(events.bytes()) / count, dom, count / run.dom.worst(), count / run.dom.best());
  std::printf("%-26s %7s %11s %24s %7s %9s %9s %8s %8s%s\n", "group", "rules", "events/s", "[worst to best]", "x DOM",
              "match/ev", "B/rule", "add ms", "one us", plain ? "      plain" : "");
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    const Contender& one = contenders[i];
    const Timings& time = run.groups[i];
    std::printf("%-26s %7zu %11.0f [%10.0f to %9.0f] %7.2f %9.3f %9.0f %8.1f %8.0f", one.group().name.c_str(),
                one.group().patterns.size(), count / time.median(), count / time.worst(), count / time.best(),
                count / time.median() / dom, static_cast<double>(one.matches()) / count, one.bytes_per_rule(),
                1e3 * (one.parse_seconds() + one.add_seconds()), 1e6 * one.one_more_seconds());
    if (plain) std::printf(" %10.0f", plain_rate(one.group(), events));
    std::printf("\n");
  }
}

void print_json(const EventLines& events, const std::deque<Contender>& contenders, const Run& run) {
  const auto count = static_cast<double>(events.lines().size());
  std::printf("{\"simdjson_dom_eps\":%.0f,\"classes\":{", count / run.dom.median());
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    const Timings& time = run.groups[i];
    std::printf("%s\"%s\":{\"eps\":%.0f,\"best_eps\":%.0f,\"matches\":%llu,\"rules\":%zu,\"bytes_per_rule\":%.0f}",
                i == 0 ? "" : ",", contenders[i].group().name.c_str(), count / time.median(), count / time.best(),
                static_cast<unsigned long long>(contenders[i].matches()), contenders[i].group().patterns.size(),
                contenders[i].bytes_per_rule());
  }
  std::printf("}}\n");
}

int run(const Options& options) {
  const EventLines events(options.events);
  std::vector<RuleGroup> groups;
  for (const std::string& path : options.rules) {
    for (RuleGroup& group : read_rule_groups(path)) {
      if (options.only.empty() || group.name == options.only) groups.push_back(std::move(group));
    }
  }
  if (groups.empty()) throw std::runtime_error("no rules to measure");
  std::deque<Contender> contenders;
  for (const RuleGroup& group : groups) contenders.emplace_back(group);
  const Run result = measure(events, contenders, options.rounds);
  if (options.json) {
    print_json(events, contenders, result);
  } else {
    print_table(events, contenders, result, options.plain);
  }
  if (!options.check) return 0;
  std::vector<Measured> measured;
  const auto count = static_cast<double>(events.lines().size());
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    const Contender& one = contenders[i];
    const std::size_t rules = one.group().patterns.size();
    measured.push_back({one.group().name, rules, count / result.groups[i].median(),
                        one.bytes_per_rule() * static_cast<double>(rules), one.parse_seconds() + one.add_seconds()});
  }
  const auto missed = missed_gates(measured, count / result.dom.median());
  for (const std::string& one : missed) std::fprintf(stderr, "gate missed: %s\n", one.c_str());
  return missed.empty() ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return run(parse(count, arguments));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_match: %s\n", error.what());
    return 2;
  }
}
