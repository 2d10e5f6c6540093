// The variables that a template has without declaring them: `<aws.events.rule-name>` and so on (contract section 8).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace waybill::expr {

// What an input is shaped from. `event` is the event as it is delivered: valid and compact.
struct ShapeContext {
  std::string_view event;
  std::string_view rule_arn;
  std::string_view rule_name;
  WallTime ingestion_time;
};

enum class EventVariable : std::uint8_t {
  rule_arn,
  rule_name,
  ingestion_time,
  event_json,  // the whole event
  event,       // without detail, its names and time spelled differently
};

std::optional<EventVariable> find_event_variable(std::string_view name);

// Its value as JSON.
std::string value_of(EventVariable variable, const ShapeContext& context);

}  // namespace waybill::expr
