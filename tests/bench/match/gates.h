// What the engine promises, as multiples of simdjson's DOM parse rate in the same run.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace waybill::bench {

struct Measured {
  std::string name;
  std::size_t rules = 0;
  double events_per_second = 0;
  double heap_bytes = 0;
  double add_seconds = 0;  // parsing included
};

// What is missed, one sentence each. Groups that were not measured are not missed.
std::vector<std::string> missed_gates(const std::vector<Measured>& measured, double dom_events_per_second);

}  // namespace waybill::bench
