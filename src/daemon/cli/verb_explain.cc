#include <iostream>

#include "daemon/cli/explain_text.h"
#include "daemon/cli/input.h"
#include "daemon/cli/pattern_question.h"
#include "daemon/cli/verbs.h"

namespace waybill::cli {

namespace {

struct ExplainOptions {
  std::string file = "-";
  std::string pattern, event;
  bool as_json = false;
};

// JSON as given, or what stands in a file: "@order.json".
Result<std::string> text_or_file(const std::string& value) {
  return value.starts_with('@') ? read_input(value.substr(1)) : value;
}

Result<PatternQuestion> question_of(const ExplainOptions& options) {
  if (options.pattern.empty() != options.event.empty()) {
    return invalid("--pattern and --event belong together; without both, FILE holds the two");
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
and what came nearest. No daemon is needed. FILE holds {"pattern":...,"event":...} as for `waybill match`.

Examples:
  waybill explain --pattern '{"detail":{"status":["delivered"]}}' --event '{"detail":{"status":"Delivered"}}'
  waybill explain --pattern @pattern.json --event @event.json
  waybill explain question.json --json)";

}  // namespace

void add_explain(CLI::App& root, Choice& choice) {
  const auto options = std::make_shared<ExplainOptions>();
  CLI::App* verb = add_verb(root, choice, "explain", "Say why an event does not match a pattern", options, run_explain);
  verb->footer(kExplainExamples);
  verb->add_option("FILE", options->file, "Pattern and event; default is standard input, -")->type_name("");
  verb->add_option("--pattern", options->pattern, "The pattern as JSON, or @FILE")->type_name("JSON");
  verb->add_option("--event", options->event, "The event as JSON, or @FILE")->type_name("JSON");
  verb->add_flag("--json", options->as_json, "Print one line of JSON");
}

}  // namespace waybill::cli
