#include "daemon/cli/explain_text.h"

#include <nlohmann/json.hpp>

#include "pattern/explain.h"

namespace waybill::cli {

namespace {

using nlohmann::ordered_json;

std::string joined(const std::vector<std::string>& items, std::size_t count) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ", ") + item;
  return count > items.size() ? text + ", … (" + std::to_string(count) + " values)" : text;
}

std::string lines_of(const pattern::Explanation& explanation) {
  std::string text = explanation.matches ? "matches\n" : "does not match\n";
  if (explanation.readings > 1) {
    text += "  (of " + std::to_string(explanation.readings) + " combinations of $or branches, the nearest)\n";
  }
  for (const pattern::FieldExplanation& field : explanation.fields) {
    if (field.passed) {
      text += "  yes  `" + field.path + "` " +
              (field.found.empty() ? "has no value" : "is " + joined(field.found, field.found_count)) + "\n";
    } else {
      text += "  no   " + field.why + "\n";
    }
  }
  if (explanation.only_across_elements) text += "  no   " + explanation.sentences().back() + "\n";
  return text;
}

std::string json_of(const pattern::Explanation& explanation) {
  ordered_json fields = ordered_json::array();
  for (const pattern::FieldExplanation& field : explanation.fields) {
    ordered_json one{{"path", field.path}, {"passed", field.passed}, {"found", field.found}, {"wanted", field.wanted}};
    if (!field.passed) one["why"] = field.why;
    fields.push_back(std::move(one));
  }
  const ordered_json whole{{"match", explanation.matches}, {"why", explanation.sentences()}, {"fields", fields}};
  return whole.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

Result<std::string> explain_text(std::string_view pattern, std::string_view event, bool as_json) {
  const auto parsed = pattern::Pattern::parse(pattern);
  if (!parsed) return parsed.error();
  const auto flat = pattern::FlatEvent::parse(event);
  if (!flat) return invalid("event: " + flat.error().message);
  const pattern::Explanation explanation = pattern::explain(*parsed, *flat);
  return as_json ? json_of(explanation) : lines_of(explanation);
}

}  // namespace waybill::cli
