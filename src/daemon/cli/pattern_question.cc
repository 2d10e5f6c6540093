#include "daemon/cli/pattern_question.h"

#include <algorithm>
#include <vector>

#include "base/json_text.h"
#include "daemon/cli/raw_json.h"

namespace waybill::cli {

namespace {

constexpr const char* kForm = R"(a line must be one JSON object: {"pattern":…,"event":…})";

Result<std::string> text_of(const std::vector<RawMember>& members, std::string_view name) {
  const auto value = find_raw(members, name);
  if (!value) return invalid("the line has no member '" + std::string(name) + "'; " + kForm);
  return is_raw_string(*value) ? raw_text(*value) : std::string(*value);
}

}  // namespace

Result<PatternQuestion> read_pattern_question(std::string_view line) {
  if (!is_valid_utf8(line)) return invalid(std::string("the line is not UTF-8; ") + kForm);
  const std::size_t start = std::min(line.find_first_not_of(" \t\r"), line.size());
  const std::string_view value = line.substr(start);
  if (!is_json(value) || !is_raw_object(value)) return invalid(std::string("the line is no JSON object; ") + kForm);
  const std::vector<RawMember> members = raw_members(value);
  PatternQuestion question;
  WAYBILL_TRY(question.pattern, text_of(members, "pattern"));
  WAYBILL_TRY(question.event, text_of(members, "event"));
  return question;
}

}  // namespace waybill::cli
