#include "template/problems.h"

#include <algorithm>

namespace waybill::templates {

void Problems::add(const Path& path, const std::string& text) {
  if (full()) {
    more_ = true;
    return;
  }
  const std::string name = display(path);
  std::string line = document_.place(path) + ": " + (name.empty() ? "" : name + ": ") + text;
  if (std::find(lines_.begin(), lines_.end(), line) == lines_.end()) lines_.push_back(std::move(line));
}

Error Problems::error() const {
  std::string all;
  for (const std::string& line : lines_) all += (all.empty() ? "" : "\n") + line;
  if (more_) all += "\n… and more";
  return invalid(all);
}

}  // namespace waybill::templates
