// The whole command line: reads it, runs what it asks for, and turns every outcome into an exit code and, when
// something is wrong, one line on standard error.
#pragma once

#include <string>
#include <vector>

namespace waybill::cli {

// Exit codes: 0 done, 1 failed, 2 used wrongly. args: without the program's name.
int run_command_line(std::vector<std::string> args);

// The nearest of the names, or "" when none is near enough to be meant.
std::string nearest_name(const std::string& name, const std::vector<std::string>& names);

}  // namespace waybill::cli
