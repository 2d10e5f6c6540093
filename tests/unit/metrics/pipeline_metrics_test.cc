#include "metrics/pipeline_metrics.h"

#include <doctest/doctest.h>

using waybill::metrics::Gauges;
using waybill::metrics::PipelineMetrics;

namespace {

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("what happened is counted under its name and labels") {
  PipelineMetrics metrics;
  metrics.events_received(3);
  metrics.event_rejected("MalformedDetail");
  metrics.rule_matched("arn:rule");
  metrics.delivery_ended("arn:target", "delivered");
  metrics.delivery_ended("arn:target", "delivered");
  metrics.http_request("/events", 200, std::chrono::milliseconds{2});
  const std::string text = metrics.text({});
  CHECK(has_line(text, "waybill_events_received_total 3"));
  CHECK(has_line(text, R"(waybill_events_rejected_total{code="MalformedDetail"} 1)"));
  CHECK(has_line(text, R"(waybill_rule_matches_total{rule="arn:rule"} 1)"));
  CHECK(has_line(text, R"(waybill_deliveries_total{endpoint="arn:target",outcome="delivered"} 2)"));
  CHECK(has_line(text, R"(waybill_http_requests_total{code="200",route="/events"} 1)"));
  CHECK(has_line(text, R"(waybill_http_request_seconds_bucket{route="/events",le="0.0025"} 1)"));
}

TEST_CASE("gauges are what they are at the scrape") {
  PipelineMetrics metrics;
  Gauges gauges;
  gauges.endpoints.push_back({"arn:target", 7, 2, 1.5});
  gauges.dead_letters = 4;
  CHECK(has_line(metrics.text(gauges), R"(waybill_deliveries_pending{endpoint="arn:target"} 7)"));
  CHECK(has_line(metrics.text(gauges), R"(waybill_delivery_oldest_seconds{endpoint="arn:target"} 1.5)"));
  CHECK(has_line(metrics.text(gauges), "waybill_dead_letters 4"));
  CHECK(metrics.text({}).find("waybill_deliveries_pending{") == std::string::npos);
}

TEST_CASE("hostile label values do not grow the registry without end") {
  PipelineMetrics metrics;
  for (int i = 0; i < 20'000; ++i) metrics.unknown_bus("bus-" + std::to_string(i));
  const std::string text = metrics.text({});
  std::size_t lines = 0;
  for (std::size_t at = 0; (at = text.find("\nwaybill_events_unknown_bus_total{", at)) != std::string::npos; ++at)
    ++lines;
  CHECK(lines == 10'000);
}

TEST_CASE("two endpoints with one target share one series in the text") {
  PipelineMetrics metrics;
  Gauges gauges;
  gauges.endpoints.push_back({"arn:target", 7, 0, 1});
  gauges.endpoints.push_back({"arn:target", 5, 1, 3, true});
  CHECK(has_line(metrics.text(gauges), R"(waybill_deliveries_pending{endpoint="arn:target"} 12)"));
  CHECK(has_line(metrics.text(gauges), R"(waybill_delivery_oldest_seconds{endpoint="arn:target"} 3)"));
  CHECK(has_line(metrics.text(gauges), R"(waybill_circuit_open{endpoint="arn:target"} 1)"));
}
