#include "daemon/cli/daemon_client.h"

#include <nlohmann/json.hpp>

#include "daemon/cli/text_table.h"
#include "net/http_client.h"
#include "net/url.h"

namespace waybill::cli {

namespace {

std::string normal(std::string endpoint) {
  if (endpoint.empty()) endpoint = kDefaultEndpoint;
  if (endpoint.find("://") == std::string::npos) endpoint = "http://" + endpoint;
  while (endpoint.ends_with('/')) endpoint.pop_back();
  return endpoint;
}

}  // namespace

DaemonClient::DaemonClient(const std::string& endpoint, std::chrono::milliseconds timeout)
    : endpoint_(normal(endpoint)), timeout_(timeout) {}

Result<std::string> DaemonClient::call(const char* method, const std::string& path, std::string body,
                                       const std::string& target) const {
  net::HttpCall request;
  request.method = method;
  request.url = endpoint_ + path;
  request.timeout = timeout_;
  if (!body.empty()) {
    request.headers.emplace_back("Content-Type", target.empty() ? "application/json" : "application/x-amz-json-1.0");
  }
  if (!target.empty()) request.headers.emplace_back("X-Amz-Target", target);
  request.body = std::move(body);
  auto response = net::http_call(request);
  if (!response) {
    if (response.error().code == ErrorCode::unavailable) {
      return Error{ErrorCode::unavailable, "no daemon answers at " + endpoint_ +
                                               "; start one with 'waybill serve', or name another with --endpoint"};
    }
    return response.error();
  }
  if (response->status < 200 || response->status > 299) {
    return Error{ErrorCode::invalid, refusal_text(response->status, response->body)};
  }
  return std::move(response->body);
}

std::string refusal_text(unsigned status, const std::string& body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  const auto member = [&](const char* name) -> std::string {
    const bool is_text = json.is_object() && json.contains(name) && json[name].is_string();
    return is_text ? json[name].get<std::string>() : "";
  };
  const std::string message = member("message").empty() ? member("Message") : member("message");
  const std::string code = member("__type");
  if (!message.empty()) return printable(message) + (code.empty() ? "" : " (" + printable(code) + ")");
  const std::string what = code.empty() ? printable(body.substr(0, 200)) : printable(code);
  return "the daemon answered " + std::to_string(status) + (what.empty() ? "" : ": " + what);
}

std::string query_text(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::string text;
  for (const auto& [name, value] : pairs) {
    if (value.empty()) continue;
    text += (text.empty() ? "?" : "&") + name + "=" + net::percent_encode(value);
  }
  return text;
}

}  // namespace waybill::cli
