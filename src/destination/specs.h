// What an API destination, its connection and a target's HttpParameters say, as values. Contract section 15.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace waybill::destination {

struct Parameter {
  std::string key;
  std::string value;
  bool secret = false;
  bool operator==(const Parameter&) const = default;
};

// AWS: ConnectionHttpParameters.
struct AddedParameters {
  std::vector<Parameter> headers;
  std::vector<Parameter> query;
  std::vector<Parameter> body;
  bool operator==(const AddedParameters&) const = default;
};

struct BasicAuth {
  std::string user;
  std::string password;
};

struct ApiKeyAuth {
  std::string name;  // of the header
  std::string value;
};

// Client credentials (RFC 6749, section 4.4).
struct OAuth {
  std::string endpoint;
  std::string method;  // GET, POST or PUT
  std::string client_id;
  std::string client_secret;
  AddedParameters added;
  bool operator==(const OAuth&) const = default;
};

struct ConnectionSpec {
  std::string arn;
  std::variant<std::monostate, BasicAuth, ApiKeyAuth, OAuth> auth;
  AddedParameters invocation;  // beat the target's parameters of the same name
};

struct DestinationSpec {
  std::string arn;
  std::string name;
  std::string endpoint;  // URL; each * in its path stands for a path value
  std::string method;
  int rate_per_second = 300;
  std::shared_ptr<const ConnectionSpec> connection;  // never null
  bool active = true;                                // AWS: INACTIVE while its connection is not authorized
};

// A target's HttpParameters; what was a JSON path is already the value found in the event.
struct HttpParameters {
  std::vector<std::string> path_values;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::pair<std::string, std::string>> query;
};

// From the stored JSON, whose members are those of CreateConnection, CreateApiDestination and of a target. Errors:
// invalid, naming the member; a value is never repeated, for it may be a secret.
Result<ConnectionSpec> parse_connection(std::string arn, std::string_view json);
// REQUIRES: connection is not null.
Result<DestinationSpec> parse_destination(std::string arn, std::string_view json,
                                          std::shared_ptr<const ConnectionSpec> connection);
Result<HttpParameters> parse_http_parameters(std::string_view json);

}  // namespace waybill::destination
