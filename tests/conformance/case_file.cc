#include "conformance/case_file.h"

#include <memory>
#include <sstream>
#include <stdexcept>

#include <nlohmann/json.hpp>
#include <zlib.h>

namespace waybill::test {
namespace {

// zlib reads plain files as they are.
std::string read_file(const std::string& path) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file) throw std::runtime_error("cannot open " + path);
  std::string text;
  char buffer[65536];
  int count = 0;
  while ((count = gzread(file.get(), buffer, sizeof buffer)) > 0) text.append(buffer, static_cast<std::size_t>(count));
  if (count < 0) throw std::runtime_error("cannot read " + path);
  return text;
}

}  // namespace

std::vector<PatternCase> read_pattern_cases(const std::string& path) {
  std::vector<PatternCase> cases;
  std::istringstream lines(read_file(path));
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    if (line.empty()) continue;
    const std::string where = path.substr(path.rfind('/') + 1) + ":" + std::to_string(number);
    try {
      const auto json = nlohmann::json::parse(line);
      cases.push_back({json.value("id", where), json.at("op"), json.at("pattern"), json.at("event"), json.at("valid"),
                       json.at("match")});
    } catch (const nlohmann::json::exception& error) {
      throw std::runtime_error(where + ": " + error.what());
    }
  }
  return cases;
}

}  // namespace waybill::test
