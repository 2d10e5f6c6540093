#include "match/event_lines.h"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace waybill::bench {

EventLines::EventLines(const std::string& path) {
  constexpr std::size_t kPadding = 64;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot open " + path);
  const auto size = static_cast<std::size_t>(std::filesystem::file_size(path));
  text_ = std::make_unique<char[]>(size + kPadding);
  if (!file.read(text_.get(), static_cast<std::streamsize>(size))) throw std::runtime_error("cannot read " + path);
  std::string_view rest(text_.get(), size);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    if (end > 0) lines_.push_back(rest.substr(0, end));
    bytes_ += end;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (lines_.empty()) throw std::runtime_error(path + " has no events");
}

}  // namespace waybill::bench
