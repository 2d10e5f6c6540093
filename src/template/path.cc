#include "template/path.h"

#include <algorithm>
#include <cctype>

namespace waybill::templates {

namespace {

bool is_index(const std::string& token) {
  return !token.empty() &&
         std::all_of(token.begin(), token.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

}  // namespace

std::string display(const Path& path) {
  const bool resource = path.size() >= 2 && path[0] == "Resources";
  std::string text;
  for (std::size_t i = resource ? 1 : 0; i < path.size(); ++i) {
    const std::string& token = path[i];
    if (resource && i == 2 && token == "Properties") continue;
    if (token == "Ref" || token.rfind("Fn::", 0) == 0) break;
    if (is_index(token)) {
      text += "[" + token + "]";
    } else {
      if (!text.empty()) text += '.';
      text += token;
    }
  }
  return text;
}

}  // namespace waybill::templates
