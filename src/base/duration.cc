#include "base/duration.h"

#include <charconv>
#include <limits>
#include <string>
#include <utility>

namespace waybill {

namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

struct IsoUnit {
  char letter;
  bool of_time;  // stands after the T
  std::int64_t millis;
};
constexpr IsoUnit kIsoUnits[] = {{'W', false, 604'800'000},
                                 {'D', false, 86'400'000},
                                 {'H', true, 3'600'000},
                                 {'M', true, 60'000},
                                 {'S', true, 1'000}};

Error not_iso(std::string_view text) {
  return invalid("'" + std::string(text) + "' is no ISO 8601 duration such as PT24H, P14D or P1DT12H30M");
}

// Takes ".250" off the text: 250. Further digits than milliseconds are cut off.
std::int64_t take_fraction(std::string_view& text) {
  std::int64_t millis = 0;
  std::int64_t weight = 100;
  for (text.remove_prefix(1); !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1)) {
    millis += weight * (text[0] - '0');
    weight /= 10;
  }
  return millis;
}

Result<Millis> parse_iso_duration(std::string_view text) {
  std::string_view rest = text.substr(1);
  std::int64_t sum = 0;
  std::size_t next_unit = 0;
  bool of_time = false;
  bool anything = false;
  while (!rest.empty()) {
    if (rest[0] == 'T' && !of_time) {
      of_time = true;
      anything = false;
      rest.remove_prefix(1);
      continue;
    }
    std::int64_t count = 0;
    const auto [end, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
    if (problem != std::errc() || count < 0 || rest[0] == '-') return not_iso(text);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    const bool has_fraction = rest.size() > 1 && (rest[0] == '.' || rest[0] == ',') && rest[1] >= '0' && rest[1] <= '9';
    const std::int64_t fraction = has_fraction ? take_fraction(rest) : 0;
    if (rest.empty()) return not_iso(text);
    if (!of_time && (rest[0] == 'Y' || rest[0] == 'M')) {
      return invalid("'" + std::string(text) + "' has years or months, which have no fixed length; use days");
    }
    while (next_unit < std::size(kIsoUnits) &&
           (kIsoUnits[next_unit].letter != rest[0] || kIsoUnits[next_unit].of_time != of_time)) {
      ++next_unit;
    }
    if (next_unit == std::size(kIsoUnits)) return not_iso(text);
    const IsoUnit& unit = kIsoUnits[next_unit++];
    if (has_fraction && unit.letter != 'S')
      return invalid("'" + std::string(text) + "': only seconds may have a fraction");
    if (count > (kMost - sum - fraction) / unit.millis) return invalid("'" + std::string(text) + "' is too long");
    sum += count * unit.millis + fraction;
    anything = true;
    rest.remove_prefix(1);
  }
  if (!anything) return not_iso(text);
  return Millis{sum};
}

}  // namespace

Result<Millis> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  static constexpr std::pair<std::string_view, std::int64_t> kUnits[] = {
      {"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
  if (problem == std::errc() && count >= 0) {
    for (const auto& [name, millis] : kUnits) {
      if (unit == name && count <= kMost / millis) return Millis{count * millis};
    }
  }
  return invalid("it must be a number with a unit: 500ms, 10s, 15m, 24h or 14d");
}

Result<Millis> parse_time_span(std::string_view text) {
  if (text.starts_with('P')) return parse_iso_duration(text);
  auto span = parse_duration(text);
  if (span) return span;
  return invalid("'" + std::string(text) + "' is no duration: use 500ms, 10s, 15m, 24h, 14d or ISO 8601 such as PT24H");
}

}  // namespace waybill
