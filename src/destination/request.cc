#include "destination/request.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/json_tree.h"
#include "net/http.h"
#include "net/url.h"

namespace waybill::destination {

namespace {

constexpr std::size_t kMaxAnswerBytes = 64 * 1024;
constexpr const char* kUserAgent = "Amazon/EventBridge/ApiDestinations";

using Pairs = std::vector<std::pair<std::string, std::string>>;

// Replaces the value of that name, or adds it.
void put(Pairs& pairs, const std::string& name, const std::string& value) {
  const auto found = std::find_if(pairs.begin(), pairs.end(), [&](const auto& pair) { return pair.first == name; });
  if (found == pairs.end()) {
    pairs.emplace_back(name, value);
  } else {
    found->second = value;
  }
}

void put_all(Pairs& pairs, const std::vector<Parameter>& parameters) {
  for (const Parameter& each : parameters) put(pairs, each.key, each.value);
}

bool is_reserved(std::string_view name) {
  constexpr std::array kReserved{"Connection", "Content-Length",    "Expect",  "Host",      "TE",
                                 "Trailer",    "Transfer-Encoding", "Upgrade", "User-Agent"};
  return std::any_of(kReserved.begin(), kReserved.end(),
                     [&](const char* each) { return net::equals_ignoring_case(each, name); });
}

bool is_token(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view value) {
  return std::none_of(value.begin(), value.end(),
                      [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

// Replaces a field of that name, without regard to case.
Status put_header(net::HttpCall& call, const std::string& name, const std::string& value) {
  if (!is_token(name)) return invalid("the name of an HTTP header parameter must be letters, digits, '-' and '_'");
  if (!is_field_value(value)) {
    return invalid("the value of the HTTP header '" + name + "' must not hold line breaks or other control characters");
  }
  std::erase_if(call.headers, [&](const auto& field) { return net::equals_ignoring_case(field.first, name); });
  call.headers.emplace_back(name, value);
  return {};
}

Status put_header_parameter(net::HttpCall& call, const std::string& name, const std::string& value) {
  if (is_reserved(name)) return {};
  return put_header(call, name, value);
}

std::string form(const Pairs& pairs) {
  std::string text;
  for (const auto& [name, value] : pairs) {
    if (!text.empty()) text += '&';
    text += net::percent_encode(name) + '=' + net::percent_encode(value);
  }
  return text;
}

// The URL without its fragment, and with these pairs after those of its own query.
std::string with_query(std::string url, const Pairs& pairs) {
  url.erase(std::min(url.find('#'), url.size()));
  if (pairs.empty()) return url;
  const std::size_t at = url.find('?');
  if (at == std::string::npos) {
    url += '?';
  } else if (at + 1 < url.size()) {
    url += '&';
  }
  return url + form(pairs);
}

Result<std::string> with_path_values(const std::string& url, const std::vector<std::string>& values) {
  const std::size_t scheme = url.find("://");
  const std::size_t from = url.find('/', scheme == std::string::npos ? 0 : scheme + 3);
  const std::size_t to = std::min(url.find_first_of("?#"), url.size());
  if (from >= to) return url;
  std::string filled = url.substr(0, from);
  std::size_t used = 0;
  for (const char c : std::string_view(url).substr(from, to - from)) {
    if (c != '*') {
      filled += c;
    } else if (used < values.size()) {
      filled += net::percent_encode(values[used++]);
    } else {
      return invalid("PathParameterValues has " + std::to_string(values.size()) +
                     " values, but the path of the InvocationEndpoint has more '*' to be replaced");
    }
  }
  return filled + url.substr(to);
}

std::string with_body_parameters(const std::string& body, const std::vector<Parameter>& parameters) {
  if (parameters.empty()) return body;
  auto object = parse_json<nlohmann::ordered_json>(body, kMaxPayloadDepth);
  if (!object.is_object()) return body;
  for (const Parameter& each : parameters) object[each.key] = each.value;
  return object.dump();
}

net::HttpCall base_call(const std::string& method) {
  net::HttpCall call;
  call.method = method;
  call.timeout = kCallTimeout;
  call.max_response_bytes = kMaxAnswerBytes;
  return call;
}

std::string basic_credentials(const BasicAuth& basic) { return to_base64(basic.user + ":" + basic.password); }

Status authorize(net::HttpCall& call, const ConnectionSpec& connection, const std::string& token) {
  if (const auto* basic = std::get_if<BasicAuth>(&connection.auth)) {
    return put_header(call, "Authorization", "Basic " + basic_credentials(*basic));
  }
  if (const auto* key = std::get_if<ApiKeyAuth>(&connection.auth)) return put_header(call, key->name, key->value);
  if (std::holds_alternative<OAuth>(connection.auth)) return put_header(call, "Authorization", "Bearer " + token);
  return {};
}

}  // namespace

Result<net::HttpCall> build_request(const DestinationSpec& destination, const HttpParameters& target,
                                    const std::string& body, const std::string& token) {
  const ConnectionSpec& connection = *destination.connection;
  net::HttpCall call = base_call(destination.method);
  Pairs query;
  for (const auto& [name, value] : target.query) put(query, name, value);
  put_all(query, connection.invocation.query);
  WAYBILL_TRY(const std::string url, with_path_values(destination.endpoint, target.path_values));
  call.url = with_query(url, query);
  call.headers = {{"Content-Type", "application/json"}, {"User-Agent", kUserAgent}};
  for (const auto& [name, value] : target.headers) {
    WAYBILL_CHECK(put_header_parameter(call, name, value));
  }
  for (const Parameter& each : connection.invocation.headers) {
    WAYBILL_CHECK(put_header_parameter(call, each.key, each.value));
  }
  WAYBILL_CHECK(authorize(call, connection, token));
  if (call.method != "GET" && call.method != "HEAD") {
    call.body = with_body_parameters(body, connection.invocation.body);
  }
  return call;
}

Result<net::HttpCall> build_token_request(const OAuth& oauth) {
  net::HttpCall call = base_call(oauth.method);
  call.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                  {"Accept", "application/json"},
                  {"User-Agent", kUserAgent}};
  for (const Parameter& each : oauth.added.headers) {
    WAYBILL_CHECK(put_header_parameter(call, each.key, each.value));
  }
  Pairs fields{
      {"grant_type", "client_credentials"}, {"client_id", oauth.client_id}, {"client_secret", oauth.client_secret}};
  put_all(fields, oauth.added.body);
  Pairs query;
  if (call.method == "GET") {
    query = std::move(fields);
  } else {
    call.body = form(fields);
  }
  put_all(query, oauth.added.query);
  call.url = with_query(oauth.endpoint, query);
  return call;
}

std::vector<std::string> secrets_of(const ConnectionSpec& connection) {
  std::vector<std::string> secrets;
  const auto add = [&](const std::string& secret) {
    if (secret.empty()) return;
    secrets.push_back(secret);
    if (std::string encoded = net::percent_encode(secret); encoded != secret) secrets.push_back(std::move(encoded));
  };
  const auto add_parameters = [&](const AddedParameters& added) {
    for (const auto* list : {&added.headers, &added.query, &added.body}) {
      for (const Parameter& each : *list) {
        if (each.secret) add(each.value);
      }
    }
  };
  if (const auto* basic = std::get_if<BasicAuth>(&connection.auth)) {
    add(basic->password);
    add(basic_credentials(*basic));
  } else if (const auto* key = std::get_if<ApiKeyAuth>(&connection.auth)) {
    add(key->value);
  } else if (const auto* oauth = std::get_if<OAuth>(&connection.auth)) {
    add(oauth->client_secret);
    add_parameters(oauth->added);
  }
  add_parameters(connection.invocation);
  return secrets;
}

}  // namespace waybill::destination
