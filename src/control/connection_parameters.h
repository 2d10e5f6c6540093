// AuthParameters of a connection (contract section 15): the block of its type (BasicAuthParameters,
// ApiKeyAuthParameters, OAuthParameters) and what goes with every call (InvocationHttpParameters, …).
#pragma once

#include <string>

#include "control/fault.h"
#include "control/limits.h"

namespace waybill::control {

// What a connection of this type keeps when `given` comes to `present`: members that are not given stay, blocks of
// another type go. present: of the same type, or empty.
Json merged_parameters(const std::string& type, const Json& present, const Json& given);
// Faults: the block of the type or one of its fields is missing; AuthorizationEndpoint cannot be called.
Answer<> check_parameters(const std::string& type, const Json& parameters, const Limits& limits);
// As answers show them: without secrets, and without the values that are marked as secret.
Json shown_parameters(Json parameters);

// Can a URL be called: https:// with a host, or http:// where the limits allow it.
bool is_endpoint(std::string_view url, const Limits& limits);

}  // namespace waybill::control
