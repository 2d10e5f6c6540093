#include "template/problems.h"

#include <algorithm>

namespace waybill::templates {

void Problems::add(const Path& path, const std::string& text) {
  const std::string name = display(path);
  std::string line = document_.place(path) + ": " + (name.empty() ? "" : name + ": ") + text;
  if (std::find(lines_.begin(), lines_.end(), line) == lines_.end()) lines_.push_back(std::move(line));
}

Error Problems::error() const {
  constexpr std::size_t kShown = 50;
  std::string all;
  for (std::size_t i = 0; i < lines_.size() && i < kShown; ++i) {
    if (i > 0) all += '\n';
    all += lines_[i];
  }
  if (lines_.size() > kShown) all += "\n… and " + std::to_string(lines_.size() - kShown) + " more";
  return invalid(all);
}

}  // namespace waybill::templates
