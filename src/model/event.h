// An event as EventBridge delivers it (contract section 4, "Event delivered").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace waybill {

struct EventFields {
  std::string id;  // lower-case UUID
  std::string_view detail_type;
  std::string_view source;
  std::string_view account;
  WallTime time;
  std::string_view region;
  const std::vector<std::string>* resources = nullptr;
};

// The delivered form up to and including `"detail":`; the caller appends the compact detail and a closing brace.
void append_event_head(const EventFields& fields, std::string& out);

// The time of an event in delivered form; the epoch when the text does not begin as append_event_head writes it.
WallTime event_time(std::string_view event);

// The id of an event in delivered form, "" when the text does not begin as append_event_head writes it.
std::string_view event_id(std::string_view event);

}  // namespace waybill
