#include "daemon/cli/item_table.h"

#include <algorithm>

#include "daemon/cli/raw_json.h"

namespace waybill::cli {

namespace {

bool is_number(std::string_view value) {
  return !value.empty() && (value[0] == '-' || (value[0] >= '0' && value[0] <= '9'));
}

std::vector<std::string> column_names(const std::vector<std::vector<RawMember>>& items,
                                      const std::vector<std::string>& keys) {
  std::vector<std::string> names;
  for (const auto& item : items) {
    for (const RawMember& member : item) {
      if (std::find(names.begin(), names.end(), member.name) == names.end()) names.push_back(member.name);
    }
  }
  auto place = names.begin();
  for (const std::string& key : keys) {
    const auto found = std::find(place, names.end(), key);
    if (found == names.end()) continue;
    std::rotate(place, found, found + 1);
    ++place;
  }
  return names;
}

}  // namespace

TextTable item_table(const std::vector<std::string>& items, const std::vector<std::string>& key_attributes) {
  std::vector<std::vector<RawMember>> members;
  for (const std::string& item : items) members.push_back(raw_members(item));
  const std::vector<std::string> names = column_names(members, key_attributes);
  TextTable table;
  for (const std::string& name : names) {
    const bool is_key = std::find(key_attributes.begin(), key_attributes.end(), name) != key_attributes.end();
    table.columns.push_back({name, true, is_key});
  }
  for (const auto& item : members) {
    std::vector<std::string> row;
    for (std::size_t c = 0; c < names.size(); ++c) {
      const std::string_view value = find_raw(item, names[c]).value_or("");
      if (!value.empty() && !is_number(value)) table.columns[c].right = false;
      row.push_back(is_raw_string(value) ? raw_text(value) : std::string(value));
    }
    table.add(std::move(row));
  }
  return table;
}

}  // namespace waybill::cli
