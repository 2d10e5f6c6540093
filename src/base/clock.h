// The two clocks. Wall time is what events, retries, TTL and retention are measured in; steady time is what sockets
// and deadlines are measured in. Both are injected; nobody calls a system clock directly.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace waybill {

using Millis = std::chrono::milliseconds;
// Milliseconds since the Unix epoch, UTC.
using WallTime = std::chrono::sys_time<Millis>;
using SteadyTime = std::chrono::steady_clock::time_point;

inline std::int64_t to_millis(WallTime time) { return time.time_since_epoch().count(); }
inline WallTime from_millis(std::int64_t millis) { return WallTime{Millis{millis}}; }
inline std::int64_t to_seconds(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

// `YYYY-MM-DDTHH:MM:SSZ`, fraction cut off (contract section 4).
std::string iso8601_seconds(WallTime time);
// `YYYY-MM-DDTHH:MM:SS.mmmZ`.
std::string iso8601_millis(WallTime time);

// Thread-safe.
class WallClock {
 public:
  virtual ~WallClock() = default;
  virtual WallTime now() const = 0;
};

// Thread-safe.
class SteadyClock {
 public:
  virtual ~SteadyClock() = default;
  virtual SteadyTime now() const = 0;
};

class SystemWallClock final : public WallClock {
 public:
  WallTime now() const override;
};

class SystemSteadyClock final : public SteadyClock {
 public:
  SteadyTime now() const override;
};

}  // namespace waybill
