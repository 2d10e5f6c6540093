// Values as AWS prints them in its validation texts: as the Java request objects that they are there.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "api/request/shape.h"
#include "base/clock.h"

namespace waybill::api {

// Precondition: the value has the types of the shape (check_types), lists may hold nulls. Structures with all members
// in the order of declaration, what is not set as null; secrets as "***Sensitive Data Redacted***".
std::string printed_value(const Shape& shape, const nlohmann::json& value);

// java.util.Date.toString(), in UTC.
std::string java_date(WallTime time);

}  // namespace waybill::api
