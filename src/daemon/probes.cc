#include "daemon/probes.h"

#include "base/log.h"

namespace waybill {

std::string endpoint_label(const EndpointSpec& endpoint) {
  return endpoint.target_arn.empty() ? endpoint.key : endpoint.target_arn;
}

namespace {

constexpr std::size_t kShownBuses = 100;

const char* name_of(delivery::DeliveryProbe::Outcome outcome) {
  using Outcome = delivery::DeliveryProbe::Outcome;
  switch (outcome) {
    case Outcome::delivered: return "delivered";
    case Outcome::retried: return "retried";
    case Outcome::dead_lettered: return "dead_lettered";
    case Outcome::fenced: return "fenced";
    case Outcome::conflicted: return "conflicted";
  }
  return "unknown";
}

const char* name_of(store::Refusal::Reason reason) {
  using Reason = store::Refusal::Reason;
  switch (reason) {
    case Reason::fenced: return "fenced";
    case Reason::version_conflict: return "version_conflict";
    case Reason::condition_failed: return "condition_failed";
    case Reason::invalid_effect: return "invalid_effect";
    case Reason::shed: return "shed";
    case Reason::unavailable: return "unavailable";
    case Reason::poisoned: return "poisoned";
  }
  return "unknown";
}

}  // namespace

void Probes::received(std::size_t entries) { metrics_.events_received(entries); }
void Probes::rejected(std::string_view error_code) { metrics_.event_rejected(error_code); }
void Probes::matched(const RuleSpec& rule) { metrics_.rule_matched(rule.arn); }
void Probes::unmatched() { metrics_.event_unmatched(); }
void Probes::unknown_bus(std::string_view name, std::string_view nearest) {
  metrics_.unknown_bus(name);
  unknown_buses_.with([&](auto& buses) {
    const auto found = buses.find(std::string(name));
    if (found == buses.end() && buses.size() >= kShownBuses) return;
    UnknownBus& bus = buses[std::string(name)];
    ++bus.events;
    bus.nearest = nearest;
  });
  spdlog::warn(
      "an event for the event bus '{}', which does not exist, was accepted and dropped, as on AWS; the nearest "
      "bus is '{}'",
      name, nearest);
}

std::map<std::string, Probes::UnknownBus> Probes::unknown_buses() const {
  return unknown_buses_.with([](const auto& buses) { return buses; });
}

void Probes::attempted(const EndpointSpec& endpoint, std::chrono::nanoseconds duration, bool ok) {
  ++attempts_;
  metrics_.attempt(endpoint_label(endpoint), duration, ok);
}

void Probes::ended(const EndpointSpec& endpoint, Outcome outcome) {
  metrics_.delivery_ended(endpoint_label(endpoint), name_of(outcome));
  if (outcome == Outcome::delivered) ++delivered_;
  if (outcome == Outcome::retried) ++retried_;
  if (outcome == Outcome::dead_lettered) ++dead_lettered_;
  if (outcome == Outcome::dead_lettered) spdlog::error("a delivery to {} was dead-lettered", endpoint_label(endpoint));
  if (outcome == Outcome::retried)
    spdlog::warn("a delivery to {} failed and will be retried", endpoint_label(endpoint));
  if (outcome == Outcome::fenced) spdlog::warn("a late result for {} was dropped", endpoint_label(endpoint));
}

void Probes::filtered(const SubscriptionSpec& subscription) { metrics_.notification_filtered(subscription.arn); }

void Probes::custom_metric(const Metric& metric) {
  metrics_.custom_metric(metric.name_space, metric.name, metric.value);
}

void Probes::committed(std::size_t units, std::size_t changes, std::chrono::nanoseconds apply,
                       std::chrono::nanoseconds commit) {
  metrics_.group_committed(units, changes, apply, commit);
}
void Probes::logged(std::size_t units, std::chrono::nanoseconds duration) { metrics_.logged(units, duration); }
void Probes::refused(store::Refusal::Reason reason) { metrics_.unit_refused(name_of(reason)); }
void Probes::shed() { metrics_.unit_refused("shed"); }
void Probes::checkpointed(std::int64_t, std::chrono::nanoseconds duration) { metrics_.checkpointed(duration); }

void Probes::connection_refused() { metrics_.http_refused("connections"); }
void Probes::accept_failed() { metrics_.accept_failed(); }
void Probes::request_refused(unsigned status) { metrics_.http_refused(std::to_string(status)); }

void Probes::request(std::string_view route, unsigned status, std::chrono::nanoseconds duration) {
  metrics_.http_request(route, status, duration);
}

namespace {

std::string queue_of(const EventSourceSpec& source) { return source.queue_arn.substr(source.queue_arn.rfind(':') + 1); }

}  // namespace

void Probes::batch(const EventSourceSpec& source, std::size_t messages, std::size_t failed) {
  metrics_.batch(queue_of(source), messages, failed);
}

void Probes::filtered(const EventSourceSpec& source, std::size_t messages) {
  metrics_.batch_filtered(queue_of(source), messages);
}

}  // namespace waybill
