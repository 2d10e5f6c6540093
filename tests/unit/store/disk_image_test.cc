#include "support/disk_image.h"

#include <fstream>
#include <set>
#include <sstream>

#include <doctest/doctest.h>

#include "support/temp_dir.h"

using namespace waybill::testing;
using Kind = DiskOperation::Kind;

namespace {

// The file's content on the disk that the seed makes, or "(none)".
std::string on_disk(const DiskImage& image, std::uint64_t seed) {
  const TempDir directory;
  image.write_to(directory.path(), seed);
  if (!std::filesystem::exists(directory.path() / "f")) return "(none)";
  std::ostringstream bytes;
  bytes << std::ifstream(directory.path() / "f", std::ios::binary).rdbuf();
  return bytes.str();
}

}  // namespace

TEST_CASE("what was synced is on every disk, what was not is on some") {
  const std::vector<DiskOperation> operations = {
      {Kind::create, "f"}, {Kind::write, "f", 0, "aa"}, {Kind::sync, "f"}, {Kind::write, "f", 1, "b"}};
  DiskImage image(operations);
  image.advance(3);
  CHECK_FALSE(image.unsynced("f"));
  for (std::uint64_t seed = 0; seed < 20; ++seed) CHECK(on_disk(image, seed) == "aa");
  image.advance(4);
  CHECK(image.unsynced("f"));
  CHECK(on_disk(image, 0) == "aa");
  CHECK(on_disk(image, 1) == "ab");
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 20; ++seed) seen.insert(on_disk(image, seed));
  CHECK(seen == std::set<std::string>{"aa", "ab"});
}

TEST_CASE("a file that was never synced may be missing") {
  const std::vector<DiskOperation> operations = {{Kind::create, "f"}, {Kind::write, "f", 0, "a"}};
  DiskImage image(operations);
  image.advance(2);
  CHECK(on_disk(image, 0) == "(none)");
  CHECK(on_disk(image, 1) == "a");
}

TEST_CASE("unsynced writes are torn at sectors and lose their order") {
  const std::vector<DiskOperation> operations = {{Kind::create, "f"},
                                                 {Kind::write, "f", 0, std::string(1024, '0')},
                                                 {Kind::sync, "f"},
                                                 {Kind::write, "f", 0, std::string(1024, '1')},
                                                 {Kind::write, "f", 512, std::string(512, '2')}};
  DiskImage image(operations);
  image.advance(5);
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const std::string bytes = on_disk(image, seed);
    REQUIRE(bytes.size() == 1024);
    CHECK(bytes.substr(0, 512) == std::string(512, bytes[0]));
    CHECK(bytes.substr(512) == std::string(512, bytes[512]));
    seen.insert({bytes[0], bytes[512]});
  }
  CHECK(seen == std::set<std::string>{"00", "01", "02", "10", "11", "12"});
}
