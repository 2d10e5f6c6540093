// The three ways in which CloudEvents come over HTTP (HTTP Protocol Binding and JSON Event Format, 1.0.2). What is read
// is well-formed, but not yet checked: that is cloud_event_mapping.h.
#pragma once

#include <string>
#include <vector>

#include "api/cloud_event_mapping.h"
#include "base/result.h"
#include "net/http.h"

namespace waybill::api {

// Binary mode: attributes in ce- headers, the type of the data in Content-Type, the data as the body, which is moved
// out of the request. A body without Content-Type is taken as JSON. Errors: invalid, naming the header.
Result<CloudEvent> read_binary_event(net::HttpRequest& request);

// Structured mode: one JSON object. `body` is padded in place. Errors: invalid, naming the attribute.
Result<CloudEvent> read_structured_event(std::string& body);

// Batched mode: a JSON array of them, which may be empty. Errors name the event by its number, from 1.
Result<std::vector<CloudEvent>> read_event_batch(std::string& body);

// "event 2: ", before what is wrong with an event of a batch.
std::string in_batch(std::size_t index);

}  // namespace waybill::api
