// The request model of PutEvents (contract section 2): all violations in one message.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/entry_reader.h"

namespace waybill::api {

// "" or the whole message. endpoint: the EndpointId of the request.
std::string entry_violations(const std::vector<RawEntry>& entries, const std::optional<std::string>& endpoint,
                             const PutEventsLimits& limits);

// The name of an event bus or its ARN.
bool is_bus_name(const std::string& text);

// What counts towards the request's size: contract section 4.
std::size_t entry_bytes(const bus::Entry& entry);
std::size_t total_bytes(const std::vector<RawEntry>& entries);

}  // namespace waybill::api
