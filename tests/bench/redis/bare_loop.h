// The least that a server can do which answers when what it got is on the disk: what its clients see is what the
// machine itself, its scheduler, its loopback and its disk, lets anybody see.
#pragma once

#include <cstdint>
#include <filesystem>
#include <sys/types.h>

namespace waybill::bench {

// A process of one thread that takes HTTP requests, appends the bodies of all that have come to a file that is there
// already, syncs it once, and answers each as PutEvents would. Ended by the destructor.
class BareLoop {
 public:
  // Its file is made in `directory`. Throws std::runtime_error when it cannot start.
  explicit BareLoop(const std::filesystem::path& directory);
  BareLoop(const BareLoop&) = delete;
  BareLoop& operator=(const BareLoop&) = delete;
  ~BareLoop();

  std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace waybill::bench
