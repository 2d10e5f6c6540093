// Operations that Waybill does not have: a clean answer that names them, never a fake success.
#pragma once

#include <string_view>

#include "api/aws_error.h"

namespace waybill::api {

// target: the X-Amz-Target header, "" when there is none; body: for the query protocol's Action.
// The Action of a call in the query protocol that no service here has.
AwsError unknown_action(std::string_view action);
AwsError unknown_operation(std::string_view target, std::string_view body);

}  // namespace waybill::api
