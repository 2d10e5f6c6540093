// The 57 operations of AWSEvents (contract section 3).
#pragma once

#include <span>
#include <string_view>

#include "api/request/shape.h"

namespace waybill::api {

enum class Support {
  core,
  later,        // API destinations and connections
  unsupported,  // known, answered with an error that names it
};

struct OperationModel {
  std::string_view name;
  Support support;
  // Empty for unsupported ones, and for PutEvents, which has a parser of its own (api/put_events_request.h).
  std::span<const Member> members{};
};

// By its exact name, without "AWSEvents."; null when AWS has none of that name.
const OperationModel* operation(std::string_view name);
// All, by topic.
std::span<const OperationModel* const> operations();

}  // namespace waybill::api
