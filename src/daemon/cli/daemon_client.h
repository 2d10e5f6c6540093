// The command line's side of the daemon's HTTP routes.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace waybill::cli {

inline constexpr const char* kDefaultEndpoint = "http://127.0.0.1:4566";

// Blocking. Errors are for people to read: that no daemon answers, and what the daemon refused.
class DaemonClient {
 public:
  // "localhost:4566" gets its http://; a slash at the end goes.
  explicit DaemonClient(const std::string& endpoint, std::chrono::milliseconds timeout = std::chrono::seconds(60));

  const std::string& endpoint() const { return endpoint_; }
  // The body of a success.
  Result<std::string> get(const std::string& path) const { return call("GET", path, ""); }
  Result<std::string> post(const std::string& path, std::string body) const {
    return call("POST", path, std::move(body));
  }
  Result<std::string> remove(const std::string& path) const { return call("DELETE", path, ""); }
  // An operation of AWS's JSON protocol: target "AmazonSQS.SendMessage".
  Result<std::string> aws(const std::string& target, std::string body) const {
    return call("POST", "/", std::move(body), target);
  }

 private:
  Result<std::string> call(const char* method, const std::string& path, std::string body,
                           const std::string& target = "") const;

  std::string endpoint_;
  std::chrono::milliseconds timeout_;
};

// What the daemon said is wrong: {"__type":"Code","message":"text"} is "text (Code)".
std::string refusal_text(unsigned status, const std::string& body);

// "?a=1&b=2", encoded; pairs with an empty value are left out; "" for none.
std::string query_text(const std::vector<std::pair<std::string, std::string>>& pairs);

}  // namespace waybill::cli
