// Contract section 15, API destinations.
#include <regex>

#include "control_fixture.h"

namespace waybill::testing {

using control::create_api_destination;
using control::create_connection;
using control::deauthorize_connection;
using control::delete_api_destination;
using control::delete_connection;
using control::describe_api_destination;
using control::describe_connection;
using control::list_api_destinations;
using control::update_api_destination;

namespace {

const Json kDestination = {{"Name", "hook"}};

class DestinationsFixture : public ControlFixture {
 public:
  std::string make_connection(const char* name) {
    return ok(create_connection,
              {{"Name", name},
               {"AuthorizationType", "API_KEY"},
               {"AuthParameters", {{"ApiKeyAuthParameters", {{"ApiKeyName", "k"}, {"ApiKeyValue", "v"}}}}}})
        .at("ConnectionArn");
  }
  std::string make_oauth_connection() {
    return ok(create_connection, {{"Name", "oauth"},
                                  {"AuthorizationType", "OAUTH_CLIENT_CREDENTIALS"},
                                  {"AuthParameters",
                                   {{"OAuthParameters",
                                     {{"AuthorizationEndpoint", "https://id.example/"},
                                      {"HttpMethod", "POST"},
                                      {"ClientParameters", {{"ClientID", "i"}, {"ClientSecret", "s"}}}}}}}})
        .at("ConnectionArn");
  }
  Json request(const std::string& name = "hook") {
    return {{"Name", name},
            {"ConnectionArn", connection_arn},
            {"InvocationEndpoint", "https://example.com/*/hook"},
            {"HttpMethod", "POST"}};
  }

