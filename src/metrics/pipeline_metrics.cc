#include "metrics/pipeline_metrics.h"

#include <algorithm>
#include <mutex>
#include <unordered_map>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "waybill/version.h"

namespace waybill::metrics {

namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Registry;

double seconds(std::chrono::nanoseconds duration) { return std::chrono::duration<double>(duration).count(); }

Family<Counter>& counter(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}
Family<Histogram>& histogram(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

const Histogram::BucketBoundaries kCommitSeconds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1};
const Histogram::BucketBoundaries kGroupSizes{1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500};
const Histogram::BucketBoundaries kRequestSeconds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5};
const Histogram::BucketBoundaries kAttemptSeconds{0.00001, 0.0001, 0.001, 0.01, 0.1, 1, 10, 30, 60};

// Series of one family by their label values: Family::Add builds a map and takes a lock every time, which a data path
// cannot afford. Hostile label values (bus names, routes) must not grow it without end.
template <class T>
class Series {
 public:
  template <class Make>
  T& get(std::string_view key, Make make) {
    const std::lock_guard lock(mutex_);
    const auto found = by_key_.find(std::string(key));
    if (found != by_key_.end()) return *found->second;
    if (by_key_.size() >= kMost) return *by_key_.begin()->second;
    T& made = make();
    by_key_.emplace(std::string(key), &made);
    return made;
  }

 private:
  static constexpr std::size_t kMost = 10'000;
  std::mutex mutex_;
  std::unordered_map<std::string, T*> by_key_;  // guarded by mutex_
};

template <class T>
struct Labelled {
  explicit Labelled(Family<T>& of) : family(of) {}
  Family<T>& family;
  Series<T> series;
};

Counter& one(Labelled<Counter>& counters, const char* label, std::string_view value) {
  return counters.series.get(value, [&]() -> Counter& { return counters.family.Add({{label, std::string(value)}}); });
}

Counter& two(Labelled<Counter>& counters, const char* label1, std::string_view value1, const char* label2,
             std::string_view value2) {
  std::string key(value1);
  key.append("\n").append(value2);
  return counters.series.get(key, [&]() -> Counter& {
    return counters.family.Add({{label1, std::string(value1)}, {label2, std::string(value2)}});
  });
}

}  // namespace

struct PipelineMetrics::Families {
  Registry registry;
  Counter& received = counter(registry, "waybill_events_received_total", "Entries of PutEvents that came in.").Add({});
  Labelled<Counter> rejected{counter(registry, "waybill_events_rejected_total", "Entries refused, by error code.")};
  Labelled<Counter> matched{counter(registry, "waybill_rule_matches_total", "Events that matched, by rule.")};
  Counter& unmatched =
      counter(registry, "waybill_events_unmatched_total", "Accepted events that no rule matched.").Add({});
  Labelled<Counter> unknown_bus{
      counter(registry, "waybill_events_unknown_bus_total", "Events for an event bus that does not exist, by bus.")};

  Labelled<Counter> attempts{
      counter(registry, "waybill_delivery_attempts_total", "Attempts to deliver, by endpoint and result.")};
  Labelled<Histogram> attempt_seconds{
      histogram(registry, "waybill_delivery_attempt_seconds", "How long an attempt took, by endpoint.")};
  Labelled<Counter> outcomes{
      counter(registry, "waybill_deliveries_total", "Attempts by endpoint and what came of them.")};
  Labelled<Counter> custom{counter(registry, "waybill_custom_metric_total", "Sums of the metrics that functions put.")};
  Labelled<Counter> filtered{counter(registry, "waybill_notifications_filtered_total",
                                     "Notifications that a filter policy kept back, by subscription.")};
  Counter& letters_expired =
      counter(registry, "waybill_dead_letters_expired_total", "Dead letters removed because of their age.").Add({});
  Labelled<Counter> faults{
      counter(registry, "waybill_faults_total", "Attempts that a fault on request touched, by endpoint and kind.")};
  Counter& items_expired = counter(registry, "waybill_items_expired_total", "Table items removed by TTL.").Add({});
  Counter& messages_expired =
      counter(registry, "waybill_messages_expired_total", "Messages removed because of their queue's retention.")
          .Add({});
  Labelled<Counter> batches{
      counter(registry, "waybill_batches_total", "Batches of messages that functions were given, by queue.")};
  Labelled<Counter> batch_messages{
      counter(registry, "waybill_batch_messages_total", "Messages in batches, by queue and result.")};

