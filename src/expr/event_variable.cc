#include "expr/event_variable.h"

#include "base/iso_time.h"
#include "base/json_text.h"
#include "expr/json_slice.h"

namespace waybill::expr {
namespace {

struct Name {
  std::string_view text;
  EventVariable variable;
};

constexpr Name kNames[] = {
    {"aws.events.rule-arn", EventVariable::rule_arn},
    {"aws.events.rule-name", EventVariable::rule_name},
    {"aws.events.event.ingestion-time", EventVariable::ingestion_time},
    {"aws.events.event.json", EventVariable::event_json},
    {"aws.events.event", EventVariable::event},
};

std::string quoted(std::string_view text) {
  std::string result;
  append_json_string(text, result);
  return result;
}

struct Member {
  std::string_view name;  // as the event has it
  std::string_view spelled;
};

constexpr Member kMembers[] = {
    {"id", "id"},         {"account", "account"}, {"detail-type", "detailType"}, {"time", "time"},
    {"source", "source"}, {"region", "region"},   {"resources", "resources"},    {"version", "version"}};

// `"2027-01-01T00:00:00Z"` as milliseconds since the epoch.
std::string epoch_millis(std::string_view time) {
  const auto parsed = parse_iso8601(time.substr(1, time.size() - 2));
  return parsed ? std::to_string(to_millis(*parsed)) : std::string(time);
}

std::string without_detail(std::string_view event) {
  std::string result = "{";
  for (const Member& member : kMembers) {
    const auto value = json_member(event, member.name);
    if (!value) continue;
    if (result.size() > 1) result.push_back(',');
    result.append("\"").append(member.spelled).append("\":");
    result.append(member.name == "time" ? epoch_millis(*value) : std::string(*value));
  }
  result.push_back('}');
  return result;
}

}  // namespace

std::optional<EventVariable> find_event_variable(std::string_view name) {
  for (const Name& known : kNames) {
    if (known.text == name) return known.variable;
  }
  return std::nullopt;
}

std::string value_of(EventVariable variable, const ShapeContext& context) {
  switch (variable) {
    case EventVariable::rule_arn: return quoted(context.rule_arn);
    case EventVariable::rule_name: return quoted(context.rule_name);
    case EventVariable::ingestion_time: return quoted(iso8601_millis(context.ingestion_time));
    case EventVariable::event_json: return std::string(context.event);
    case EventVariable::event: return without_detail(context.event);
  }
  return {};
}

}  // namespace waybill::expr
