#include "destination/specs.h"

#include <doctest/doctest.h>

using namespace waybill;
using namespace waybill::destination;

namespace {

std::string connection_error(const std::string& json) { return parse_connection("arn", json).error().message; }
std::string destination_error(const std::string& json) { return parse_destination("arn", json, {}).error().message; }

}  // namespace

TEST_CASE("a connection without authorization only adds its parameters") {
  const auto spec = parse_connection("arn:c", R"({"Name":"c","AuthParameters":{"InvocationHttpParameters":{
      "HeaderParameters":[{"Key":"X-A","Value":"1","IsValueSecret":true}],
      "QueryStringParameters":[{"Key":"q","Value":"2"}],
      "BodyParameters":[{"Key":"b","Value":"3","IsValueSecret":false}]}}})");
  REQUIRE(spec.has_value());
  CHECK(spec->arn == "arn:c");
  CHECK(std::holds_alternative<std::monostate>(spec->auth));
  CHECK(spec->invocation.headers == std::vector<Parameter>{{"X-A", "1", true}});
  CHECK(spec->invocation.query == std::vector<Parameter>{{"q", "2", false}});
  CHECK(spec->invocation.body == std::vector<Parameter>{{"b", "3", false}});
}

TEST_CASE("each kind of authorization is read") {
  const auto basic = parse_connection("arn", R"({"AuthorizationType":"BASIC",
      "AuthParameters":{"BasicAuthParameters":{"Username":"u","Password":"p"}}})");
  CHECK(std::get<BasicAuth>(basic->auth).user == "u");
  CHECK(std::get<BasicAuth>(basic->auth).password == "p");
  const auto key = parse_connection("arn", R"({"AuthorizationType":"API_KEY",
      "AuthParameters":{"ApiKeyAuthParameters":{"ApiKeyName":"X-Key","ApiKeyValue":"v"}}})");
  CHECK(std::get<ApiKeyAuth>(key->auth).name == "X-Key");
  CHECK(std::get<ApiKeyAuth>(key->auth).value == "v");
  const auto oauth = parse_connection("arn", R"({"AuthorizationType":"OAUTH_CLIENT_CREDENTIALS",
      "AuthParameters":{"OAuthParameters":{"AuthorizationEndpoint":"https://a/token","HttpMethod":"PUT",
        "ClientParameters":{"ClientID":"id","ClientSecret":"secret"},
        "OAuthHttpParameters":{"BodyParameters":[{"Key":"audience","Value":"x"}]}}}})");
  const OAuth expected{"https://a/token", "PUT", "id", "secret", {{}, {}, {{"audience", "x", false}}}};
  CHECK(std::get<OAuth>(oauth->auth) == expected);
}

TEST_CASE("what is wrong with a connection is named, without its values") {
  CHECK(connection_error("[]") == "the connection is not stored as a JSON object");
  CHECK(connection_error(R"({"AuthorizationType":"KERBEROS"})") ==
        "AuthorizationType must be BASIC, API_KEY or OAUTH_CLIENT_CREDENTIALS");
  CHECK(
      connection_error(R"({"AuthorizationType":"BASIC","AuthParameters":{"BasicAuthParameters":{"Username":"u"}}})") ==
      "AuthParameters.BasicAuthParameters.Password must be a string");
  CHECK(connection_error(R"({"AuthorizationType":"API_KEY"})") ==
        "AuthParameters.ApiKeyAuthParameters.ApiKeyName must be a string");
  CHECK(connection_error(R"({"AuthParameters":{"InvocationHttpParameters":{"BodyParameters":[{"Key":"k"}]}}})") ==
        "AuthParameters.InvocationHttpParameters.BodyParameters.Value must be a string");
  CHECK(connection_error(R"({"AuthParameters":7})") == "AuthParameters must be an object");
}

TEST_CASE("an API destination has a rate limit of 300 unless it says another") {
  const auto connection = std::make_shared<const ConnectionSpec>();
  const auto plain = parse_destination(
      "arn:d", R"({"Name":"d","InvocationEndpoint":"https://h/p/*","HttpMethod":"POST"})", connection);
  REQUIRE(plain.has_value());
  CHECK(plain->arn == "arn:d");
  CHECK(plain->name == "d");
  CHECK(plain->endpoint == "https://h/p/*");
  CHECK(plain->method == "POST");
  CHECK(plain->rate_per_second == 300);
  CHECK(plain->connection == connection);
  CHECK(plain->active);
  const auto slow = parse_destination(
      "arn:d", R"({"Name":"d","InvocationEndpoint":"https://h","HttpMethod":"GET","InvocationRateLimitPerSecond":5})",
      connection);
  CHECK(slow->rate_per_second == 5);
}

TEST_CASE("what is wrong with an API destination is named") {
  CHECK(destination_error(R"({"Name":"d","HttpMethod":"GET"})") == "InvocationEndpoint must be a string");
  CHECK(destination_error(R"({"Name":"d","InvocationEndpoint":"https://h","HttpMethod":"GET",)"
                          R"("InvocationRateLimitPerSecond":0})") ==
        "InvocationRateLimitPerSecond must be a whole number from 1");
}

TEST_CASE("a target's HttpParameters are path values, headers and query string") {
  const auto parameters = parse_http_parameters(
      R"({"PathParameterValues":["a","b"],"HeaderParameters":{"X-A":"1"},"QueryStringParameters":{"q":"2"}})");
  REQUIRE(parameters.has_value());
  CHECK(parameters->path_values == std::vector<std::string>{"a", "b"});
  CHECK(parameters->headers.at(0).second == "1");
  CHECK(parameters->query.at(0).first == "q");
  CHECK(parse_http_parameters("{}")->path_values.empty());
  CHECK(parse_http_parameters(R"({"HeaderParameters":{"X-A":1}})").error().message ==
        "HeaderParameters.X-A must be a string");
}
