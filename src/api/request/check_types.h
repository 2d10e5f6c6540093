#pragma once

#include <span>
#include <string>

#include <nlohmann/json.hpp>

#include "api/request/shape.h"

namespace waybill::api {

// Does each known member of the request have its JSON type? "" or what is wrong with the first that has not:
// "Targets.1.Id: a string is needed, not a number". Members that are null (lists keep theirs) or unknown are taken out,
// at any level; whole numbers written like 5.0 become integers, and times written as texts seconds.
std::string check_types(std::span<const Member> members, nlohmann::json& request);

}  // namespace waybill::api
