#include "daemon/cli/dead_letter_filter.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace waybill::cli {

namespace {

constexpr std::array<std::string_view, 4> kNames{"target", "rule", "code", "event"};

Status add_part(const std::string& part, FilterPairs& into) {
  const std::size_t equals = part.find('=');
  const std::string name = part.substr(0, equals);
  const bool known = std::find(kNames.begin(), kNames.end(), name) != kNames.end();
  if (equals == std::string::npos || !known || equals + 1 == part.size()) {
    return invalid("--filter '" + part +
                   "': it takes target=ARN, rule=ARN, code=CODE and event=ID, with commas between");
  }
  if (std::any_of(into.begin(), into.end(), [&](const auto& pair) { return pair.first == name; })) {
    return invalid(name + " is named twice");
  }
  into.emplace_back(name, part.substr(equals + 1));
  return {};
}

}  // namespace

Result<FilterPairs> parse_filter(const std::vector<std::string>& texts) {
  FilterPairs pairs;
  for (const std::string& text : texts) {
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t comma = std::min(text.find(',', at), text.size());
      WAYBILL_CHECK(add_part(text.substr(at, comma - at), pairs));
      at = comma + 1;
    }
  }
  return pairs;
}

}  // namespace waybill::cli
