#include "destination/outcome.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <iomanip>
#include <locale>
#include <sstream>

#include "base/json_text.h"

namespace waybill::destination {

namespace {

constexpr std::size_t kExcerptBytes = 200;
constexpr Millis kLongestWait = std::chrono::hours{24};
constexpr Millis kAfterStop = std::chrono::seconds{1};

bool is_retriable(unsigned status) {
  return status == 401 || status == 407 || status == 409 || status == 429 || status / 100 == 5;
}

// The beginning of an answer, fit for one line of text.
std::string excerpt(std::string body, const std::vector<std::string>& secrets) {
  for (const std::string& secret : secrets) {
    for (std::size_t at = 0; (at = body.find(secret, at)) != std::string::npos; at += 3) {
      body.replace(at, secret.size(), "***");
    }
  }
  if (body.size() > kExcerptBytes) {
    std::size_t end = kExcerptBytes;
    while (end > 0 && (static_cast<unsigned char>(body[end]) & 0xc0) == 0x80) --end;
    body.resize(end);
  }
  const bool text = is_valid_utf8(body);
  for (char& c : body) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) c = ' ';
    if (byte >= 0x80 && !text) c = '?';
  }
  return body;
}

std::optional<WallTime> parse_http_date(std::string_view value) {
  std::istringstream in{std::string(value)};
  in.imbue(std::locale::classic());
  std::tm parts{};
  in >> std::get_time(&parts, "%a, %d %b %Y %H:%M:%S GMT");
  if (in.fail()) return std::nullopt;
  return from_millis(static_cast<std::int64_t>(timegm(&parts)) * 1000);
}

}  // namespace

std::optional<Millis> parse_retry_after(std::string_view value, WallTime now) {
  std::uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (error == std::errc{} && end == value.data() + value.size()) {
    return std::min<Millis>(std::chrono::seconds{seconds}, kLongestWait);
  }
  const auto date = parse_http_date(value);
  if (!date) return std::nullopt;
  return std::clamp<Millis>(*date - now, Millis{0}, kLongestWait);
}

CallOutcome classify(const net::HttpResponse& response, std::string_view who, const std::vector<std::string>& secrets,
                     WallTime now) {
  CallOutcome outcome;
  if (response.status / 100 == 2) return outcome;
  outcome.kind = is_retriable(response.status) ? CallOutcome::Kind::retriable : CallOutcome::Kind::permanent;
  outcome.target_down = response.status == 429 || response.status / 100 == 5;
  outcome.error_code = response.status == 429 ? "THROTTLING" : "ERROR_FROM_TARGET";
  outcome.error_message = std::string(who) + " answered with status " + std::to_string(response.status);
  if (const std::string text = excerpt(response.body, secrets); !text.empty()) outcome.error_message += ": " + text;
  for (const auto& [name, value] : response.headers) {
    if (outcome.kind != CallOutcome::Kind::retriable || !net::equals_ignoring_case(name, "Retry-After")) continue;
    outcome.wait = parse_retry_after(value, now).value_or(Millis{0});
  }
  return outcome;
}

CallOutcome classify(const net::OutboundError& error, std::string_view who) {
  using Error = net::OutboundError::Kind;
  using Kind = CallOutcome::Kind;
  const auto failed = [&](Kind kind, const char* code, const char* what) {
    return CallOutcome{kind, code, std::string(who) + what + error.message, Millis{0}, kind == Kind::retriable};
  };
  switch (error.kind) {
    case Error::invalid: return failed(Kind::permanent, "INVALID_PARAMETER", " cannot be called: ");
    case Error::connect: return failed(Kind::retriable, "CONNECTION_FAILURE", " could not be reached: ");
    case Error::tls: return failed(Kind::permanent, "SDK_CLIENT_ERROR", " is not trusted: ");
    case Error::timeout: return failed(Kind::retriable, "TIMEOUT", " did not answer in time: ");
    case Error::broken: return failed(Kind::retriable, "CONNECTION_FAILURE", " broke off its answer: ");
    case Error::stopped: break;
  }
  return {Kind::postponed, "", "", kAfterStop};
}

}  // namespace waybill::destination
