// Changes as bytes, for the ingress log: those that accepting an event makes, which no rule can refuse later.
#pragma once

#include <string>
#include <string_view>

#include "store/changes.h"

namespace waybill::store {

// Only payloads, deliveries and archived events. Their result says nothing but Done.
bool loggable(const Changes& changes);

// REQUIRES: loggable(changes).
void append_logged(const Changes& changes, std::string& bytes);

// Of what append_logged() made. Errors: corrupt.
Result<Changes> read_logged(std::string_view bytes);

}  // namespace waybill::store
