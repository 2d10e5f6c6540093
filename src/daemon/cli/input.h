// What verbs read: a file, or standard input as "-".
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace waybill::cli {

// UTF-8 text. Errors: io, naming the file and why.
Result<std::string> read_input(const std::string& file);

// Columns of the terminal that standard output is; 0 when it is none.
std::size_t terminal_width();

}  // namespace waybill::cli
