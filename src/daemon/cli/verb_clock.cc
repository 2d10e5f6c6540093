#include <iostream>

#include <nlohmann/json.hpp>

#include "daemon/cli/daemon_client.h"
#include "daemon/cli/input.h"
#include "daemon/cli/text_table.h"
#include "daemon/cli/verbs.h"

namespace waybill::cli {

namespace {

using nlohmann::json;

constexpr const char* kClockRoute = "/_waybill/clock";
// An advance answers when it has come to its end: a year of schedules may take hours.
constexpr std::chrono::hours kAdvanceLimit{24};

struct ClockOptions {
  std::string endpoint;
  std::string span, to;
  bool as_json = false;
};

Result<json> clock_answer(Result<std::string> body) {
  if (!body) return body.error();
  json answer = json::parse(*body, nullptr, false);
  if (!answer.is_object()) return Error{ErrorCode::io, "the daemon's answer is no JSON object"};
  return Result<json>(boost::system::in_place_value, std::move(answer));
}

std::string member_text(const json& answer, const char* member) {
  const auto found = answer.find(member);
  return found != answer.end() && found->is_string() ? printable(found->get<std::string>()) : "";
}

Result<int> run_clock(const ClockOptions& options) {
  WAYBILL_TRY(const json answer, clock_answer(DaemonClient(options.endpoint).get(kClockRoute)));
  if (options.as_json) {
    std::cout << answer.dump() << "\n";
    return kOk;
  }
  std::cout << member_text(answer, "now") << " (" << member_text(answer, "clock") << ")\n";
  if (const std::string next = member_text(answer, "next_due"); !next.empty()) std::cout << "next due " << next << "\n";
  if (const std::string to = member_text(answer, "going_to"); !to.empty()) std::cout << "on its way to " << to << "\n";
  return kOk;
}

void print_steps(const json& answer) {
  TextTable table{{{"AT", false, true}, {"DUE"}, {"ATTEMPTS", true}, {"DELIVERED", true}, {"DEAD-LETTERED", true}}, {}};
  for (const json& step : answer.value("first_steps", json::array())) {
    std::string due;
    for (const json& part : step.value("due", json::array()))
      due += (due.empty() ? "" : ", ") + part.get<std::string>();
    const json done = step.value("deliveries", json::object());
    table.add({member_text(step, "at"), printable(due), std::to_string(done.value("attempts", 0)),
               std::to_string(done.value("delivered", 0)), std::to_string(done.value("dead_lettered", 0))});
  }
  if (table.rows.empty()) return;
  std::cout << layout(table, terminal_width());
  const auto steps = answer.value("steps", std::size_t{0});
  if (steps > table.rows.size()) std::cout << "and " << steps - table.rows.size() << " more\n";
}

Result<int> run_advance(const ClockOptions& options) {
  if (options.span.empty() == options.to.empty()) {
    std::cerr << "waybill clock advance: say how far in one way: a DURATION, or --to TIME\n";
    return kUsage;
  }
  const json request = options.to.empty() ? json{{"advance", options.span}} : json{{"to", options.to}};
  WAYBILL_TRY(const json answer,
              clock_answer(DaemonClient(options.endpoint, kAdvanceLimit).post(kClockRoute, request.dump())));
  const bool reached = answer.value("reached", false);
  if (options.as_json) {
    std::cout << answer.dump() << "\n";
    return reached ? kOk : kFailed;
  }
  print_steps(answer);
  const json done = answer.value("deliveries", json::object());
  std::cout << "now " << member_text(answer, "now") << ": " << counted(answer.value("steps", std::size_t{0}), "step")
            << ", " << counted(done.value("attempts", std::size_t{0}), "attempt") << ", " << done.value("delivered", 0)
            << " delivered, " << done.value("dead_lettered", 0) << " dead-lettered\n";
  if (const int impatient = answer.value("impatient", 0); impatient > 0) {
    std::cerr << "at " << impatient << " steps something hung, and the clock went on without it\n";
  }
  if (!reached) std::cerr << "the clock was stopped before " << member_text(answer, "to") << "\n";
  return reached ? kOk : kFailed;
}

Result<int> run_halt(const ClockOptions& options) {
  WAYBILL_TRY(const json answer, clock_answer(DaemonClient(options.endpoint).post(kClockRoute, R"({"halt":true})")));
  std::cout << "halted at " << member_text(answer, "now") << "\n";
  return kOk;
}

constexpr const char* kClockExamples =
    R"(Shows the daemon's time. A daemon started with --set clock=virtual has a clock that stands still until it is
turned; retries, schedules, TTL and retention then happen in their order, within seconds.

Examples:
  waybill clock
  waybill clock advance 24h
  waybill clock advance PT15M
  waybill clock advance --to 2027-01-01T00:00:00Z)";

constexpr const char* kAdvanceExamples =
    R"(Goes from one due time to the next, each when all that followed from the one before is done. DURATION is
500ms, 10s, 15m, 24h, 14d or ISO 8601 such as PT24H.

Examples:
  waybill clock advance 24h
  waybill clock advance --to 2027-01-01T00:00:00Z --json)";

}  // namespace

void add_clock(CLI::App& root, Choice& choice) {
  auto options = std::make_shared<ClockOptions>();
  CLI::App* clock = root.add_subcommand("clock", "Show the daemon's time, and turn it where it is virtual");
  clock->footer(kClockExamples);
  add_endpoint(*clock, options->endpoint);
  clock->add_flag("--json", options->as_json, "As one JSON object");
  clock->callback([clock, options, &choice] {
    if (clock->get_subcommands().empty()) choice = {"clock", [options] { return run_clock(*options); }};
  });

  options = std::make_shared<ClockOptions>();
  CLI::App* verb = add_verb(*clock, choice, "advance", "Turn a virtual clock", options, run_advance);
  verb->footer(kAdvanceExamples);
  add_endpoint(*verb, options->endpoint);
  verb->add_option("DURATION", options->span, "How far")->type_name("");
  verb->add_option("--to", options->to, "Up to this time")->type_name("TIME");
  verb->add_flag("--json", options->as_json, "As one JSON object");

  options = std::make_shared<ClockOptions>();
  verb = add_verb(*clock, choice, "halt", "Stop an advance that is under way, at its next step", options, run_halt);
  add_endpoint(*verb, options->endpoint);
}

}  // namespace waybill::cli
