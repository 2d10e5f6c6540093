// --filter of the dead-letter verbs.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace waybill::cli {

using FilterPairs = std::vector<std::pair<std::string, std::string>>;

// "target=…,rule=…,code=…,event=…", any of them, each at most once over all texts. Errors: invalid, naming the part.
Result<FilterPairs> parse_filter(const std::vector<std::string>& texts);

}  // namespace waybill::cli
