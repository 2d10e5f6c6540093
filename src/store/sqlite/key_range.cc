#include "store/sqlite/key_range.h"

namespace waybill::store::sqlite {

std::optional<std::string> after_prefix(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff) prefix.pop_back();
  if (prefix.empty()) return std::nullopt;
  prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

// std::string compares its characters as unsigned bytes, as SQLite compares blobs.
bool KeyRange::empty() const {
  if (!lower || !upper) return false;
  return *lower > *upper || (*lower == *upper && !upper_inclusive);
}

KeyRange key_range(const ItemQuery& query) {
  KeyRange range{query.sk_from, query.sk_to, true};
  if (!query.sk_prefix) return range;
  if (!range.lower || *range.lower < *query.sk_prefix) range.lower = query.sk_prefix;
  const auto beyond = after_prefix(*query.sk_prefix);
  if (beyond && (!range.upper || *range.upper >= *beyond)) {
    range.upper = beyond;
    range.upper_inclusive = false;
  }
  return range;
}

}  // namespace waybill::store::sqlite
