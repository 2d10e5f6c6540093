// The systems that come with Waybill, by the names that their templates in rules/ use.
#pragma once

#include "base/result.h"
#include "handlers/registry.h"

namespace waybill {

// Errors: conflict, when one of the names is taken.
Status add_builtin_handlers(HandlerRegistry& registry);

}  // namespace waybill
