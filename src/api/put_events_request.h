// The body of PutEvents, as AWS takes it and as people send it with curl.
#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "api/aws_error.h"
#include "bus/entry.h"

namespace waybill::api {

struct PutEventsLimits {
  std::size_t max_entries = 10;
  std::size_t max_request_bytes = 1'048'576;  // contract section 4: summed over the entries
};

enum class BodyForm {
  aws,    // {"Entries":[…]}; Detail is a string, Time a number
  plain,  // also a bare entry or an array of them; Detail may be an object, Time an ISO 8601 text
};

using Entries = std::variant<std::vector<bus::Entry>, AwsError>;

// `body` is padded in place for the parser. Checks the request model (contract section 2) and the total size, not what
// is wrong with a single entry: that is answered per entry.
Entries parse_put_events(std::string& body, BodyForm form, const PutEventsLimits& limits);

std::string put_events_response(const std::vector<bus::EntryResult>& results);

}  // namespace waybill::api
