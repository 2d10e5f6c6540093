// One call of an HTTP client, blocking or not.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace waybill::net {

struct HttpCall {
  std::string method = "GET";
  std::string url;  // http or https
  // Without CR, LF or NUL, which whoever takes them from outside refuses.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::chrono::milliseconds timeout{30'000};  // for the whole call
  std::size_t max_response_bytes = 256 * 1024 * 1024;
};

}  // namespace waybill::net
