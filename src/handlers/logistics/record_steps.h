// What the handlers of this system have in common: going over the records, failing one, answering.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "handlers/logistics/event_reader.h"
#include "waybill/handler.h"

namespace waybill::logistics {

// An item of the events table lives 90 days from the event's time.
constexpr std::int64_t kEventLifetimeSeconds = 90 * 24 * 3600;

// What the work on one record gave.
struct Handled {
  RecordOutcome record;
  std::string response;
};

// One record: `number` is its place in the invocation, from 0.
struct Step {
  const Invocation& invocation;
  std::size_t number;
  EventReader& event;

  std::string environment() const { return invocation.env("ENVIRONMENT", "dev"); }
  // `id` of the event, else of the record; a new one where somebody called the function with neither.
  std::string event_id() const;
  // A variable that the function must have; where it has not, the event fails with the variable's name.
  std::string required_env(const char* name) const;
};

// Runs `work` on each record. The response is that of the last one.
Outcome each_record(const Invocation& invocation, Handled (*work)(const Step&));

// A failed record with the line "<what>: <error>".
Handled failed(const Step& step, const std::string& what);
// The same, and an item in ERROR_TABLE for this attempt. An event that no item can hold is stored as text, cut if
// needed.
Handled failed_and_stored(const Step& step, const std::string& what);
// A success whose effects leave an error item when they are refused. It refers to the step's invocation.
RecordOutcome succeeded(const Step& step, const char* what, Effects effects);

// {"statusCode":200,"body":"…"}, the body's JSON text as a string.
std::string response_of(const std::string& body);
// A text as a JSON string. Responses of the hot path are put together from these: a tree would cost more than the work.
std::string json_string(const std::string& text);

// A subject as SNS takes it: one line of at most 100 characters. A shipment with a long id is still told of.
std::string subject_line(std::string text);

// At most `most` bytes of a text, and of a longer one how long it was.
std::string cut_text(const std::string& text, std::size_t most);

// A message's JSON text. Where it is larger than a topic takes, the named fields are cut: somebody is told all the
// same.
std::string message_text(nlohmann::ordered_json message, std::initializer_list<const char*> cut_fields);

}  // namespace waybill::logistics
