#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

#include "daemon/cli/match_lines.h"
#include "daemon/cli/verbs.h"

namespace waybill::cli {

namespace {

struct MatchOptions {
  std::string file = "-";
};

Result<int> run_match(const MatchOptions& options) {
  if (options.file == "-") {
    match_lines(std::cin, std::cout);
    return kOk;
  }
  std::ifstream file(options.file, std::ios::binary);
  if (!file) return Error{ErrorCode::io, options.file + ": " + std::strerror(errno)};
  match_lines(file, std::cout);
  if (file.bad()) return Error{ErrorCode::io, options.file + ": it cannot be read"};
  return kOk;
}

constexpr const char* kMatchExamples =
    R"(Reads JSON lines {"pattern":...,"event":...}; each of the two is JSON, or a string that holds JSON.
Prints one line for each: {"valid":true,"match":false}, with "error" when something is wrong. valid says
whether the pattern is one. No daemon is needed. Exits with 0 whatever the answers are: they are in the
lines.

Examples:
  waybill match cases.jsonl
  echo '{"pattern":{"source":[{"prefix":"shop."}]},"event":{"source":"shop.web"}}' | waybill match
  waybill match cases.jsonl | grep -c '"match":true')";

}  // namespace

void add_match(CLI::App& root, Choice& choice) {
  const auto options = std::make_shared<MatchOptions>();
  CLI::App* verb = add_verb(root, choice, "match", "Test event patterns against events", options, run_match);
  verb->footer(kMatchExamples);
  verb->add_option("FILE", options->file, "JSON lines; default is standard input, -")->type_name("");
}

}  // namespace waybill::cli
