// "Did you mean": the nearest name by edit distance.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace waybill::templates {

// Insertions, deletions, replacements and swaps of neighbours; case counts half as much as a different letter would,
// which is why the unit is half an edit.
std::size_t half_edits(std::string_view a, std::string_view b);

// "" when there is no candidate. The first one wins where several are as near.
std::string nearest(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace waybill::templates
