#include "daemon/port_file.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

#include "daemon/serve.h"
#include "support/temp_dir.h"

using namespace waybill;

namespace {

std::string read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("the port file holds the number and a line break while the daemon is ready") {
  const testing::TempDir directory;
  const std::string path = directory.path() / "port";
  {
    std::ofstream(path) << "1\n";  // of an earlier run that was killed
    PortFile file(path);
    CHECK_FALSE(std::filesystem::exists(path));
    REQUIRE(file.write(40'123).has_value());
    CHECK(read(path) == "40123\n");
  }
  CHECK(std::filesystem::is_empty(directory.path()));
}

TEST_CASE("a port file that cannot be written is named") {
  const testing::TempDir directory;
  PortFile file(directory.path() / "absent" / "port");
  const Status written = file.write(1);
  REQUIRE_FALSE(written.has_value());
  CHECK(written.error().message.find("absent/port") != std::string::npos);
}

TEST_CASE("no port file is wanted without a path") {
  PortFile file("");
  CHECK(file.write(1).has_value());
}

TEST_CASE("people reach a daemon that listens everywhere on loopback") {
  CHECK(service_url("127.0.0.1", 4566) == "http://127.0.0.1:4566");
  CHECK(service_url("0.0.0.0", 80) == "http://127.0.0.1:80");
  CHECK(service_url("::", 80) == "http://[::1]:80");
  CHECK(service_url("localhost", 80) == "http://localhost:80");
}
