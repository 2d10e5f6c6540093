// Topics that reach web servers, as the settings say: addresses that receivers are given, who must agree, and in which
// shape they are told.
#pragma once

#include <string>

#include "base/guarded.h"
#include "daemon/settings.h"
#include "topic/signing_key.h"
#include "topic/subscriptions.h"
#include "topic/webhook_transport.h"

namespace waybill {

struct WebTopicSetup {
  topic::WebhookShapes shapes;
  bool confirm = true;     // ask receivers that are told in SNS's shape
  std::string public_url;  // without a slash at its end; "" for the address that is listened on
  std::string key_file;    // "" for a key in memory

  NeedsConfirmation needs_confirmation() const;
};
// Errors: invalid, naming the setting.
Result<WebTopicSetup> web_topic_setup(const Settings& settings);
// The host name in public_url, which requests must be allowed to name; "" when it is not set.
std::string public_host(const Settings& settings);

// Owner: the App. Thread-safe.
class WebTopics {
 public:
  struct Ports {
    net::Outbound& http;
    topic::Subscriptions::Ports subscriptions;  // make_token is filled in here
    const SteadyClock& steady;
  };
  WebTopics(const WebTopicSetup& setup, Ports ports);

  // Where the daemon listens: the default of public_url.
  void listens_on(const std::string& host, std::uint16_t port);
  // Asks receivers whether they agree; what goes wrong is logged.
  void ask_receivers(topic::Subscriptions::Whom whom = topic::Subscriptions::Whom::new_ones);

  // A notification as subscribers get it that are not told raw.
  Result<std::string> envelope(const std::string& stored, const SubscriptionSpec& subscription);

  topic::Transport& transport() { return transport_; }
  topic::SigningKey& key() { return key_; }
  topic::Subscriptions& subscriptions() { return subscriptions_; }

 private:
  Guarded<std::string> public_url_;
  topic::SigningKey key_;
  topic::WebhookTransport transport_;
  topic::Subscriptions subscriptions_;
};

}  // namespace waybill
