// Answers of Waybill's own routes: JSON, errors in the same form as AWS's.
#pragma once

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "net/http.h"

namespace waybill::api {

net::HttpResponse json_answer(const nlohmann::json& body, unsigned status = 200);
net::HttpResponse error_answer(unsigned status, std::string_view code, std::string_view message);
net::HttpResponse error_answer(const Error& error);

// A number in a query string or path. Errors name the parameter and its range.
Result<std::int64_t> number_parameter(std::string_view name, std::string_view text, std::int64_t least,
                                      std::int64_t most);

}  // namespace waybill::api