  Histogram& commit =
      histogram(registry, "waybill_commit_seconds", "Commit and sync of one group.").Add({}, kCommitSeconds);
  Histogram& apply =
      histogram(registry, "waybill_apply_seconds", "Applying the changes of one group.").Add({}, kCommitSeconds);
  Histogram& group =
      histogram(registry, "waybill_commit_group_units", "Units in one group commit.").Add({}, kGroupSizes);
  Histogram& log = histogram(registry, "waybill_ingress_log_seconds", "One append to the ingress log, with its sync.")
                       .Add({}, kCommitSeconds);
  Histogram& log_group = histogram(registry, "waybill_ingress_log_units", "Requests in one append to the ingress log.")
                             .Add({}, kGroupSizes);
  Counter& changes = counter(registry, "waybill_changes_total", "Changes applied.").Add({});
  Labelled<Counter> refused{counter(registry, "waybill_units_refused_total", "Units not applied, by reason.")};
  Histogram& checkpoint =
      histogram(registry, "waybill_checkpoint_seconds", "Checkpoints of the write-ahead log.").Add({}, kRequestSeconds);

  Labelled<Counter> requests{
      counter(registry, "waybill_http_requests_total", "HTTP requests by route and status code.")};
  Labelled<Histogram> request_seconds{
      histogram(registry, "waybill_http_request_seconds", "From request to answer, by route.")};
  Labelled<Counter> http_refused{
      counter(registry, "waybill_http_refused_total", "Connections and requests refused before a route saw them.")};
  Counter& accept_errors = counter(registry, "waybill_accept_errors_total", "Failed accepts.").Add({});
};

PipelineMetrics::PipelineMetrics() : families_(std::make_unique<Families>()) {}
PipelineMetrics::~PipelineMetrics() = default;

void PipelineMetrics::events_received(std::size_t count) { families_->received.Increment(static_cast<double>(count)); }
void PipelineMetrics::event_rejected(std::string_view code) { one(families_->rejected, "code", code).Increment(); }
void PipelineMetrics::rule_matched(std::string_view arn) { one(families_->matched, "rule", arn).Increment(); }
void PipelineMetrics::event_unmatched() { families_->unmatched.Increment(); }
void PipelineMetrics::unknown_bus(std::string_view bus) { one(families_->unknown_bus, "bus", bus).Increment(); }

void PipelineMetrics::attempt(std::string_view endpoint, std::chrono::nanoseconds duration, bool ok) {
  two(families_->attempts, "endpoint", endpoint, "result", ok ? "ok" : "failed").Increment();
  families_->attempt_seconds.series
      .get(endpoint,
           [&]() -> Histogram& {
             return families_->attempt_seconds.family.Add({{"endpoint", std::string(endpoint)}}, kAttemptSeconds);
           })
      .Observe(seconds(duration));
}

void PipelineMetrics::delivery_ended(std::string_view endpoint, std::string_view outcome) {
  two(families_->outcomes, "endpoint", endpoint, "outcome", outcome).Increment();
}
void PipelineMetrics::custom_metric(std::string_view name_space, std::string_view name, double value) {
  if (value > 0) two(families_->custom, "namespace", name_space, "name", name).Increment(value);
}
void PipelineMetrics::fault(std::string_view endpoint, std::string_view kind) {
  two(families_->faults, "endpoint", endpoint, "kind", kind).Increment();
}
void PipelineMetrics::notification_filtered(std::string_view arn) {
  one(families_->filtered, "subscription", arn).Increment();
}
void PipelineMetrics::dead_letters_expired(std::int64_t count) {
  families_->letters_expired.Increment(static_cast<double>(count));
}
void PipelineMetrics::messages_expired(std::int64_t count) {
  families_->messages_expired.Increment(static_cast<double>(count));
}
void PipelineMetrics::batch(std::string_view queue, std::size_t messages, std::size_t failed) {
  one(families_->batches, "queue", queue).Increment();
  two(families_->batch_messages, "queue", queue, "result", "ok").Increment(static_cast<double>(messages - failed));
  two(families_->batch_messages, "queue", queue, "result", "failed").Increment(static_cast<double>(failed));
}
void PipelineMetrics::batch_filtered(std::string_view queue, std::size_t messages) {
  two(families_->batch_messages, "queue", queue, "result", "filtered").Increment(static_cast<double>(messages));
}
void PipelineMetrics::items_expired(std::int64_t count) {
  families_->items_expired.Increment(static_cast<double>(count));
}

void PipelineMetrics::group_committed(std::size_t units, std::size_t changes, std::chrono::nanoseconds apply,
                                      std::chrono::nanoseconds commit) {
  families_->group.Observe(static_cast<double>(units));
  families_->changes.Increment(static_cast<double>(changes));
  families_->apply.Observe(seconds(apply));
  families_->commit.Observe(seconds(commit));
}
void PipelineMetrics::logged(std::size_t units, std::chrono::nanoseconds duration) {
  families_->log.Observe(seconds(duration));
  families_->log_group.Observe(static_cast<double>(units));
}
void PipelineMetrics::unit_refused(std::string_view reason) { one(families_->refused, "reason", reason).Increment(); }
void PipelineMetrics::checkpointed(std::chrono::nanoseconds duration) {
  families_->checkpoint.Observe(seconds(duration));
}

