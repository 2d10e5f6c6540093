#include "daemon/cli/match_lines.h"

#include <nlohmann/json.hpp>

#include "daemon/cli/pattern_question.h"
#include "pattern/pattern.h"

namespace waybill::cli {

namespace {

std::string answer(bool valid, bool match, const std::string& error) {
  nlohmann::ordered_json line{{"valid", valid}, {"match", match}};
  if (!error.empty()) line["error"] = error;
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::string match_line(std::string_view line) {
  const auto question = read_pattern_question(line);
  if (!question) return answer(false, false, question.error().message);
  const auto parsed = pattern::Pattern::parse(question->pattern);
  if (!parsed) return answer(false, false, parsed.error().message);
  const auto event = pattern::FlatEvent::parse(question->event);
  if (!event) return answer(true, false, "event: " + event.error().message);
  return answer(true, parsed->matches(*event), "");
}

void match_lines(std::istream& in, std::ostream& out) {
  std::string line;
  while (std::getline(in, line)) {
    out << match_line(line) << '\n';
    if (in.rdbuf()->in_avail() <= 0) out.flush();
  }
  out.flush();
}

}  // namespace waybill::cli
