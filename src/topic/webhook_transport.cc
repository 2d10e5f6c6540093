#include "topic/webhook_transport.h"

#include "base/json_tree.h"

namespace waybill::topic {

namespace {

constexpr std::chrono::seconds kWebhookTimeout{15};  // AWS: SNS waits so long for an answer
constexpr std::size_t kMaxWebhookAnswer = 64 * 1024;
constexpr const char* kWebhookAgent = "Amazon Simple Notification Service Agent";  // receivers look at it

CallOutcome refused_call(const char* code, std::string message) {
  return {CallOutcome::Kind::permanent, code, std::move(message), Millis{0}};
}

// Shaped receivers are told nothing else than notifications.
bool is_confirmation(const NotificationJson& stored) { return stored.value("Type", "") == kConfirmationType; }

}  // namespace

Result<net::HttpCall> webhook_call(const WebhookRequest& request, SigningKey& key) {
  const SubscriptionSpec& subscription = *request.endpoint.subscription;
  const std::string message_id = request.stored.value("MessageId", "");
  const bool confirmation = is_confirmation(request.stored);
  const bool is_raw = subscription.raw && !confirmation;
  net::HttpCall call;
  call.method = "POST";
  call.url = subscription.address;
  call.timeout = kWebhookTimeout;
  call.max_response_bytes = kMaxWebhookAnswer;
  std::string content_type =
      subscription.policy.content_type.empty() ? "text/plain; charset=UTF-8" : subscription.policy.content_type;
  if (request.shape == WebhookShape::slack) {
    content_type = "application/json";
    call.body = slack_body(request.stored);
  } else if (request.shape == WebhookShape::pagerduty) {
    content_type = "application/json";
    WAYBILL_TRY(PagerDutyCall shaped, pagerduty_call(subscription.address, request.stored));
    call.url = std::move(shaped.url);
    call.body = std::move(shaped.body);
  } else if (is_raw) {
    call.body = request.stored.value("Message", "");
  } else {
    WAYBILL_TRY(call.body, signed_envelope(request.stored, subscription, request.public_url, key));
  }
  call.headers = {{"Content-Type", content_type},
                  {"User-Agent", kWebhookAgent},
                  {"Idempotency-Key", idempotency_key(message_id, subscription.arn)}};
  if (request.shape != WebhookShape::sns) return call;
  call.headers.emplace_back("x-amz-sns-message-type", request.stored.value("Type", ""));
  call.headers.emplace_back("x-amz-sns-message-id", message_id);
  call.headers.emplace_back("x-amz-sns-topic-arn", request.endpoint.topic_arn);
  if (!confirmation) call.headers.emplace_back("x-amz-sns-subscription-arn", subscription.arn);
  if (is_raw) call.headers.emplace_back("x-amz-sns-rawdelivery", "true");
  return call;
}

CallOutcome webhook_outcome(const net::OutboundResult& result, const std::string& who, WallTime now) {
  using Kind = CallOutcome::Kind;
  if (!result) return destination::classify(result.error(), who);
  CallOutcome outcome = destination::classify(*result, who, {}, now);
  if (outcome.kind == Kind::delivered) return outcome;
  const bool may_pass = result->status == 429 || result->status / 100 == 5;
  outcome.kind = may_pass ? Kind::retriable : Kind::permanent;
  if (!may_pass) outcome.wait = Millis{0};
  if (result->status / 100 == 3) {
    outcome.error_message = who + " answered with a redirect (status " + std::to_string(result->status) +
                            "), which is not followed; subscribe the address that it leads to";
  }
  return outcome;
}

void WebhookTransport::send(const EndpointSpec& subscription, const std::vector<Outgoing>& outgoing, Callback done) {
  const auto stored = parse_json<NotificationJson>(outgoing.front().notification.body);
  if (!stored.is_object() || !subscription.subscription) {
    return done(refused_call("INVALID_PARAMETER", "what is stored is no notification"));
  }
  const SubscriptionSpec& spec = *subscription.subscription;
  const bool confirmation = is_confirmation(stored);
  if (confirmation && spec.confirmed) return done(Sent{});  // it was answered already, by another way or attempt
  if (!confirmation && !spec.confirmed) {
    return done(refused_call("NO_PERMISSIONS", "the receiver of the subscription " + spec.arn +
                                                   " has not confirmed it: PendingConfirmation"));
  }
  if (spec.policy.most_per_second > 0) {
    const Millis wait = limits_.take(spec.arn, spec.policy.most_per_second, ports_.steady.now());
    if (wait > Millis{0}) return done(CallOutcome{CallOutcome::Kind::postponed, "", "", wait});
  }
  auto call = webhook_call(
      {subscription, stored, confirmation ? WebhookShape::sns : shapes_.of(spec.address), ports_.public_url()},
      ports_.key);
  if (!call) {
    const bool is_wrong = call.error().code == ErrorCode::invalid;
    return done(CallOutcome{is_wrong ? CallOutcome::Kind::permanent : CallOutcome::Kind::retriable,
                            is_wrong ? "INVALID_PARAMETER" : "INTERNAL_ERROR", call.error().message, Millis{0}});
  }
  ports_.http.submit(std::move(*call), [this, who = "the receiver at " + host_and_port(spec.address),
                                        done = std::move(done)](const net::OutboundResult& result) mutable {
    done(webhook_outcome(result, who, ports_.wall.now()));
  });
}

}  // namespace waybill::topic
