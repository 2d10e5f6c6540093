// An explanation of a pattern and an event, as `waybill explain` prints it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace waybill::cli {

// For people, one line a field; or as one line of JSON. Errors: invalid, for a pattern or event that is none.
Result<std::string> explain_text(std::string_view pattern, std::string_view event, bool as_json);

}  // namespace waybill::cli
