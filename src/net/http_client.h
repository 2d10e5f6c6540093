// A blocking HTTP client for the command line and tests. The daemon itself must not use it: it would hold a thread.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "net/http.h"

namespace waybill::net {

struct HttpCall {
  std::string method = "GET";
  std::string url;  // http or https
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::chrono::milliseconds timeout{30'000};  // for the whole call
  std::size_t max_response_bytes = 256 * 1024 * 1024;
};

// Any status is a success here. Redirects are not followed, proxies of the environment are not used. Thread-safe.
// Errors: invalid (url), unavailable (cannot connect), timeout, limit (response too large), io.
Result<HttpResponse> http_call(const HttpCall& call);

}  // namespace waybill::net
