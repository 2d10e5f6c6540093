#include "api/sns/sns_api.h"

#include <map>

#include "topic/envelope.h"

namespace waybill::api {

namespace {

constexpr QueryService kSns{"http://sns.amazonaws.com/doc/2010-03-31/"};
constexpr std::string_view kCertificatePrefix = "/SimpleNotificationService-";

using SnsOperation = SnsAnswer (*)(const SnsCall&);

const std::map<std::string_view, SnsOperation>& sns_operations() {
  static const std::map<std::string_view, SnsOperation> kOperations{
      {"CreateTopic", sns_create_topic},
      {"DeleteTopic", sns_delete_topic},
      {"ListTopics", sns_list_topics},
      {"GetTopicAttributes", sns_get_topic_attributes},
      {"SetTopicAttributes", sns_set_topic_attributes},
      {"Subscribe", sns_subscribe},
      {"ConfirmSubscription", sns_confirm_subscription},
      {"Unsubscribe", sns_unsubscribe},
      {"ListSubscriptions", sns_list_subscriptions},
      {"ListSubscriptionsByTopic", sns_list_subscriptions_by_topic},
      {"GetSubscriptionAttributes", sns_get_subscription_attributes},
      {"SetSubscriptionAttributes", sns_set_subscription_attributes},
      {"ListTagsForResource", sns_list_tags_for_resource},
      {"TagResource", sns_tag_resource},
      {"UntagResource", sns_untag_resource},
  };
  return kOperations;
}

bool is_publishing(std::string_view action) { return action == "Publish" || action == "PublishBatch"; }

net::HttpResponse answered(const std::string& action, const SnsAnswer& answer, const std::string& request_id) {
  return answer ? query_answer(kSns, action, *answer, request_id) : query_refusal(kSns, answer.error(), request_id);
}

}  // namespace

bool SnsApi::has(std::string_view action) { return is_publishing(action) || sns_operations().contains(action); }

void SnsApi::call(const QueryCall& query, const Place& place, const std::string& request_id, net::Reply reply) const {
  const std::string action = query.action();
  const SnsCall sns_call{ports_, query, place};
  if (!is_publishing(action)) return reply(answered(action, sns_operations().at(action)(sns_call), request_id));
  SnsDone done = [&io = ports_.io, action, request_id, reply = std::move(reply)](SnsAnswer answer) mutable {
    io.post([action, request_id, answer = std::move(answer), reply = std::move(reply)]() mutable {
      reply(answered(action, answer, request_id));
    });
  };
  if (action == "Publish") {
    sns_publish(sns_call, std::move(done));
  } else {
    sns_publish_batch(sns_call, std::move(done));
  }
}

bool SnsApi::is_certificate(const net::HttpRequest& request) {
  return (request.method == "GET" || request.method == "HEAD") && request.path.starts_with(kCertificatePrefix);
}

net::HttpResponse SnsApi::certificate(const net::HttpRequest& request) const {
  const auto certificate = ports_.key.certificate();
  if (!certificate) {
    return query_refusal(kSns, {"InternalError", certificate.error().message, 500}, request.request_id);
  }
  if (request.path != topic::certificate_path(certificate->id)) {
    return query_refusal(kSns, sns_not_found("There is no such certificate"), request.request_id);
  }
  net::HttpResponse response;
  response.content_type = "application/x-pem-file";
  response.body = certificate->pem;
  return response;
}

}  // namespace waybill::api
