// Logging is spdlog's default logger; this sets it up once, in main.
#pragma once

#include <string>

#include <spdlog/spdlog.h>

#include "base/result.h"

namespace waybill {

// level: trace, debug, info, warn, error, off. format: text or json (one object a line). Writes to standard error.
Status set_up_logging(const std::string& level, const std::string& format);

}  // namespace waybill
