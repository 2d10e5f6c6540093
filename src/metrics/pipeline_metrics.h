// The daemon's Prometheus metrics, by what happened. Names, labels and help texts are in pipeline_metrics.cc and
// nowhere else.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace waybill::metrics {

// Values read at the moment of a scrape.
struct Gauges {
  struct Endpoint {
    std::string endpoint;  // target or subscription
    std::int64_t pending = 0;
    std::int64_t retrying = 0;
    double oldest_seconds = 0;
    bool circuit_open = false;
  };
  std::vector<Endpoint> endpoints;
  struct Queue {
    std::string queue;  // name
    std::int64_t visible = 0;
    std::int64_t in_flight = 0;
    std::int64_t delayed = 0;
    double oldest_seconds = 0;
  };
  std::vector<Queue> queues;
  std::int64_t dead_letters = 0;
  std::int64_t connections = 0;
  std::int64_t wal_bytes = 0;
  double uptime_seconds = 0;
  std::int64_t resident_bytes = 0;
};

// Thread-safe.
class PipelineMetrics {
 public:
  PipelineMetrics();
  ~PipelineMetrics();

  void events_received(std::size_t count);
  void event_rejected(std::string_view code);
  void rule_matched(std::string_view rule_arn);
  void event_unmatched();
  void unknown_bus(std::string_view bus);

  void attempt(std::string_view endpoint, std::chrono::nanoseconds duration, bool ok);
  // outcome: delivered, retried, dead_lettered, fenced, conflicted.
  void delivery_ended(std::string_view endpoint, std::string_view outcome);
  void custom_metric(std::string_view name_space, std::string_view name, double value);
  // A filter policy kept a notification from its subscription.
  void notification_filtered(std::string_view subscription_arn);
  void dead_letters_expired(std::int64_t count);
  void items_expired(std::int64_t count);
  void messages_expired(std::int64_t count);
  // A batch of a queue was with its function: so many messages, so many of them come again.
  void batch(std::string_view queue, std::size_t messages, std::size_t failed);
  void batch_filtered(std::string_view queue, std::size_t messages);  // deleted unseen, as no filter wanted them
  // A fault on request touched an attempt; kind: fail, status, latency.
  void fault(std::string_view endpoint, std::string_view kind);

  void group_committed(std::size_t units, std::size_t changes, std::chrono::nanoseconds apply,
                       std::chrono::nanoseconds commit);
  void logged(std::size_t units, std::chrono::nanoseconds duration);
  void unit_refused(std::string_view reason);
  void checkpointed(std::chrono::nanoseconds duration);

  void http_request(std::string_view route, unsigned status, std::chrono::nanoseconds duration);
  void http_refused(std::string_view reason);
  void accept_failed();

  // Prometheus text exposition format 0.0.4.
  std::string text(const Gauges& gauges) const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace waybill::metrics
