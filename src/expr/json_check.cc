#include "expr/json_check.h"

#include "pattern/json_reader.h"

namespace waybill::expr {

JsonSummary check_json(std::string_view text) {
  using enum pattern::JsonToken;
  pattern::JsonReader reader(text);
  JsonSummary summary;
  std::size_t depth = 0;
  for (;;) {
    const pattern::JsonToken token = reader.next();
    if (token == end_of_text) return summary;
    if (token == error) {
      summary.failed_at = reader.value_start();
      return summary;
    }
    if (token == end_object || token == end_array) {
      --depth;
      continue;
    }
    if (depth == 0 && ++summary.values == 2) summary.second_value = reader.value_start();
    if (token == start_object || token == start_array) ++depth;
  }
}

std::string json_location(std::string_view text, std::size_t at) {
  const pattern::TextPosition position = pattern::position_of(text, at);
  return "[Source: (String)\"" + std::string(text) + "\"; line: " + std::to_string(position.line) +
         ", column: " + std::to_string(position.column) + "]";
}

}  // namespace waybill::expr
