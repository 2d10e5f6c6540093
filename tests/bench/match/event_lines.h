// The events of a benchmark: a file with one JSON object a line, in memory once, with the room behind it that simdjson
// wants to read into.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace waybill::bench {

class EventLines {
 public:
  // Throws std::runtime_error.
  explicit EventLines(const std::string& path);

  const std::vector<std::string_view>& lines() const { return lines_; }
  std::size_t bytes() const { return bytes_; }

 private:
  std::unique_ptr<char[]> text_;
  std::vector<std::string_view> lines_;
  std::size_t bytes_ = 0;
};

}  // namespace waybill::bench
