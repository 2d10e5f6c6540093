// Where text stops being JSON, as the service says it: the start of the value that fails (contract section 7).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace waybill::expr {

struct JsonSummary {
  std::size_t values = 0;                  // at the top, up to the failure
  std::size_t second_value = 0;            // where it begins, if there are two
  std::optional<std::size_t> failed_at{};  // nullopt: the text is a sequence of JSON values
};

JsonSummary check_json(std::string_view text);

// `[Source: (String)"…"; line: 1, column: 1]`
std::string json_location(std::string_view text, std::size_t at);

}  // namespace waybill::expr
