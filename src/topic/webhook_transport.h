// Notifications to web servers: http and https subscriptions. Each is one POST; what the answer means is SNS's rule.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "destination/rate_limits.h"
#include "net/outbound.h"
#include "topic/signing_key.h"
#include "topic/transport.h"
#include "topic/webhook_shapes.h"

namespace waybill::topic {

// The request for one notification. Errors: invalid, when what is stored or the address cannot be sent; those of the
// key.
struct WebhookRequest {
  const EndpointSpec& endpoint;
  const NotificationJson& stored;
  WebhookShape shape = WebhookShape::sns;
  std::string public_url;
};
Result<net::HttpCall> webhook_call(const WebhookRequest& request, SigningKey& key);

// Done: 2xx. Retriable: 429 and 5xx, no answer within 15 seconds, no connection. Everything else is permanent, also a
// redirect, which is not followed.
CallOutcome webhook_outcome(const net::OutboundResult& result, const std::string& who, WallTime now);

// Thread-safe. Must outlive the calls that it submits: the Outbound stops before this goes.
class WebhookTransport final : public Transport {
 public:
  struct Ports {
    net::Outbound& http;
    SigningKey& key;
    const WallClock& wall;
    const SteadyClock& steady;
    std::function<std::string()> public_url;
  };
  WebhookTransport(Ports ports, WebhookShapes shapes) : ports_(std::move(ports)), shapes_(std::move(shapes)) {}

  void send(const EndpointSpec& subscription, const std::vector<Outgoing>& outgoing, Callback done) override;

 private:
  const Ports ports_;
  const WebhookShapes shapes_;
  destination::RateLimits limits_;
};

}  // namespace waybill::topic
