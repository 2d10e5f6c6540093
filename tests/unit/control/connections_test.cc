// Contract section 15, connections.
#include <regex>

#include "control_fixture.h"

namespace waybill::testing {

using control::create_connection;
using control::deauthorize_connection;
using control::delete_connection;
using control::describe_connection;
using control::list_connections;
using control::update_connection;

namespace {

const Json kBasic = {{"BasicAuthParameters", {{"Username", "me"}, {"Password", "sesame"}}}};
const Json kApiKey = {{"ApiKeyAuthParameters", {{"ApiKeyName", "X-Key"}, {"ApiKeyValue", "sesame"}}}};
const Json kOAuth = {{"OAuthParameters",
                      {{"AuthorizationEndpoint", "https://id.example/token"},
                       {"HttpMethod", "POST"},
                       {"ClientParameters", {{"ClientID", "me"}, {"ClientSecret", "sesame"}}}}}};

Json connection(const char* name, const char* type, const Json& parameters) {
  return {{"Name", name}, {"AuthorizationType", type}, {"AuthParameters", parameters}};
}
Json named(const char* name) { return {{"Name", name}}; }

Fault unknown_connection(const char* name) {
  return {"ResourceNotFoundException",
          "Failed to describe the connection(s). Connection '" + std::string(name) + "' does not exist."};
}
Fault incomplete(const char* block) {
  return {"ValidationException",
          "Parameter " + std::string(block) + " is not valid. Reason: Missing required field(s)"};
}

bool matches(const Json& text, const char* regex) {
  return std::regex_match(text.get<std::string>(), std::regex(regex));
}

}  // namespace

TEST_CASE_FIXTURE(ControlFixture, "create answers ARN, state and times, nothing else") {
  const Json answer = ok(create_connection, connection("c", "BASIC", kBasic));
  CHECK(matches(answer["ConnectionArn"],
                "arn:aws:events:eu-central-1:123456789012:connection/c/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"));
  CHECK(answer == Json{{"ConnectionArn", answer["ConnectionArn"]},
                       {"ConnectionState", "AUTHORIZED"},
                       {"CreationTime", kStart},
                       {"LastModifiedTime", kStart}});
}

TEST_CASE_FIXTURE(ControlFixture, "describe shows all but the secrets") {
  Json request = connection("c", "BASIC", kBasic);
  request["Description"] = "d";
  request["KmsKeyIdentifier"] = "alias/key";
  const Json arn = ok(create_connection, request)["ConnectionArn"];
  const Json shown = ok(describe_connection, named("c"));
  const std::string path = arn.get<std::string>().substr(arn.get<std::string>().find("connection/"));
  CHECK(
      matches(shown["SecretArn"],
              ("arn:aws:secretsmanager:eu-central-1:123456789012:secret:events!" + path + "-[A-Za-z0-9]{6}").c_str()));
  CHECK(shown == Json{{"ConnectionArn", arn},
                      {"Name", "c"},
                      {"Description", "d"},
                      {"KmsKeyIdentifier", "alias/key"},
                      {"ConnectionState", "AUTHORIZED"},
                      {"AuthorizationType", "BASIC"},
                      {"AuthParameters", {{"BasicAuthParameters", {{"Username", "me"}}}}},
                      {"SecretArn", shown["SecretArn"]},
                      {"CreationTime", kStart},
                      {"LastModifiedTime", kStart},
                      {"LastAuthorizedTime", kStart}});
  CHECK(ok(describe_connection, named("c")) == shown);
}

TEST_CASE_FIXTURE(ControlFixture, "what describe shows of each type's parameters") {
  ok(create_connection, connection("key", "API_KEY", kApiKey));
  CHECK(ok(describe_connection, named("key"))["AuthParameters"] ==
        Json{{"ApiKeyAuthParameters", {{"ApiKeyName", "X-Key"}}}});
  ok(create_connection, connection("oauth", "OAUTH_CLIENT_CREDENTIALS", kOAuth));
  CHECK(ok(describe_connection, named("oauth"))["AuthParameters"] ==
        Json{{"OAuthParameters",
              {{"AuthorizationEndpoint", "https://id.example/token"},
               {"HttpMethod", "POST"},
               {"ClientParameters", {{"ClientID", "me"}}}}}});
}

TEST_CASE_FIXTURE(ControlFixture, "parameters of each call are echoed, less the values marked as secret") {
  const auto http = [](const Json& open, const Json& secret) {
    return Json{{"HeaderParameters", {open, secret}}, {"QueryStringParameters", Json::array({open})}};
  };
  const Json open = {{"Key", "a"}, {"Value", "1"}, {"IsValueSecret", false}};
  const Json given = http(open, {{"Key", "b"}, {"Value", "sesame"}, {"IsValueSecret", true}});
  const Json shown = http(open, {{"Key", "b"}, {"IsValueSecret", true}});
  Json parameters = kOAuth;
  parameters["InvocationHttpParameters"] = given;
  parameters["OAuthParameters"]["OAuthHttpParameters"] = given;
  ok(create_connection, connection("c", "OAUTH_CLIENT_CREDENTIALS", parameters));
  const Json described = ok(describe_connection, named("c"))["AuthParameters"];
  CHECK(described["InvocationHttpParameters"] == shown);
  CHECK(described["OAuthParameters"]["OAuthHttpParameters"] == shown);
}

TEST_CASE_FIXTURE(ControlFixture, "no answer holds a secret; the catalog does, for deliveries") {
  Json parameters = kOAuth;
  parameters["InvocationHttpParameters"] = {
      {"BodyParameters", Json::array({{{"Key", "b"}, {"Value", "sesame"}, {"IsValueSecret", true}}})}};
  std::string answers = ok(create_connection, connection("oauth", "OAUTH_CLIENT_CREDENTIALS", parameters)).dump();
  answers += ok(create_connection, connection("key", "API_KEY", kApiKey)).dump();
  answers += ok(create_connection, connection("basic", "BASIC", kBasic)).dump();
  for (const char* name : {"oauth", "key", "basic"}) {
    CHECK(row(kinds::kConnection, name)->body.dump().find("sesame") != std::string::npos);
    answers += ok(describe_connection, named(name)).dump();
  }
  answers += ok(list_connections, Json::object()).dump();
  for (const auto operation : {update_connection, deauthorize_connection, delete_connection}) {
    answers += ok(operation, {{"Name", "basic"}, {"Description", "d"}}).dump();
  }
  CHECK(answers.find("sesame") == std::string::npos);
}

TEST_CASE_FIXTURE(ControlFixture, "an OAuth connection is AUTHORIZING when made, and AUTHORIZED when looked at") {
  const Json created = ok(create_connection, connection("c", "OAUTH_CLIENT_CREDENTIALS", kOAuth));
  CHECK(created["ConnectionState"] == "AUTHORIZING");
  clock.advance(Millis{2000});
  SUBCASE("by describe") {
    const Json shown = ok(describe_connection, named("c"));
    CHECK(shown["ConnectionState"] == "AUTHORIZED");
    CHECK(shown["LastAuthorizedTime"] == kStart + 2);
  }
  SUBCASE("by list") {
    CHECK(ok(list_connections, Json::object())["Connections"][0]["ConnectionState"] == "AUTHORIZED");
  }
  clock.advance(Millis{2000});
  const Json later = ok(describe_connection, named("c"));
  CHECK(later["CreationTime"] == kStart);
  CHECK(later["LastModifiedTime"] == kStart + 2);
  CHECK(later["LastAuthorizedTime"] == kStart + 2);
}

TEST_CASE_FIXTURE(ControlFixture, "create is refused") {
  SUBCASE("for an existing name") {
    ok(create_connection, connection("c", "BASIC", kBasic));
    CHECK(fault(create_connection, connection("c", "API_KEY", kApiKey)) ==
          Fault{"ResourceAlreadyExistsException", "Connection c already exists."});
  }
  SUBCASE("for a block of another type") {
    CHECK(fault(create_connection, connection("c", "BASIC", kApiKey)) == incomplete("BasicAuthParameters"));
    CHECK(fault(create_connection, connection("c", "API_KEY", kOAuth)) == incomplete("ApiKeyAuthParameters"));
    CHECK(fault(create_connection, connection("c", "OAUTH_CLIENT_CREDENTIALS", kBasic)) ==
          incomplete("OAuthParameters"));
    CHECK(fault(create_connection, connection("c", "BASIC", Json::object())) == incomplete("BasicAuthParameters"));
  }
  SUBCASE("for a missing field") {
    CHECK(fault(create_connection, connection("c", "BASIC", {{"BasicAuthParameters", {{"Username", "me"}}}})) ==
          incomplete("BasicAuthParameters"));
  }
  SUBCASE("for an authorization endpoint without TLS, unless that is allowed") {
    Json parameters = kOAuth;
    parameters["OAuthParameters"]["AuthorizationEndpoint"] = "http://127.0.0.1:8080/token";
    const Json request = connection("c", "OAUTH_CLIENT_CREDENTIALS", parameters);
    CHECK(fault(create_connection, request) ==
          Fault{"ValidationException", "Parameter AuthorizationEndpoint is not valid"});
    limits.allow_http_endpoints = true;
    ok(create_connection, request);
  }
  SUBCASE("beyond the quota") {
    limits.connections = 1;
    ok(create_connection, connection("c", "BASIC", kBasic));
    CHECK(fault(create_connection, connection("d", "BASIC", kBasic)) ==
          Fault{"LimitExceededException", "The requested resource exceeds the maximum number allowed."});
  }
}

TEST_CASE_FIXTURE(ControlFixture, "unknown connections have one text") {
  for (const auto operation : {describe_connection, delete_connection, deauthorize_connection, update_connection}) {
    CHECK(fault(operation, {{"Name", "gone"}, {"Description", "d"}}) == unknown_connection("gone"));
  }
}

TEST_CASE_FIXTURE(ControlFixture, "update without anything to update is refused, also for an unknown connection") {
  const Fault nothing{"ValidationException",
                      "Failed to update the connection(s). At least one of the following is required: Description, "
                      "KmsKeyIdentifier, AuthorizationType with BasicAuthParameters, ApiKeyAuthParameters, or "
                      "OAuthParameters."};
  CHECK(fault(update_connection, named("gone")) == nothing);
  ok(create_connection, connection("c", "BASIC", kBasic));
  CHECK(fault(update_connection, named("c")) == nothing);
  CHECK(fault(update_connection, {{"Name", "c"}, {"AuthorizationType", "BASIC"}}) == nothing);
  CHECK(fault(update_connection, {{"Name", "c"}, {"AuthParameters", kBasic}}) == nothing);
}

TEST_CASE_FIXTURE(ControlFixture, "update keeps what is not given") {
  Json request = connection("c", "BASIC", kBasic);
  request["Description"] = "old";
  const Json arn = ok(create_connection, request)["ConnectionArn"];
  clock.advance(Millis{1000});
  CHECK(ok(update_connection, {{"Name", "c"}, {"Description", "new"}}) == Json{{"ConnectionArn", arn},
                                                                               {"ConnectionState", "AUTHORIZED"},
                                                                               {"CreationTime", kStart},
                                                                               {"LastModifiedTime", kStart + 1},
                                                                               {"LastAuthorizedTime", kStart}});
  clock.advance(Millis{1000});
  CHECK(ok(update_connection,
           connection("c", "BASIC", {{"BasicAuthParameters", {{"Username", "you"}}}}))["LastAuthorizedTime"] ==
        kStart + 2);
  const Json shown = ok(describe_connection, named("c"));
  CHECK(shown["Description"] == "new");
  CHECK(shown["AuthParameters"] == Json{{"BasicAuthParameters", {{"Username", "you"}}}});
  CHECK(row(kinds::kConnection, "c")->body["AuthParameters"]["BasicAuthParameters"]["Password"] == "sesame");
}

TEST_CASE_FIXTURE(ControlFixture, "update can change the type, and then needs all of its parameters") {
  ok(create_connection, connection("c", "BASIC", kBasic));
  CHECK(fault(update_connection, connection("c", "API_KEY", {{"ApiKeyAuthParameters", {{"ApiKeyName", "k"}}}})) ==
        incomplete("ApiKeyAuthParameters"));
  CHECK(ok(update_connection, connection("c", "OAUTH_CLIENT_CREDENTIALS", kOAuth))["ConnectionState"] == "AUTHORIZING");
  const Json shown = ok(describe_connection, named("c"));
  CHECK(shown["AuthorizationType"] == "OAUTH_CLIENT_CREDENTIALS");
  CHECK_FALSE(shown["AuthParameters"].contains("BasicAuthParameters"));
}

TEST_CASE_FIXTURE(ControlFixture, "a deauthorized connection has no secrets until it is given new ones") {
  const Json arn = ok(create_connection, connection("c", "BASIC", kBasic))["ConnectionArn"];
  CHECK(ok(deauthorize_connection, named("c")) == Json{{"ConnectionArn", arn},
                                                       {"ConnectionState", "DEAUTHORIZING"},
                                                       {"CreationTime", kStart},
                                                       {"LastModifiedTime", kStart},
                                                       {"LastAuthorizedTime", kStart}});
  const Json shown = ok(describe_connection, named("c"));
  CHECK(shown["ConnectionState"] == "DEAUTHORIZED");
  CHECK_FALSE(shown.contains("AuthParameters"));
  CHECK_FALSE(shown.contains("SecretArn"));
  CHECK(row(kinds::kConnection, "c")->body.dump().find("sesame") == std::string::npos);
  CHECK(ok(update_connection, connection("c", "BASIC", kBasic))["ConnectionState"] == "AUTHORIZED");
  CHECK(ok(describe_connection, named("c"))["ConnectionArn"] == arn);
}

TEST_CASE_FIXTURE(ControlFixture, "delete says DELETING, and the connection is gone") {
  const Json arn = ok(create_connection, connection("c", "BASIC", kBasic))["ConnectionArn"];
  CHECK(ok(delete_connection, named("c")) == Json{{"ConnectionArn", arn},
                                                  {"ConnectionState", "DELETING"},
                                                  {"CreationTime", kStart},
                                                  {"LastModifiedTime", kStart},
                                                  {"LastAuthorizedTime", kStart}});
  CHECK(fault(describe_connection, named("c")) == unknown_connection("c"));
  CHECK(ok(create_connection, connection("c", "BASIC", kBasic))["ConnectionArn"] != arn);
}

TEST_CASE_FIXTURE(ControlFixture, "the list omits parameters and secrets, and is filtered by prefix and state") {
  for (const char* name : {"b", "a", "ab"}) {
    Json request = connection(name, "BASIC", kBasic);
    request["Description"] = "d";
    ok(create_connection, request);
  }
  ok(deauthorize_connection, named("ab"));
  const auto list = [this](const Json& request) { return ok(list_connections, request)["Connections"]; };
  const auto names = [&](const Json& request) {
    Json found = Json::array();
    for (const Json& item : list(request)) found.push_back(item["Name"]);
    return found;
  };
  CHECK(names(Json::object()) == Json{"a", "ab", "b"});
  CHECK(names({{"NamePrefix", "a"}}) == Json{"a", "ab"});
  CHECK(names({{"ConnectionState", "AUTHORIZED"}}) == Json{"a", "b"});
  CHECK(names({{"NamePrefix", "a"}, {"ConnectionState", "DEAUTHORIZED"}}) == Json::array({"ab"}));
  const Json item = list({{"NamePrefix", "b"}})[0];
  CHECK(item == Json{{"ConnectionArn", item["ConnectionArn"]},
                     {"Name", "b"},
                     {"ConnectionState", "AUTHORIZED"},
                     {"AuthorizationType", "BASIC"},
                     {"CreationTime", kStart},
                     {"LastModifiedTime", kStart},
                     {"LastAuthorizedTime", kStart}});
}

}  // namespace waybill::testing
