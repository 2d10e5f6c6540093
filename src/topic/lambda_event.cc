#include "topic/lambda_event.h"

#include "base/json_tree.h"
#include "topic/envelope.h"

namespace waybill::topic {

std::string lambda_event(const std::string& envelope, const SubscriptionSpec& subscription) {
  NotificationJson sns = parse_json<NotificationJson>(envelope);
  if (!sns.is_object()) sns = NotificationJson::object();
  for (const auto& [as_posted, as_called] :
       {std::pair{"SigningCertURL", "SigningCertUrl"}, {"UnsubscribeURL", "UnsubscribeUrl"}}) {
    const auto found = sns.find(as_posted);
    if (found == sns.end()) continue;
    sns[as_called] = *found;
    sns.erase(as_posted);
  }
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
