#include "topic/lambda_event.h"

#include "topic/envelope.h"

namespace waybill::topic {

std::string lambda_event(const std::string& stored, const SubscriptionSpec& subscription) {
  NotificationJson sns = NotificationJson::parse(stored, nullptr, false);
  if (!sns.is_object()) sns = NotificationJson::object();
  // Functions read these without asking whether they are there.
  if (!sns.contains("Subject")) sns["Subject"] = nullptr;
  if (!sns.contains("MessageAttributes")) sns["MessageAttributes"] = NotificationJson::object();
  NotificationJson record;
  record["EventSource"] = "aws:sns";
  record["EventVersion"] = "1.0";
  record["EventSubscriptionArn"] = subscription.arn;
  record["Sns"] = std::move(sns);
  NotificationJson event;
  event["Records"] = NotificationJson::array({std::move(record)});
  return event.dump(-1, ' ', false, NotificationJson::error_handler_t::replace);
}

}  // namespace waybill::topic
