#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "handlers/registry.h"

namespace waybill {

// The built-in systems and the plugins at the given paths (shared objects, or directories of them).
Status load_handlers(const std::vector<std::string>& plugin_paths, HandlerRegistry& registry);

}  // namespace waybill
