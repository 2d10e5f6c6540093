// Why a pattern is refused, before it becomes the error the caller sees.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace waybill::pattern {

struct Refusal {
  Refusal() = default;
  Refusal(std::string why, bool finally) : reason(std::move(why)), is_final(finally) {}

  std::string reason;  // what follows "Reason: ", with its location lines
  // A pattern refused for what its JSON says is read once more with "$or" as a plain field; what is refused for
  // the content of a value (a bad CIDR, too many wildcards) is not.
  bool is_final = false;
  // AWS: TestEventPattern breaks down on an empty anything-but list instead of refusing it.
  bool is_empty_exclusion = false;
};

template <class T>
using Parsed = boost::system::result<T, Refusal>;

}  // namespace waybill::pattern
