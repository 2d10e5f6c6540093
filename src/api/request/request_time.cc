#include "api/request/request_time.h"

#include <cmath>

#include "base/iso_time.h"

namespace waybill::api {

namespace {

constexpr double kEarliestSecond = -62'135'596'800.0;  // the beginning of the year 1
constexpr double kLatestSecond = 253'402'300'799.0;    // the end of the year 9999

}  // namespace

bool is_request_time(WallTime time) {
  const double seconds = std::floor(static_cast<double>(to_millis(time)) / 1000);
  return seconds >= kEarliestSecond && seconds <= kLatestSecond;
}

std::optional<WallTime> request_time(const nlohmann::json& value) {
  if (value.is_string()) {
    const auto time = parse_iso8601(value.get_ref<const std::string&>());
    return time && is_request_time(*time) ? time : std::nullopt;
  }
  if (!value.is_number()) return std::nullopt;
  const double seconds = value.get<double>();
  if (!(seconds >= kEarliestSecond && seconds <= kLatestSecond)) return std::nullopt;
  return from_millis(std::llround(seconds * 1000));
}

nlohmann::json answer_time(WallTime time) {
  const std::int64_t millis = to_millis(time);
  if (millis % 1000 == 0) return millis / 1000;
  return static_cast<double>(millis) / 1000;
}

}  // namespace waybill::api
