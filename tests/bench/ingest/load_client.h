// A load generator that costs little beside what it drives: one thread, many keep-alive connections, one request at a
// time on each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace waybill::bench {

struct LoadPlan {
  std::uint16_t port = 0;
  int connections = 32;
  int entries_per_request = 10;
  std::int64_t events = 100'000;
  // Requests a second, sent when their time has come whether or not earlier ones were answered; latencies count from
  // that time. 0: each connection sends its next request when the last one was answered.
  double paced_rate = 0;
};

struct LoadResult {
  std::int64_t acknowledged = 0;  // events
  std::int64_t refused = 0;       // requests that were not answered 200
  double seconds = 0;             // from the first byte to the last answer
  double p50_ms = 0;
  double p99_ms = 0;
};

// Throws std::runtime_error when a connection breaks.
LoadResult drive(const LoadPlan& plan);

}  // namespace waybill::bench
