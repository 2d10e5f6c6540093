// TestEventPattern's check of one pattern against one event, in the service's order and with its texts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace waybill::pattern {

// AWS: the pattern is judged first (error: invalid, "Event pattern is not valid. Reason: …"), then the event:
// "Parameter Event is not valid." if it is no JSON object or lacks one of id, account, source, time, region and
// detail-type, with " Reason: Invalid time." if its time cannot be read. An empty anything-but list is an internal
// error here, not a refusal. The pattern error is InvalidEventPatternException, the event error
// ValidationException: they are told apart by how the message starts.
struct PatternVerdict {
  bool matches;
  std::vector<std::string> why_not;  // sentences for people, if it does not match
};
Result<PatternVerdict> test_event_pattern(std::string_view pattern, std::string_view event);

}  // namespace waybill::pattern
