#include "pattern/test_event_pattern.h"

#include <algorithm>
#include <array>
#include <string>

#include "pattern/compiled_pattern.h"
#include "pattern/event_time.h"
#include "pattern/explain.h"
#include "pattern/json_reader.h"

namespace waybill::pattern {
namespace {

constexpr const char* kEventNotValid = "Parameter Event is not valid.";
constexpr std::array<std::string_view, 6> kRequired = {"id", "account", "source", "time", "region", "detail-type"};

// The members at the top of the event that are required: which are there, and what the time says.
struct Envelope {
  std::array<bool, kRequired.size()> is_present{};
  std::string time;
};

// REQUIRES: `event` is a JSON object.
Envelope read_envelope(std::string_view event) {
  Envelope envelope;
  JsonReader reader(event);
  int depth = 0;
  std::string_view name;
  std::string decoded;
  for (JsonToken token = reader.next(); token != JsonToken::end_of_text; token = reader.next()) {
    if (token == JsonToken::start_object || token == JsonToken::start_array) ++depth;
    if (token == JsonToken::end_object || token == JsonToken::end_array) --depth;
    if (depth != 1) continue;
    if (token == JsonToken::field_name) {
      decoded = decode_json_string(reader.name().raw);
      name = decoded;
      const auto found = std::find(kRequired.begin(), kRequired.end(), name);
      if (found != kRequired.end()) envelope.is_present[static_cast<std::size_t>(found - kRequired.begin())] = true;
      if (name == "time") envelope.time.clear();
    } else if (token == JsonToken::string && name == "time") {
      JsonString text;
      if (reader.read_string(text)) envelope.time = decode_json_string(text.raw);
    }
  }
  return envelope;
}

}  // namespace

Result<PatternVerdict> test_event_pattern(std::string_view pattern, std::string_view event) {
  auto checked = Pattern::parse(pattern);
  if (!checked) {
    auto compiled = compile_pattern(pattern, {});
    if (!compiled && compiled.error().is_empty_exclusion) return internal("Internal error");
    return checked.error();
  }
  const auto flat = FlatEvent::parse(event);
  if (!flat) return invalid(kEventNotValid);
  const Envelope envelope = read_envelope(event);
  const bool is_complete =
      std::all_of(envelope.is_present.begin(), envelope.is_present.end(), [](bool present) { return present; });
  if (!is_complete) return invalid(kEventNotValid);
  if (!is_event_time(envelope.time)) return invalid(std::string(kEventNotValid) + " Reason: Invalid time.");
  if (checked->matches(*flat)) return PatternVerdict{true, {}};
  return PatternVerdict{false, explain(*checked, *flat).sentences()};
}

}  // namespace waybill::pattern
