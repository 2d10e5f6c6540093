// What calls of handlers have in common, whoever makes them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/topology.h"
#include "waybill/handler.h"

namespace waybill {

// A handler may throw, or answer for another count of records than it was given; that is a failure of every record, not
// the end of a thread. Errors and the response are valid UTF-8: they go into JSON.
Outcome call_handler(Handler& handler, const Invocation& invocation, const TableReader& tables);

// Error: denied. An index is allowed by its own ARN, or by that of its table; a Deny of its own ARN wins.
Status may_read(const Topology& topology, const FunctionSpec& function, std::string_view action,
                const std::string& arn);

// The function's own lines, from the level on.
void log_lines(const FunctionSpec& function, const std::string& request_id, const std::vector<LogLine>& lines,
               LogLevel from);

}  // namespace waybill
