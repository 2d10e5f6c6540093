// The file that tells others which port the daemon serves on: the number and a line break, there only while it is
// ready.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace waybill {

class PortFile {
 public:
  // A file that an earlier run left behind goes, so that nobody takes its port for this one's. path "" does nothing.
  explicit PortFile(std::string path);
  ~PortFile();
  PortFile(const PortFile&) = delete;
  PortFile& operator=(const PortFile&) = delete;

  // Whole or not at all: readers never see half a number. Errors: io, naming the file.
  Status write(std::uint16_t port);

 private:
  std::string path_;
};

}  // namespace waybill
