#include "daemon/web_topics.h"

#include "base/json_tree.h"
#include "base/log.h"
#include "topic/envelope.h"

namespace waybill {

namespace {

constexpr std::size_t kTokenBytes = 64;

topic::Subscriptions::Ports with_tokens(topic::Subscriptions::Ports ports) {
  ports.make_token = [] { return topic::random_hex(kTokenBytes); };
  return ports;
}

bool is_web_address(const std::string& url) { return url.starts_with("http://") || url.starts_with("https://"); }

}  // namespace

NeedsConfirmation WebTopicSetup::needs_confirmation() const {
  return [always = confirm, told = shapes](const std::string& protocol, const std::string& address) {
    return always && (protocol == "http" || protocol == "https") && told.of(address) == topic::WebhookShape::sns;
  };
}

Result<WebTopicSetup> web_topic_setup(const Settings& settings) {
  WebTopicSetup setup;
  auto shapes = topic::WebhookShapes::parse(settings.list("topics.webhook_shapes"));
  if (!shapes) return invalid("setting topics.webhook_shapes: " + shapes.error().message);
  setup.shapes = std::move(*shapes);
  const std::string& confirm = settings.text("topics.confirm");
  if (confirm != "always" && confirm != "never") {
    return invalid("setting topics.confirm is '" + confirm + "'; it must be always or never");
  }
  setup.confirm = confirm == "always";
  setup.public_url = settings.text("public_url");
  while (setup.public_url.ends_with('/')) setup.public_url.pop_back();
  if (!setup.public_url.empty() &&
      (!is_web_address(setup.public_url) || setup.public_url.find_first_of("?# ") != std::string::npos)) {
    return invalid("setting public_url is '" + setup.public_url +
                   "'; it must be an address like https://waybill.example.com, without a query");
  }
  const std::string& directory = settings.text("data_dir");
  if (!directory.empty() && directory != ":memory:") setup.key_file = directory + "/notification-signing.pem";
  return setup;
}

std::string public_host(const Settings& settings) {
  std::string host = topic::host_and_port(settings.text("public_url"));
  const std::size_t colon = host.rfind(':');
  if (colon != std::string::npos && host.find(']', colon) == std::string::npos) host.resize(colon);
  return host;
}

WebTopics::WebTopics(const WebTopicSetup& setup, Ports ports)
    : public_url_(setup.public_url),
      key_(setup.key_file, ports.subscriptions.clock),
      transport_({ports.http, key_, ports.subscriptions.clock, ports.steady,
                  [this] { return public_url_.with([](const std::string& url) { return url; }); }},
                 setup.shapes),
      subscriptions_(with_tokens(std::move(ports.subscriptions))) {}

void WebTopics::listens_on(const std::string& host, std::uint16_t port) {
  const bool everywhere = host == "0.0.0.0" || host == "::";
  const std::string name = everywhere ? "localhost" : host.find(':') == std::string::npos ? host : "[" + host + "]";
  public_url_.with([&](std::string& url) {
    if (url.empty()) url = "http://" + name + ":" + std::to_string(port);
  });
}

void WebTopics::ask_receivers(topic::Subscriptions::Whom whom) {
  const Status asked = subscriptions_.ask_all(whom);
  if (!asked) spdlog::error("receivers of subscriptions could not be asked to confirm: {}", asked.error().message);
}

Result<std::string> WebTopics::envelope(const std::string& stored, const SubscriptionSpec& subscription) {
  const auto notification = parse_json<topic::NotificationJson>(stored);
  if (!notification.is_object()) return invalid("the notification cannot be read");
  return topic::signed_envelope(notification, subscription, public_url_.with([](const auto& url) { return url; }),
                                key_);
}

}  // namespace waybill
