// Items of a table, laid out for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/cli/text_table.h"

namespace waybill::cli {

// Columns: the key attributes that occur, in the order given, then the others in order of appearance. Strings are shown
// plain, what is nested as JSON, what an item does not have as nothing.
// REQUIRES: each item is a valid JSON object.
TextTable item_table(const std::vector<std::string>& items, const std::vector<std::string>& key_attributes);

}  // namespace waybill::cli
