#include "net/response_writer.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace waybill::net {

namespace {

std::string_view reason(unsigned status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Other";
  }
}

void append_number(std::string& out, std::size_t number) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void append_clean(std::string& out, std::string_view value) {
  const std::size_t start = out.size();
  out.append(value);
  std::replace_if(
      out.begin() + static_cast<std::ptrdiff_t>(start), out.end(),
      [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
}

bool is_own_header(std::string_view name) {
  static constexpr std::array<std::string_view, 5> kOwn = {"content-length", "connection", "transfer-encoding",
                                                           "server", "x-amzn-requestid"};
  return std::any_of(kOwn.begin(), kOwn.end(), [&](std::string_view own) { return equals_ignoring_case(own, name); });
}

bool is_header_name(std::string_view name) {
  return !name.empty() && name.find_first_of(std::string_view(" \t\r\n:\0", 6)) == std::string_view::npos;
}

}  // namespace

bool status_has_body(unsigned status) { return status >= 200 && status != 204 && status != 304; }

void append_head(std::string& out, const HttpResponse& response, const ResponseFrame& frame) {
  out += "HTTP/1.1 ";
  append_number(out, response.status);
  out += ' ';
  out += reason(response.status);
  out += "\r\nServer: waybill\r\nx-amzn-RequestId: ";
  out += frame.request_id;
  if (!response.content_type.empty() && status_has_body(response.status)) {
    out += "\r\nContent-Type: ";
    append_clean(out, response.content_type);
  }
  if (status_has_body(response.status)) {
    out += "\r\nContent-Length: ";
    append_number(out, response.body.size());
  }
  for (const auto& [name, value] : response.headers) {
    if (!is_header_name(name) || is_own_header(name)) continue;
    out += "\r\n";
    out += name;
    out += ": ";
    append_clean(out, value);
  }
  if (!frame.keep_alive) {
    out += "\r\nConnection: close";
  } else if (frame.version < 11) {
    out += "\r\nConnection: keep-alive";
  }
  out += "\r\n\r\n";
}

}  // namespace waybill::net
