#include "match/gates.h"

#include <cstdio>

namespace waybill::bench {
namespace {

// Twice the better peer's best pass; of the last two ten times event-ruler.
const std::map<std::string, double> kLeastRatio = {
    {"EXACT", 4.4},         {"WILDCARD", 3.7},           {"PREFIX", 3.6},
    {"SUFFIX", 2.8},        {"EQUALS_IGNORE_CASE", 2.5}, {"NUMERIC", 0.41},
    {"ANYTHING_BUT", 0.72}, {"COMPLEX_ARRAYS", 0.43},    {"COMBO", 0.26},
    {"prefix_10000", 0.8},  {"mixed3_10000", 0.8},       {"mixed4_10000", 0.8},
    {"numeric_10000", 0.8}, {"abut_10000", 0.8},         {"wild_1000", 0.3}};
constexpr double kLeastOfTenRules = 0.85;
constexpr double kMostBytes = 60e6;
constexpr double kMostAddSeconds = 1.0;

template <class... Values>
std::string sentence(const char* format, Values... values) {
  char text[200];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

}  // namespace

std::vector<std::string> missed_gates(const std::vector<Measured>& measured, double dom_events_per_second) {
  std::vector<std::string> missed;
  const Measured* ten = nullptr;
  const Measured* most = nullptr;
  for (const Measured& one : measured) {
    if (one.name == "exact_10") ten = &one;
    if (one.name == "exact_100000") most = &one;
    const auto gate = kLeastRatio.find(one.name);
    if (gate == kLeastRatio.end()) continue;
    const double ratio = one.events_per_second / dom_events_per_second;
    if (ratio < gate->second) {
      missed.push_back(sentence("%s: %.2f of the DOM rate, not %.2f", one.name.c_str(), ratio, gate->second));
    }
  }
  if (ten && most && most->events_per_second < kLeastOfTenRules * ten->events_per_second) {
    missed.push_back(sentence("100,000 exact rules keep %.0f %% of the rate of 10, not %.0f %%",
                              100 * most->events_per_second / ten->events_per_second, 100 * kLeastOfTenRules));
  }
  if (most && most->heap_bytes > kMostBytes) {
    missed.push_back(sentence("100,000 exact rules take %.1f MB, not %.0f", most->heap_bytes / 1e6, kMostBytes / 1e6));
  }
  if (most && most->add_seconds > kMostAddSeconds) {
    missed.push_back(sentence("adding 100,000 exact rules takes %.2f s, not %.0f", most->add_seconds, kMostAddSeconds));
  }
  return missed;
}

}  // namespace waybill::bench