void PipelineMetrics::http_request(std::string_view route, unsigned status, std::chrono::nanoseconds duration) {
  two(families_->requests, "route", route, "code", std::to_string(status)).Increment();
  families_->request_seconds.series
      .get(route,
           [&]() -> Histogram& {
             return families_->request_seconds.family.Add({{"route", std::string(route)}}, kRequestSeconds);
           })
      .Observe(seconds(duration));
}
void PipelineMetrics::http_refused(std::string_view reason) {
  one(families_->http_refused, "reason", reason).Increment();
}
void PipelineMetrics::accept_failed() { families_->accept_errors.Increment(); }

namespace {

void add_endpoints(Registry& registry, const std::vector<Gauges::Endpoint>& endpoints) {
  auto& pending = prometheus::BuildGauge()
                      .Name("waybill_deliveries_pending")
                      .Help("Deliveries that wait in the store, by endpoint.")
                      .Register(registry);
  auto& retrying = prometheus::BuildGauge()
                       .Name("waybill_deliveries_retrying")
                       .Help("Of those in memory: waiting after a failed attempt.")
                       .Register(registry);
  auto& oldest = prometheus::BuildGauge()
                     .Name("waybill_delivery_oldest_seconds")
                     .Help("Age of the oldest pending delivery, by endpoint.")
                     .Register(registry);
  auto& circuits = prometheus::BuildGauge()
                       .Name("waybill_circuit_open")
                       .Help("1 while the endpoint's target is down and only probed.")
                       .Register(registry);
  for (const Gauges::Endpoint& each : endpoints) {
    auto& circuit = circuits.Add({{"endpoint", each.endpoint}});
    circuit.Set(std::max(circuit.Value(), each.circuit_open ? 1.0 : 0.0));
    pending.Add({{"endpoint", each.endpoint}}).Increment(static_cast<double>(each.pending));
    retrying.Add({{"endpoint", each.endpoint}}).Increment(static_cast<double>(each.retrying));
    auto& age = oldest.Add({{"endpoint", each.endpoint}});
    age.Set(std::max(age.Value(), each.oldest_seconds));
  }
}

void add_queues(Registry& registry, const std::vector<Gauges::Queue>& queues) {
  const auto family = [&registry](const char* name, const char* help) -> Family<Gauge>& {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
  };
  auto& visible = family("waybill_queue_messages_visible", "Messages that may be received, by queue.");
  auto& in_flight =
      family("waybill_queue_messages_in_flight", "Messages that were received and not deleted, by queue.");
  auto& delayed = family("waybill_queue_messages_delayed", "Messages whose delay is not over, by queue.");
  auto& oldest = family("waybill_queue_oldest_seconds", "Age of the oldest message, by queue.");
  for (const Gauges::Queue& each : queues) {
    visible.Add({{"queue", each.queue}}).Set(static_cast<double>(each.visible));
    in_flight.Add({{"queue", each.queue}}).Set(static_cast<double>(each.in_flight));
    delayed.Add({{"queue", each.queue}}).Set(static_cast<double>(each.delayed));
    oldest.Add({{"queue", each.queue}}).Set(each.oldest_seconds);
  }
}

}  // namespace

std::string PipelineMetrics::text(const Gauges& gauges) const {
  Registry now;
  const auto gauge = [&now](const char* name, const char* help, double value) {
    prometheus::BuildGauge().Name(name).Help(help).Register(now).Add({}).Set(value);
  };
  add_endpoints(now, gauges.endpoints);
  add_queues(now, gauges.queues);
  gauge("waybill_dead_letters", "Dead letters in the store.", static_cast<double>(gauges.dead_letters));
  gauge("waybill_http_connections", "Open HTTP connections.", static_cast<double>(gauges.connections));
  gauge("waybill_wal_bytes", "Bytes of write-ahead log since the last checkpoint.",
        static_cast<double>(gauges.wal_bytes));
  gauge("waybill_uptime_seconds", "Since the daemon was ready.", gauges.uptime_seconds);
  gauge("process_resident_memory_bytes", "Resident memory.", static_cast<double>(gauges.resident_bytes));
  prometheus::BuildGauge()
      .Name("waybill_build_info")
      .Help("Always 1; the version is a label.")
      .Register(now)
      .Add({{"version", WAYBILL_VERSION}})
      .Set(1);
  auto families = families_->registry.Collect();
  for (auto& family : now.Collect()) families.push_back(std::move(family));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace waybill::metrics
