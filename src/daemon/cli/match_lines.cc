#include "daemon/cli/match_lines.h"

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "daemon/cli/raw_json.h"
#include "base/json_text.h"
#include "pattern/pattern.h"

namespace waybill::cli {

namespace {

constexpr const char* kForm = R"(a line must be one JSON object: {"pattern":…,"event":…})";

struct Question {
  std::string pattern;
  std::string event;
};

std::string answer(bool valid, bool match, const std::string& error) {
  nlohmann::ordered_json line{{"valid", valid}, {"match", match}};
  if (!error.empty()) line["error"] = error;
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<std::string> text_of(const std::vector<RawMember>& members, std::string_view name) {
  const auto value = find_raw(members, name);
  if (!value) return invalid("the line has no member '" + std::string(name) + "'; " + kForm);
  return is_raw_string(*value) ? raw_text(*value) : std::string(*value);
}

Result<Question> read_question(std::string_view line) {
  if (!is_valid_utf8(line)) return invalid(std::string("the line is not UTF-8; ") + kForm);
  const std::size_t start = std::min(line.find_first_not_of(" \t\r"), line.size());
  const std::string_view value = line.substr(start);
  if (!is_json(value) || !is_raw_object(value)) return invalid(std::string("the line is no JSON object; ") + kForm);
  const std::vector<RawMember> members = raw_members(value);
  Question question;
  WAYBILL_TRY(question.pattern, text_of(members, "pattern"));
  WAYBILL_TRY(question.event, text_of(members, "event"));
  return question;
}

}  // namespace

std::string match_line(std::string_view line) {
  const auto question = read_question(line);
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
