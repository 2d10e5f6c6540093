#include "topic/webhook_shapes.h"

#include <algorithm>

#include "base/json_tree.h"
#include "base/utf8_cut.h"
#include "net/url.h"

namespace waybill::topic {

namespace {

constexpr std::size_t kMostSlackBytes = 40'000;     // Slack cuts longer texts
constexpr std::size_t kMostSummaryBytes = 1024;     // PagerDuty refuses longer ones
constexpr std::size_t kMostDetailsBytes = 400'000;  // and events above 512 KB

std::string lower_ascii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return lower;
}

std::string host_of_url(std::string_view url) {
  std::string host = host_and_port(url);
  const std::size_t colon = host.rfind(':');
  if (colon != std::string::npos && host.find(']', colon) == std::string::npos) host.resize(colon);
  return lower_ascii(host);
}

// Not in the middle of a character.
std::string cut_text(std::string text, std::size_t most) {
  constexpr std::string_view kMore = "…";
  if (text.size() <= most) return text;
  text.resize(utf8_cut(text, most - kMore.size()).size());
  return text.append(kMore);
}

std::string escaped_for_slack(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string dumped(const NotificationJson& json) {
  return json.dump(-1, ' ', false, NotificationJson::error_handler_t::replace);
}

// What the subject begins with says how bad it is.
std::string severity_of(std::string_view subject) {
  const std::string lower = lower_ascii(subject.substr(0, subject.find(':')));
  for (const char* severity : {"critical", "error", "warning", "info"}) {
    if (lower == severity) return severity;
  }
  return "warning";
}

std::string first_line(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return "";
  text.remove_prefix(begin);
  text = text.substr(0, text.find('\n'));
  return std::string(text.substr(0, text.find_last_not_of(kBlank) + 1));
}

// PagerDuty refuses an event without one.
std::string summary_of(const std::string& subject, const std::string& message, const std::string& topic_arn) {
  std::string summary = first_line(subject);
  if (summary.empty()) summary = first_line(message);
  if (summary.empty()) summary = topic_arn.substr(topic_arn.rfind(':') + 1);
  return cut_text(std::move(summary), kMostSummaryBytes);
}

NotificationJson details_of(const std::string& message) {
  auto parsed = parse_json<NotificationJson>(message);
  if (parsed.is_object() && message.size() <= kMostDetailsBytes) return parsed;
  return {{"message", cut_text(message, kMostDetailsBytes)}};
}

}  // namespace

std::string host_and_port(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return "";
  url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  const std::size_t user = url.rfind('@');
  if (user != std::string_view::npos) url.remove_prefix(user + 1);
  return std::string(url);
}

Result<WebhookShapes> WebhookShapes::parse(const std::vector<std::string>& entries) {
  WebhookShapes shapes;
  for (const std::string& entry : entries) {
    const std::size_t equals = entry.find('=');
    const std::string name = equals == std::string::npos ? "" : entry.substr(equals + 1);
    const std::string host = lower_ascii(entry.substr(0, equals));
    const bool known = name == "sns" || name == "slack" || name == "pagerduty";
    if (!known || host.empty() || host.find_first_of("/: ") != std::string::npos) {
      return invalid("'" + entry + "' must be HOST=sns, HOST=slack or HOST=pagerduty, where HOST is a name without " +
                     "scheme and port, or *.SUFFIX");
    }
    shapes.entries_.push_back({host, name == "slack"       ? WebhookShape::slack
                                     : name == "pagerduty" ? WebhookShape::pagerduty
                                                           : WebhookShape::sns});
  }
  return shapes;
}

WebhookShape WebhookShapes::of(std::string_view url) const {
  const std::string host = host_of_url(url);
  for (const Entry& entry : entries_) {
    const bool below = entry.host.starts_with("*.") && host.size() > entry.host.size() - 1 &&
                       host.ends_with(std::string_view(entry.host).substr(1));
    if (below || host == entry.host) return entry.shape;
  }
  return WebhookShape::sns;
}

std::string slack_body(const NotificationJson& notification) {
  const std::string subject = notification.value("Subject", "");
  std::string text;
  if (!subject.empty()) text = "*" + escaped_for_slack(subject) + "*\n";
  text += escaped_for_slack(notification.value("Message", ""));
  return dumped({{"text", cut_text(std::move(text), kMostSlackBytes)}});
}

Result<PagerDutyCall> pagerduty_call(std::string_view url, const NotificationJson& notification) {
  const std::size_t question = url.find('?');
  const std::string_view query = question == std::string_view::npos ? "" : url.substr(question + 1);
  WAYBILL_TRY(const net::QueryPairs pairs, net::parse_query(query));
  const auto key = net::find_query(pairs, "routing_key");
  if (!key || key->empty()) {
    return invalid("the address of a subscription to PagerDuty must end with ?routing_key=… (the integration key)");
  }
  PagerDutyCall call;
  call.url = url.substr(0, question);
  char separator = '?';
  for (const auto& [name, value] : pairs) {
    if (name == "routing_key") continue;
    call.url += separator + net::percent_encode(name) + "=" + net::percent_encode(value);
    separator = '&';
  }
  const std::string subject = notification.value("Subject", "");
  const std::string message = notification.value("Message", "");
  NotificationJson body;
  body["routing_key"] = *key;
  body["event_action"] = "trigger";
  body["dedup_key"] = notification.value("MessageId", "");
  NotificationJson& payload = body["payload"];
  const std::string topic_arn = notification.value("TopicArn", "");
  payload["summary"] = summary_of(subject, message, topic_arn);
  payload["source"] = topic_arn;
  payload["severity"] = severity_of(subject);
  payload["timestamp"] = notification.value("Timestamp", "");
  payload["custom_details"] = details_of(message);
  call.body = dumped(body);
  return call;
}

}  // namespace waybill::topic
