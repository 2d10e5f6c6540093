#pragma once

#include <string_view>

#include "template/json.h"

namespace waybill::templates {

// The value of a plain (unquoted) YAML scalar, typed as parse_document() says.
Json plain_scalar(std::string_view text);

}  // namespace waybill::templates
