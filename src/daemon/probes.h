// The rooms' probes over the metrics room, and the log lines that go with them.
#pragma once

#include <atomic>
#include <map>
#include <string>

#include "api/admin_clock.h"
#include "api/api.h"
#include "base/guarded.h"
#include "bus/acceptor.h"
#include "delivery/invoker.h"
#include "handlers/host/effects.h"
#include "metrics/pipeline_metrics.h"
#include "net/http_server.h"
#include "queue/event_sources.h"
#include "store/journal.h"

namespace waybill {

// Thread-safe.
class Probes final : public bus::BusProbe,
                     public delivery::DeliveryProbe,
                     public HostProbe,
                     public store::JournalProbe,
                     public net::HttpProbe,
                     public api::ApiProbe,
                     public queue::EventSourceProbe {
 public:
  metrics::PipelineMetrics& metrics() { return metrics_; }
  std::int64_t connections() const { return connections_; }
  std::int64_t wal_bytes() const { return wal_bytes_; }

  // Event buses that events were sent to and that do not exist; the first hundred names since the start.
  struct UnknownBus {
    std::int64_t events = 0;
    std::string nearest;
  };
  std::map<std::string, UnknownBus> unknown_buses() const;

  // Since the start.
  api::DeliveryTotals totals() const { return {attempts_, delivered_, retried_, dead_lettered_}; }

  void received(std::size_t entries) override;
  void rejected(std::string_view error_code) override;
  void matched(const RuleSpec& rule) override;
  void unmatched() override;
  void unknown_bus(std::string_view name, std::string_view nearest) override;

  void attempted(const EndpointSpec& endpoint, std::chrono::nanoseconds duration, bool ok) override;
  void ended(const EndpointSpec& endpoint, Outcome outcome) override;

  void custom_metric(const Metric& metric) override;
  void filtered(const SubscriptionSpec& subscription) override;

  void committed(std::size_t units, std::size_t changes, std::chrono::nanoseconds apply,
                 std::chrono::nanoseconds commit) override;
  void refused(store::Refusal::Reason reason) override;
  void shed() override;
  void logged(std::size_t units, std::chrono::nanoseconds duration) override;
  void checkpointed(std::int64_t wal_bytes_before, std::chrono::nanoseconds duration) override;
  void wal_size(std::int64_t bytes) override { wal_bytes_ = bytes; }

  void batch(const EventSourceSpec& source, std::size_t messages, std::size_t failed) override;
  void filtered(const EventSourceSpec& source, std::size_t messages) override;

  void connection_opened() override { ++connections_; }
  void connection_closed() override { --connections_; }
  void connection_refused() override;
  void accept_failed() override;
  void request_refused(unsigned status) override;

  void request(std::string_view route, unsigned status, std::chrono::nanoseconds duration) override;

 private:
  metrics::PipelineMetrics metrics_;
  Guarded<std::map<std::string, UnknownBus>> unknown_buses_;
  std::atomic<std::int64_t> attempts_{0}, delivered_{0}, retried_{0}, dead_lettered_{0};
  std::atomic<std::int64_t> connections_{0};
  std::atomic<std::int64_t> wal_bytes_{0};
};

// An endpoint as metrics and people name it: the target's ARN.
std::string endpoint_label(const EndpointSpec& endpoint);

}  // namespace waybill
