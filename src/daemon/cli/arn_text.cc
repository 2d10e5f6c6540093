#include "daemon/cli/arn_text.h"

#include <sstream>

#include "model/arn.h"

namespace waybill::cli {

std::string resource_of(const std::string& arn) {
  const auto parsed = Arn::parse(arn);
  return parsed ? parsed->resource : arn;
}

std::string shorten_arns(const std::string& text) {
  std::istringstream words(text);
  std::string out;
  for (std::string word; words >> word;) out += (out.empty() ? "" : " ") + resource_of(word);
  return out;
}

}  // namespace waybill::cli
