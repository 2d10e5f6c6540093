#include "api/request/page.h"

#include "base/base64.h"

namespace waybill::api {

namespace {

// What tells a token of ours from other text that happens to be base64.
constexpr std::string_view kTokenMark = "after:";

std::optional<std::string> key_in(std::string token) {
  if (token.find_first_of("+/=") != std::string::npos) return std::nullopt;
  std::replace(token.begin(), token.end(), '-', '+');
  std::replace(token.begin(), token.end(), '_', '/');
  token.append((4 - token.size() % 4) % 4, '=');
  auto bytes = from_base64(token);
  if (!bytes || !bytes->starts_with(kTokenMark)) return std::nullopt;
  return bytes->substr(kTokenMark.size());
}

}  // namespace

std::string page_token(std::string_view last_key) {
  std::string token = to_base64(std::string(kTokenMark).append(last_key));
  token.erase(token.find_last_not_of('=') + 1);
  std::replace(token.begin(), token.end(), '+', '-');
  std::replace(token.begin(), token.end(), '/', '_');
  return token;
}

std::variant<PageRequest, AwsError> page_request(const nlohmann::json& request) {
  PageRequest page;
  if (const auto limit = request.find("Limit"); limit != request.end()) page.limit = limit->get<std::size_t>();
  if (const auto token = request.find("NextToken"); token != request.end()) {
    page.after = key_in(token->get<std::string>());
    if (!page.after) {
      return AwsError{"ValidationException",
                      "Parameter NextToken is not valid. Reason: It must be the NextToken of an earlier answer.", 400};
    }
  }
  return page;
}

}  // namespace waybill::api
