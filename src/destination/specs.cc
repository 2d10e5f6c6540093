#include "destination/specs.h"

#include <nlohmann/json.hpp>

#include "base/json_tree.h"

namespace waybill::destination {

namespace {

using Json = nlohmann::ordered_json;

// One JSON object, and where it stands in what is read.
class Members {
 public:
  Members(Json object, std::string path) : object_(std::move(object)), path_(std::move(path)) {}

  static Result<Members> parse(std::string_view json, const char* what) {
    Json value = parse_json<Json>(json, kMaxPayloadDepth);
    if (!value.is_object()) return invalid(std::string(what) + " is not stored as a JSON object");
    return Members(std::move(value), "");
  }

  bool has(const char* key) const { return object_.contains(key); }
  // Empty when it is absent.
  Result<Members> object(const char* key) const {
    if (!has(key)) return Members(Json::object(), name(key));
    if (!object_[key].is_object()) return wrong(key, "an object");
    return Members(object_[key], name(key));
  }
  Result<std::string> text(const char* key) const {
    if (!has(key) || !object_[key].is_string()) return wrong(key, "a string");
    return object_[key].get<std::string>();
  }
  Result<std::vector<std::string>> texts(const char* key) const {
    std::vector<std::string> found;
    if (!has(key)) return found;
    for (const Json& item : object_[key]) {
      if (!item.is_string()) return wrong(key, "a list of strings");
      found.push_back(item.get<std::string>());
    }
    return found;
  }
  // All members, as names and values.
  Result<std::vector<std::pair<std::string, std::string>>> pairs() const {
    std::vector<std::pair<std::string, std::string>> found;
    for (const auto& [key, value] : object_.items()) {
      if (!value.is_string()) return wrong(key, "a string");
      found.emplace_back(key, value.get<std::string>());
    }
    return found;
  }
  Result<std::vector<Parameter>> parameters(const char* key) const {
    std::vector<Parameter> found;
    if (!has(key)) return found;
    for (const Json& item : object_[key]) {
      const Members members(item, name(key));
      Parameter parameter;
      WAYBILL_TRY(parameter.key, members.text("Key"));
      WAYBILL_TRY(parameter.value, members.text("Value"));
      parameter.secret = item.value("IsValueSecret", Json(false)) == Json(true);
      found.push_back(std::move(parameter));
    }
    return found;
  }
  Result<AddedParameters> added(const char* key) const {
    WAYBILL_TRY(const Members members, object(key));
    AddedParameters added;
    WAYBILL_TRY(added.headers, members.parameters("HeaderParameters"));
    WAYBILL_TRY(added.query, members.parameters("QueryStringParameters"));
    WAYBILL_TRY(added.body, members.parameters("BodyParameters"));
    return added;
  }
  Result<int> positive(const char* key, int otherwise) const {
    if (!has(key)) return otherwise;
    const Json& value = object_[key];
    if (!value.is_number_integer() || value < 1 || value > 1'000'000) return wrong(key, "a whole number from 1");
    return value.get<int>();
  }

 private:
  std::string name(std::string_view key) const { return (path_.empty() ? "" : path_ + ".") + std::string(key); }
  Error wrong(std::string_view key, const char* right) const { return invalid(name(key) + " must be " + right); }

  Json object_;
  std::string path_;
};

Result<OAuth> parse_oauth(const Members& parameters) {
  WAYBILL_TRY(const Members members, parameters.object("OAuthParameters"));
  WAYBILL_TRY(const Members client, members.object("ClientParameters"));
  OAuth oauth;
  WAYBILL_TRY(oauth.endpoint, members.text("AuthorizationEndpoint"));
  WAYBILL_TRY(oauth.method, members.text("HttpMethod"));
  WAYBILL_TRY(oauth.client_id, client.text("ClientID"));
  WAYBILL_TRY(oauth.client_secret, client.text("ClientSecret"));
  WAYBILL_TRY(oauth.added, members.added("OAuthHttpParameters"));
  return oauth;
}

Status parse_auth(const std::string& type, const Members& parameters, ConnectionSpec& into) {
  if (type == "BASIC") {
    WAYBILL_TRY(const Members members, parameters.object("BasicAuthParameters"));
    BasicAuth basic;
    WAYBILL_TRY(basic.user, members.text("Username"));
    WAYBILL_TRY(basic.password, members.text("Password"));
    into.auth = std::move(basic);
  } else if (type == "API_KEY") {
    WAYBILL_TRY(const Members members, parameters.object("ApiKeyAuthParameters"));
    ApiKeyAuth key;
    WAYBILL_TRY(key.name, members.text("ApiKeyName"));
    WAYBILL_TRY(key.value, members.text("ApiKeyValue"));
    into.auth = std::move(key);
  } else if (type == "OAUTH_CLIENT_CREDENTIALS") {
    WAYBILL_TRY(OAuth oauth, parse_oauth(parameters));
    into.auth = std::move(oauth);
  } else {
    return invalid("AuthorizationType must be BASIC, API_KEY or OAUTH_CLIENT_CREDENTIALS");
  }
  return {};
}

}  // namespace

Result<ConnectionSpec> parse_connection(std::string arn, std::string_view json) {
  WAYBILL_TRY(const Members members, Members::parse(json, "the connection"));
  WAYBILL_TRY(const Members parameters, members.object("AuthParameters"));
  ConnectionSpec spec;
  spec.arn = std::move(arn);
  if (members.has("AuthorizationType")) {
    WAYBILL_TRY(const std::string type, members.text("AuthorizationType"));
    WAYBILL_CHECK(parse_auth(type, parameters, spec));
  }
  WAYBILL_TRY(spec.invocation, parameters.added("InvocationHttpParameters"));
  return spec;
}

Result<DestinationSpec> parse_destination(std::string arn, std::string_view json,
                                          std::shared_ptr<const ConnectionSpec> connection) {
  WAYBILL_TRY(const Members members, Members::parse(json, "the API destination"));
  DestinationSpec spec;
  spec.arn = std::move(arn);
  spec.connection = std::move(connection);
  WAYBILL_TRY(spec.name, members.text("Name"));
  WAYBILL_TRY(spec.endpoint, members.text("InvocationEndpoint"));
  WAYBILL_TRY(spec.method, members.text("HttpMethod"));
  WAYBILL_TRY(spec.rate_per_second, members.positive("InvocationRateLimitPerSecond", spec.rate_per_second));
  return spec;
}

Result<HttpParameters> parse_http_parameters(std::string_view json) {
  WAYBILL_TRY(const Members members, Members::parse(json, "HttpParameters"));
  WAYBILL_TRY(const Members headers, members.object("HeaderParameters"));
  WAYBILL_TRY(const Members query, members.object("QueryStringParameters"));
  HttpParameters parameters;
  WAYBILL_TRY(parameters.path_values, members.texts("PathParameterValues"));
  WAYBILL_TRY(parameters.headers, headers.pairs());
  WAYBILL_TRY(parameters.query, query.pairs());
  return parameters;
}

}  // namespace waybill::destination
