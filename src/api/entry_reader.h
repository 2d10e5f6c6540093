#pragma once

#include <string>
#include <vector>

#include <simdjson.h>

#include "api/put_events_request.h"

namespace waybill::api {

// An entry as sent: what was not given is told from what was given empty, as AWS's validation text does.
struct RawEntry {
  bus::Entry entry;
  bool has_source = false, has_detail_type = false, has_detail = false, has_bus = false;
  bool has_resources = false, has_trace_header = false;
  std::string trace_header;
};

// Reads one entry object. Returns "" or what is wrong: "Entries.1.Source: a string is needed, not a number".
std::string read_entry(simdjson::ondemand::object object, const std::string& where, BodyForm form, RawEntry& into);

// "a string", "a number", …
const char* type_name(simdjson::ondemand::json_type type);

}  // namespace waybill::api
