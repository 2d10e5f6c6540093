#include "daemon/port_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <unistd.h>

namespace waybill {

PortFile::PortFile(std::string path) : path_(std::move(path)) {
  if (!path_.empty()) ::unlink(path_.c_str());
}

PortFile::~PortFile() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

Status PortFile::write(std::uint16_t port) {
  if (path_.empty()) return {};
  const std::string fresh = path_ + "." + std::to_string(::getpid());
  std::ofstream file(fresh, std::ios::trunc);
  file << port << "\n";
  file.close();
  if (!file || std::rename(fresh.c_str(), path_.c_str()) != 0) {
    const std::string reason = std::strerror(errno);
    ::unlink(fresh.c_str());
    return Error{ErrorCode::io, "setting port_file is '" + path_ + "', which cannot be written: " + reason};
  }
  return {};
}

}  // namespace waybill
