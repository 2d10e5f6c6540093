#include <algorithm>

#include "template/intrinsics.h"

namespace waybill::templates {

namespace {

bool is_name(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == ':';
  });
}

}  // namespace

Result<std::vector<SubPart>> parse_sub(const std::string& text) {
  std::vector<SubPart> parts;
  std::string literal;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t open = text.find("${", at);
    literal += text.substr(at, open == std::string::npos ? open : open - at);
    if (open == std::string::npos) break;
    const std::size_t close = text.find('}', open);
    if (close == std::string::npos) return invalid("Fn::Sub has a ${ without its }");
    std::string name = text.substr(open + 2, close - open - 2);
    at = close + 1;
    if (name.starts_with('!')) {
      literal += "${" + name.substr(1) + "}";
      continue;
    }
    name.erase(0, std::min(name.find_first_not_of(' '), name.size()));
    name.erase(name.find_last_not_of(' ') + 1);
    if (!is_name(name)) {
      return invalid("Fn::Sub has ${" + name +
                     "}; a name has letters, digits, '_', '.' and ':', and a text that shall " +
                     "stay as it is begins with ${!");
    }
    if (!literal.empty()) parts.push_back({false, std::move(literal)});
    literal.clear();
    parts.push_back({true, std::move(name)});
  }
  if (!literal.empty()) parts.push_back({false, std::move(literal)});
  return parts;
}

}  // namespace waybill::templates
