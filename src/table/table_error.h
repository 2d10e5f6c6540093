// Errors about a table: AWS's text first, then the table in parentheses.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace waybill::table {

// "Missing the key id in the item" → "Missing the key id in the item (table orders)". The hint says what would be
// right.
inline Error in_table(std::string_view table, std::string aws_text, std::string_view hint = {},
                      ErrorCode code = ErrorCode::invalid) {
  aws_text += " (table ";
  aws_text += table;
  if (!hint.empty()) {
    aws_text += ": ";
    aws_text += hint;
  }
  aws_text += ')';
  return {code, std::move(aws_text)};
}

}  // namespace waybill::table
