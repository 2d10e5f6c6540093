#pragma once

#include <string>

#include "base/result.h"

namespace waybill::templates {

// Does the whole value match the regular expression? Takes time polynomial in the lengths of both, whatever the pattern
// is; so back-references are not supported.
// Errors: the pattern cannot be read.
Result<bool> matches_whole(const std::string& pattern, const std::string& value);

}  // namespace waybill::templates
