// Bodies for receivers that speak no SNS: chats and on-call services with a web address of their own. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "topic/envelope.h"

namespace waybill::topic {

enum class WebhookShape { sns, slack, pagerduty };

// Which shape the receiver at a URL gets, by its host.
class WebhookShapes {
 public:
  // Entries "host=sns|slack|pagerduty"; "*.suffix" stands for every host below the suffix. The first that fits counts;
  // without any it is sns. Error: invalid, naming the entry.
  static Result<WebhookShapes> parse(const std::vector<std::string>& entries);

  WebhookShape of(std::string_view url) const;

 private:
  struct Entry {
    std::string host;  // lower case
    WebhookShape shape;
  };
  std::vector<Entry> entries_;
};

// Host, and port where there is one, of an http or https URL; "" when it is none.
std::string host_and_port(std::string_view url);

// {"text": "*Subject*\nMessage"}, with Slack's three special characters escaped.
std::string slack_body(const NotificationJson& notification);

// PagerDuty's Events API v2. The routing key is the parameter routing_key of the subscription's URL.
struct PagerDutyCall {
  std::string url;  // without that parameter
  std::string body;
};
// Error: invalid, when the URL has no routing_key.
Result<PagerDutyCall> pagerduty_call(std::string_view url, const NotificationJson& notification);

}  // namespace waybill::topic
