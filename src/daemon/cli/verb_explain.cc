#include <iostream>

#include <nlohmann/json.hpp>

#include "daemon/cli/daemon_client.h"
#include "daemon/cli/explain_text.h"
#include "daemon/cli/input.h"
#include "daemon/cli/pattern_question.h"
#include "daemon/cli/verbs.h"

namespace waybill::cli {

namespace {

struct ExplainOptions {
  std::string file = "-";
  std::string pattern, event;
  std::string rule, bus, endpoint;
  bool as_json = false;
};

// JSON as given, or what stands in a file: "@order.json".
Result<std::string> text_or_file(const std::string& value) {
  return value.starts_with('@') ? read_input(value.substr(1)) : value;
}

// The pattern of a daemon's rule.
Result<std::string> pattern_of_rule(const ExplainOptions& options) {
  const DaemonClient daemon(options.endpoint);
  const nlohmann::json request{{"Name", options.rule}, {"EventBusName", options.bus}};
  WAYBILL_TRY(const std::string body, daemon.aws("AWSEvents.DescribeRule", request.dump()));
  const nlohmann::json answer = nlohmann::json::parse(body, nullptr, false);
  if (!answer.is_object()) return Error{ErrorCode::io, "the daemon's answer to DescribeRule is no JSON object"};
  const auto pattern = answer.find("EventPattern");
  if (pattern == answer.end() || !pattern->is_string()) {
    return invalid("rule '" + options.rule + "' on bus '" + options.bus +
                   "' has no event pattern: it runs by its schedule");
  }
  return pattern->get<std::string>();
}

Result<PatternQuestion> question_of_rule(const ExplainOptions& options) {
  if (!options.pattern.empty()) return invalid("--rule and --pattern exclude each other: a rule has its own pattern");
  PatternQuestion question;
  if (options.event.empty()) {
    WAYBILL_TRY(question.event, read_input(options.file));
  } else {
    WAYBILL_TRY(question.event, text_or_file(options.event));
  }
  WAYBILL_TRY(question.pattern, pattern_of_rule(options));
  return question;
}

Result<PatternQuestion> question_of(const ExplainOptions& options) {
  if (!options.rule.empty()) return question_of_rule(options);
  if (options.pattern.empty() != options.event.empty()) {
    return invalid("--pattern and --event belong together; without both, FILE holds the two, or with --rule the event");
  }
  if (options.pattern.empty()) {
    WAYBILL_TRY(const std::string text, read_input(options.file));
    return read_pattern_question(text);
  }
  PatternQuestion question;
  WAYBILL_TRY(question.pattern, text_or_file(options.pattern));
  WAYBILL_TRY(question.event, text_or_file(options.event));
  return question;
}

Result<int> run_explain(const ExplainOptions& options) {
  WAYBILL_TRY(const PatternQuestion question, question_of(options));
  WAYBILL_TRY(const std::string text, explain_text(question.pattern, question.event, options.as_json));
  std::cout << text;
  return kOk;
}

constexpr const char* kExplainExamples =
    R"(Says for each field of the pattern what the event has there, and where they differ: the test that failed
and what came nearest. No daemon is needed, and FILE holds {"pattern":...,"event":...} as for `waybill match`;
but with --rule a daemon is asked for the pattern of its rule, and FILE is the event.

Examples:
  waybill explain --pattern '{"detail":{"status":["delivered"]}}' --event '{"detail":{"status":"Delivered"}}'
  waybill explain --pattern @pattern.json --event @event.json
  waybill explain question.json --json
  waybill explain --rule orders --bus shop event.json)";

}  // namespace

void add_explain(CLI::App& root, Choice& choice) {
  const auto options = std::make_shared<ExplainOptions>();
  CLI::App* verb = add_verb(root, choice, "explain", "Say why an event does not match a pattern", options, run_explain);
  verb->footer(kExplainExamples);
  verb->add_option("FILE", options->file, "Pattern and event, with --rule the event; default is standard input, -")
      ->type_name("");
  verb->add_option("--pattern", options->pattern, "The pattern as JSON, or @FILE")->type_name("JSON");
  verb->add_option("--event", options->event, "The event as JSON, or @FILE")->type_name("JSON");
  verb->add_option("--rule", options->rule, "A rule of the daemon's, whose pattern is explained")->type_name("NAME");
  options->bus = "default";
  verb->add_option("--bus", options->bus, "The bus that the rule is on; default is default")->type_name("NAME");
  add_endpoint(*verb, options->endpoint);
  verb->add_flag("--json", options->as_json, "Print one line of JSON");
}

}  // namespace waybill::cli
