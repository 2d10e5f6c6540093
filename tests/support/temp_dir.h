#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace waybill::testing {

// A fresh directory, removed with all it holds. On a real disk (WAYBILL_TEST_TMP or the build tree's folder) when a
// test needs one: /tmp may be memory.
class TempDir {
 public:
  TempDir() {
    const char* base = std::getenv("WAYBILL_TEST_TMP");
    std::string name = (base ? std::filesystem::path(base) : std::filesystem::temp_directory_path()) / "waybill-XXXXXX";
    if (!::mkdtemp(name.data())) throw std::runtime_error("mkdtemp failed: " + name);
    path_ = name;
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace waybill::testing
