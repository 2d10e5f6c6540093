// Checks a request against the model of its operation, before anything is looked up (contract section 2).
#pragma once

#include <optional>

#include <nlohmann/json.hpp>

#include "api/aws_error.h"
#include "api/request/operation_model.h"

namespace waybill::api {

// Nothing when the request keeps the model. A wrong JSON type is a SerializationException that names the member; what
// breaks constraints is one ValidationException with all violations. After it every member has its type; those
// that are null or unknown are gone. Any JSON may be given: depth and size do not matter.
std::optional<AwsError> check_request(const OperationModel& model, nlohmann::json& request);

}  // namespace waybill::api