  std::string connection_arn = make_connection("c");
};

}  // namespace

TEST_CASE_FIXTURE(DestinationsFixture, "create answers ARN, state and times, nothing else") {
  const Json answer = ok(create_api_destination, request());
  const std::regex arn(
      "arn:aws:events:eu-central-1:123456789012:api-destination/hook/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  CHECK(std::regex_match(answer["ApiDestinationArn"].get<std::string>(), arn));
  CHECK(answer == Json{{"ApiDestinationArn", answer["ApiDestinationArn"]},
                       {"ApiDestinationState", "ACTIVE"},
                       {"CreationTime", kStart},
                       {"LastModifiedTime", kStart}});
}

TEST_CASE_FIXTURE(DestinationsFixture, "describe shows all, the rate limit also when it is not set") {
  Json given = request();
  const Json arn = ok(create_api_destination, given)["ApiDestinationArn"];
  Json shown = given;
  shown.update({{"ApiDestinationArn", arn},
                {"ApiDestinationState", "ACTIVE"},
                {"InvocationRateLimitPerSecond", 300},
                {"CreationTime", kStart},
                {"LastModifiedTime", kStart}});
  CHECK(ok(describe_api_destination, kDestination) == shown);
  given = request("slow");
  given.update({{"Description", "d"}, {"InvocationRateLimitPerSecond", 7}});
  ok(create_api_destination, given);
  shown = ok(describe_api_destination, {{"Name", "slow"}});
  CHECK(shown["Description"] == "d");
  CHECK(shown["InvocationRateLimitPerSecond"] == 7);
}

TEST_CASE_FIXTURE(DestinationsFixture, "create is refused") {
  Json given = request();
  SUBCASE("for an existing name") {
    ok(create_api_destination, given);
    CHECK(fault(create_api_destination, given) ==
          Fault{"ResourceAlreadyExistsException", "An api-destination 'hook' already exists."});
  }
  SUBCASE("for an endpoint that is no https URL") {
    for (const char* endpoint : {"http://example.com/", "invalid-endpoint", "https://", "https:///path", ""}) {
      CAPTURE(endpoint);
      given["InvocationEndpoint"] = endpoint;
      CHECK(fault(create_api_destination, given) ==
            Fault{"ValidationException", "Parameter InvocationEndpoint is not valid. Reason: Endpoint '" +
                                             std::string(endpoint) + "' is not valid"});
    }
  }
  SUBCASE("for a connection that there is not") {
    const std::string prefix = "arn:aws:events:eu-central-1:123456789012:connection/";
    given["ConnectionArn"] = prefix + "gone/00000000-0000-4000-8000-000000000000";
    CHECK(
        fault(create_api_destination, given) ==
        Fault{"ResourceNotFoundException", "Failed to describe the connection(s). Connection 'gone' does not exist."});
    given["ConnectionArn"] = prefix + "c/00000000-0000-4000-8000-000000000000";
    CHECK(fault(create_api_destination, given).message ==
          "Failed to describe the connection(s). Connection 'c' does not exist.");
  }
  SUBCASE("beyond the quota") {
    limits.api_destinations = 1;
    ok(create_api_destination, given);
    CHECK(fault(create_api_destination, request("second")) ==
          Fault{"LimitExceededException", "The requested resource exceeds the maximum number allowed."});
  }
}

TEST_CASE_FIXTURE(DestinationsFixture, "endpoints without TLS can be allowed") {
  Json given = request();
  given["InvocationEndpoint"] = "http://127.0.0.1:8080/hook";
  limits.allow_http_endpoints = true;
  ok(create_api_destination, given);
  CHECK(ok(describe_api_destination, kDestination)["InvocationEndpoint"] == "http://127.0.0.1:8080/hook");
  given = request("second");
  given["InvocationEndpoint"] = "http://";
  CHECK(fault(create_api_destination, given).code == "ValidationException");
}

TEST_CASE_FIXTURE(DestinationsFixture, "a destination is INACTIVE while its connection is AUTHORIZING") {
  connection_arn = make_oauth_connection();
  CHECK(ok(create_api_destination, request())["ApiDestinationState"] == "INACTIVE");
  CHECK(ok(describe_api_destination, kDestination)["ApiDestinationState"] == "ACTIVE");
  CHECK(ok(describe_connection, {{"Name", "oauth"}})["ConnectionState"] == "AUTHORIZED");
  CHECK(ok(create_api_destination, request("second"))["ApiDestinationState"] == "ACTIVE");
}

TEST_CASE_FIXTURE(DestinationsFixture, "a destination is INACTIVE without its connection or its authorization") {
  ok(create_api_destination, request());
  SUBCASE("deauthorized") { ok(deauthorize_connection, {{"Name", "c"}}); }
  SUBCASE("deleted") { ok(delete_connection, {{"Name", "c"}}); }
  SUBCASE("deleted and made anew") {
    ok(delete_connection, {{"Name", "c"}});
    make_connection("c");
  }
  CHECK(ok(describe_api_destination, kDestination)["ApiDestinationState"] == "INACTIVE");
  CHECK(ok(list_api_destinations, Json::object())["ApiDestinations"][0]["ApiDestinationState"] == "INACTIVE");
}

TEST_CASE_FIXTURE(DestinationsFixture, "update keeps what is not given") {
  const Json arn = ok(create_api_destination, request())["ApiDestinationArn"];
  clock.advance(Millis{1000});
  CHECK(ok(update_api_destination, {{"Name", "hook"}, {"HttpMethod", "PUT"}, {"Description", "d"}}) ==
        Json{{"ApiDestinationArn", arn},
             {"ApiDestinationState", "ACTIVE"},
             {"CreationTime", kStart},
             {"LastModifiedTime", kStart + 1}});
  const Json shown = ok(describe_api_destination, kDestination);
  CHECK(shown["ApiDestinationArn"] == arn);
  CHECK(shown["HttpMethod"] == "PUT");
  CHECK(shown["Description"] == "d");
  CHECK(shown["InvocationEndpoint"] == "https://example.com/*/hook");
  CHECK(fault(update_api_destination, {{"Name", "hook"}, {"InvocationEndpoint", "http://example.com/"}}).message ==
        "Parameter InvocationEndpoint is not valid. Reason: Endpoint 'http://example.com/' is not valid");
  CHECK(fault(update_api_destination, {{"Name", "hook"}, {"ConnectionArn", "arn:aws:events:r:1:connection/x/y"}})
            .message == "Failed to describe the connection(s). Connection 'x' does not exist.");
}

TEST_CASE_FIXTURE(DestinationsFixture, "unknown destinations have one text") {
  const Fault unknown{"ResourceNotFoundException",
                      "Failed to describe the api-destination(s). An api-destination 'gone' does not exist."};
  for (const auto operation : {describe_api_destination, update_api_destination, delete_api_destination}) {
    CHECK(fault(operation, {{"Name", "gone"}}) == unknown);
  }
}

TEST_CASE_FIXTURE(DestinationsFixture, "delete removes the destination") {
  ok(create_api_destination, request());
  CHECK(ok(delete_api_destination, kDestination) == Json::object());
  CHECK(row(kinds::kApiDestination, "hook") == nullptr);
}

TEST_CASE_FIXTURE(DestinationsFixture, "the list omits descriptions, and is filtered by prefix and connection") {
  Json given = request("b");
  given["Description"] = "d";
  const Json arn = ok(create_api_destination, given)["ApiDestinationArn"];
  const std::string first = connection_arn;
  connection_arn = make_connection("other");
  ok(create_api_destination, request("a"));
  ok(create_api_destination, request("ab"));
  const auto list = [this](const Json& filter) { return ok(list_api_destinations, filter)["ApiDestinations"]; };
  const auto names = [&](const Json& filter) {
    Json found = Json::array();
    for (const Json& item : list(filter)) found.push_back(item["Name"]);
    return found;
  };
  CHECK(names(Json::object()) == Json{"a", "ab", "b"});
  CHECK(names({{"NamePrefix", "a"}}) == Json{"a", "ab"});
  CHECK(names({{"ConnectionArn", connection_arn}}) == Json{"a", "ab"});
  CHECK(list({{"ConnectionArn", first}}) == Json::array({{{"ApiDestinationArn", arn},
                                                          {"Name", "b"},
                                                          {"ApiDestinationState", "ACTIVE"},
                                                          {"ConnectionArn", first},
                                                          {"InvocationEndpoint", "https://example.com/*/hook"},
                                                          {"HttpMethod", "POST"},
                                                          {"InvocationRateLimitPerSecond", 300},
                                                          {"CreationTime", kStart},
                                                          {"LastModifiedTime", kStart}}}));
}

}  // namespace waybill::testing
