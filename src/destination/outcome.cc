#include "destination/outcome.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <iomanip>
#include <locale>
#include <sstream>

#include "base/json_text.h"
#include "base/utf8_cut.h"

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
  body.resize(utf8_cut(body, kExcerptBytes).size());
  const bool text = is_valid_utf8(body);
  for (char& c : body) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) c = ' ';
    if (byte >= 0x80 && !text) c = '?';
  }
  return body;
}

// RFC 9110: a year of two digits that seems to be more than 50 years ahead is one of the past.
void set_century(std::tm& parts, WallTime now) {
  std::tm today{};
  const std::time_t seconds = to_seconds(now);
  gmtime_r(&seconds, &today);
  parts.tm_year += (today.tm_year - today.tm_year % 100) - (parts.tm_year - parts.tm_year % 100);
  if (parts.tm_year > today.tm_year + 50) parts.tm_year -= 100;
}

// RFC 9110 section 5.6.7: as HTTP writes dates today, and the two ways in which it wrote them before.
std::optional<WallTime> parse_http_date(std::string_view value, WallTime now) {
  constexpr const char* kTwoDigits = "%a, %d-%b-%y %H:%M:%S GMT";  // RFC 850; names of days are read short or long
  for (const char* form : {"%a, %d %b %Y %H:%M:%S GMT", kTwoDigits, "%a %b %d %H:%M:%S %Y"}) {
    std::istringstream in{std::string(value)};
    in.imbue(std::locale::classic());
    std::tm parts{};
    in >> std::get_time(&parts, form);
    if (in.fail()) continue;
    if (form == kTwoDigits) set_century(parts, now);
    return from_millis(static_cast<std::int64_t>(timegm(&parts)) * 1000);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Millis> parse_retry_after(std::string_view value, WallTime now) {
  const bool is_number = !value.empty() && value.find_first_not_of("0123456789") == std::string_view::npos;
  if (is_number) {
    std::uint32_t seconds = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (error != std::errc{}) return kLongestWait;  // more than fits
    return std::min<Millis>(std::chrono::seconds{seconds}, kLongestWait);
  }
  const auto date = parse_http_date(value, now);
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
