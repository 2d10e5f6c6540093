// The tables that operation_model.cc joins: one for each topic.
#pragma once

#include "api/request/operation_model.h"

namespace waybill::api {

std::span<const OperationModel> bus_operations();
std::span<const OperationModel> rule_operations();
std::span<const OperationModel> target_operations();
std::span<const OperationModel> archive_operations();
std::span<const OperationModel> connection_operations();
std::span<const OperationModel> api_destination_operations();

}  // namespace waybill::api
