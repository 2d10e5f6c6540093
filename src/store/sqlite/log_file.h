// A LogFile over the layer through which SQLite reaches its own files.
#pragma once

#include <memory>
#include <string>

#include "store/log_file.h"

namespace waybill::store::sqlite {

// Opens the file, or makes it with the database's permissions. Its name is that of the database, a dash, and more.
Result<std::unique_ptr<LogFile>> open_log_file(const std::string& path, const std::string& vfs);

}  // namespace waybill::store::sqlite
