#include "api/operations.h"

#include "api/request/operation_model.h"
#include "base/edit_distance.h"

namespace waybill::api {

namespace {

constexpr std::string_view kService = "AWSEvents.";

std::string nearest(std::string_view name) {
  std::string_view best;
  std::size_t least = static_cast<std::size_t>(-1);
  for (const OperationModel* each : operations()) {
    if (each->support == Support::unsupported) continue;
    const std::size_t distance = edit_distance(each->name, name);
    if (distance < least) {
      least = distance;
      best = each->name;
    }
  }
  return std::string(best);
}

std::string_view query_action(std::string_view body) {
  constexpr std::string_view kAction = "Action=";
  std::size_t at = body.starts_with(kAction) ? 0 : body.find("&Action=");
  if (at == std::string_view::npos) return {};
  if (at > 0) ++at;
  body.remove_prefix(at + kAction.size());
  return body.substr(0, std::min<std::size_t>(body.find('&'), 128));
}

}  // namespace

AwsError unknown_action(std::string_view action) {
  return {"InvalidAction", "The operation " + std::string(action.substr(0, 128)) + " is not supported by Waybill.",
          400};
}

AwsError unknown_operation(std::string_view target, std::string_view body) {
  if (target.empty()) {
    const std::string_view action = query_action(body);
    if (!action.empty()) {
      return {"UnknownOperationException", "The operation " + std::string(action) + " is not supported by Waybill.",
              400};
    }
    return {"UnknownOperationException",
            "The request names no operation: send the header X-Amz-Target: AWSEvents.PutEvents, or post to /events.",
            400};
  }
  const std::string shown(target.substr(0, 128));
  const std::string_view name = target.starts_with(kService) ? target.substr(kService.size()) : target;
  if (operation(name)) {
    return {"UnknownOperationException", "The operation " + shown + " is not supported by Waybill.", 400};
  }
  return {"UnknownOperationException",
          "The operation " + shown + " is not supported by Waybill; the nearest one that it has is " +
              std::string(kService) + nearest(name.substr(0, 128)) + ".",
          400};
}

}  // namespace waybill::api
