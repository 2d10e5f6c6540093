// The sort keys that a query asks for, as one range.
#pragma once

#include <optional>
#include <string>

#include "store/reader.h"

namespace waybill::store::sqlite {

struct KeyRange {
  std::optional<std::string> lower;  // inclusive
  std::optional<std::string> upper;
  bool upper_inclusive = true;
  // No key can lie in it.
  bool empty() const;
};

// What sk_from, sk_to and sk_prefix allow together.
KeyRange key_range(const ItemQuery& query);
// The lowest string above all that begin with `prefix`; none when there is no such string.
std::optional<std::string> after_prefix(std::string prefix);

}  // namespace waybill::store::sqlite
