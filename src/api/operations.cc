#include "api/operations.h"

#include "base/edit_distance.h"

namespace waybill::api {

namespace {

constexpr std::string_view kSupported[] = {"AWSEvents.PutEvents"};

std::string nearest(std::string_view target) {
  std::string_view best = kSupported[0];
  for (const std::string_view each : kSupported) {
    if (edit_distance(each, target) < edit_distance(best, target)) best = each;
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

AwsError unknown_operation(std::string_view target, std::string_view body) {
  if (target.empty()) {
    const std::string_view action = query_action(body);
    if (!action.empty()) {
      return {"UnknownOperationException", "Waybill does not support the operation " + std::string(action) + ".", 400};
    }
    return {"UnknownOperationException",
            "The request names no operation: send the header X-Amz-Target: " + std::string(kSupported[0]) +
                ", or post to /events.",
            400};
  }
  const std::string shown(target.substr(0, 128));
  return {
      "UnknownOperationException",
      "Waybill does not support the operation " + shown + "; the nearest one that it has is " + nearest(target) + ".",
      400};
}

}  // namespace waybill::api
