#include "api/answers.h"

#include <charconv>

#include "api/aws_error.h"

namespace waybill::api {

net::HttpResponse json_answer(const nlohmann::json& body, unsigned status) {
  net::HttpResponse response;
  response.status = status;
  response.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  return response;
}

net::HttpResponse error_answer(unsigned status, std::string_view code, std::string_view message) {
  return server_error(status, code, message, nullptr);
}

net::HttpResponse error_answer(const Error& error) {
  switch (error.code) {
    case ErrorCode::invalid:
    case ErrorCode::limit: return error_answer(400, "ValidationException", error.message);
    case ErrorCode::denied: return error_answer(403, "AccessDeniedException", error.message);
    case ErrorCode::not_found: return error_answer(404, "ResourceNotFoundException", error.message);
    case ErrorCode::conflict: return error_answer(409, "ConflictException", error.message);
    case ErrorCode::unavailable:
    case ErrorCode::timeout: return error_answer(503, "ServiceUnavailableException", error.message);
    default: return error_answer(500, "InternalException", error.message);
  }
}

Result<std::int64_t> number_parameter(std::string_view name, std::string_view text, std::int64_t least,
                                      std::int64_t most) {
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size() || number < least || number > most) {
    return invalid(std::string(name) + " is '" + std::string(text) + "'; it must be a whole number from " +
                   std::to_string(least) + " to " + std::to_string(most));
  }
  return number;
}

}  // namespace waybill::api
