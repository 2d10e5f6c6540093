#include "pattern/engine/event_scan.h"

#include "pattern/engine/scan_kernels.h"

namespace waybill::pattern {

const std::vector<NamedEventScan>& event_scans() {
  static const std::vector<NamedEventScan> scans = [] {
    std::vector<NamedEventScan> usable;
#if defined(__x86_64__)
    __builtin_cpu_init();
    const bool has_common = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("bmi") &&
                            __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
    if (has_common && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
      usable.push_back({"avx512", scan_avx512});
    }
    if (has_common && __builtin_cpu_supports("avx2")) usable.push_back({"avx2", scan_avx2});
    usable.push_back({"sse2", scan_sse2});
#elif defined(__aarch64__)
    usable.push_back({"neon", scan_neon});
#endif
    usable.push_back({"portable", scan_portable});
    return usable;
  }();
  return scans;
}

bool scan_event(std::string_view event, const PathTree& paths, Scratch& scratch) {
  static const EventScan fastest = event_scans().front().scan;
  return fastest(event, paths, scratch);
}

}  // namespace waybill::pattern
