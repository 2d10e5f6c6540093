#include "api/request/check_request.h"

#include <doctest/doctest.h>

#include "api/request/violations.h"

using namespace waybill::api;

namespace {

using Json = nlohmann::json;

const std::string kNameRule = R"(Member must satisfy regular expression pattern: [\.\-_A-Za-z0-9]+)";

std::optional<AwsError> check(const char* name, Json request) { return check_request(*operation(name), request); }

std::string refused(const char* name, const Json& request) {
  const auto error = check(name, request);
  if (!error) return "";
  CHECK(error->status == 400);
  CHECK(error->code == "ValidationException");
  return error->message;
}

std::string unreadable(const char* name, const Json& request) {
  const auto error = check(name, request);
  if (!error) return "";
  CHECK(error->code == "SerializationException");
  return error->message;
}

std::string one(const std::string& value, const std::string& path, const std::string& constraint) {
  return "1 validation error detected: Value '" + value + "' at '" + path +
         "' failed to satisfy constraint: " + constraint;
}

Json target(Json more) {
  Json target{{"Id", "1"}, {"Arn", "arn:aws:sqs:eu-west-1:123456789012:q"}};
  target.update(more);
  return {{"Rule", "r"}, {"Targets", {target}}};
}

}  // namespace

TEST_CASE("all violations come in one message, those of one member with the pattern first") {
  const std::string name = "a b" + std::string(62, 'x');
  CHECK(refused("CreateConnection",
                {{"Name", name}, {"AuthorizationType", "NONE"}, {"AuthParameters", Json::object()}}) ==
        "3 validation errors detected: Value '" + name + "' at 'name' failed to satisfy constraint: " + kNameRule +
            "; Value '" + name +
            "' at 'name' failed to satisfy constraint: Member must have length less than or equal to 64; Value 'NONE' "
            "at 'authorizationType' failed to satisfy constraint: Member must satisfy enum value set: [BASIC, "
            "OAUTH_CLIENT_CREDENTIALS, API_KEY]");
}

TEST_CASE("members follow in the order of their declaration, not of the request") {
  const std::string message = refused(
      "CreateApiDestination",
      {{"HttpMethod", "POKE"}, {"InvocationEndpoint", "https://a.example"}, {"ConnectionArn", "x"}, {"Name", ""}});
  CHECK(message.starts_with("4 validation errors detected: Value '' at 'name' failed"));
  CHECK(message.find("'connectionArn'") < message.find("'httpMethod'"));
  CHECK(
      message.ends_with("Value 'POKE' at 'httpMethod' failed to satisfy constraint: Member must satisfy enum value "
                        "set: [HEAD, POST, PATCH, DELETE, PUT, GET, OPTIONS]"));
}

TEST_CASE("enum sets are printed in AWS's own order") {
  CHECK(refused("ListArchives", {{"State", "x"}}) ==
        one("x", "state",
            "Member must satisfy enum value set: [ENABLED, DISABLED, CREATING, UPDATING, CREATE_FAILED, "
            "UPDATE_FAILED]"));
  CHECK(refused("ListReplays", {{"State", "running"}}) ==
        one("running", "state",
            "Member must satisfy enum value set: [CANCELLED, CANCELLING, COMPLETED, FAILED, RUNNING, STARTING]"));
}

TEST_CASE("a length is counted in characters, not in bytes") {
  std::string text;
  for (int i = 0; i < 512; ++i) text += "é";
  CHECK(refused("PutRule", {{"Name", "r"}, {"Description", text}}) == "");
  CHECK(refused("PutRule", {{"Name", "r"}, {"Description", text + "é"}}) ==
        one(text + "é", "description", "Member must have length less than or equal to 512"));
}

TEST_CASE("numbers outside their range") {
  CHECK(refused("ListRules", {{"Limit", 0}}) == one("0", "limit", "Member must have value greater than or equal to 1"));
  CHECK(refused("ListRules", {{"Limit", 101}}) ==
        one("101", "limit", "Member must have value less than or equal to 100"));
  CHECK(refused("UpdateArchive", {{"ArchiveName", "a"}, {"RetentionDays", -1}}) ==
        one("-1", "retentionDays", "Member must have value greater than or equal to 0"));
  CHECK(refused("PutTargets", target({{"RetryPolicy", {{"MaximumRetryAttempts", 186}}}})) ==
        one("186", "targets.1.member.retryPolicy.maximumRetryAttempts",
            "Member must have value less than or equal to 185"));
}

TEST_CASE("members of list elements are counted from one, with the word member") {
  CHECK(refused("PutTargets",
                {{"Rule", "r"}, {"Targets", {{{"Id", "1"}, {"Arn", "a"}}, {{"Id", "a b"}, {"Arn", "a"}}}}}) ==
        one("a b", "targets.2.member.id", kNameRule));
  CHECK(refused("TagResource", {{"ResourceARN", "a"}, {"Tags", {{{"Key", "k"}}}}}) ==
        one("null", "tags.1.member.value", "Member must not be null"));
  CHECK(refused("PutTargets", {{"Rule", "r"}, {"Targets", {nullptr}}}) ==
        one("null", "targets.1.member", "Member must not be null"));
}

TEST_CASE("strings in a list are shown with their list and all that holds for them") {
  const std::string constraint =
      "Member must satisfy constraint: [Member must have length less than or equal to 64, Member must have length "
      "greater than or equal to 1, " +
      kNameRule + "]";
  CHECK(refused("RemoveTargets", {{"Rule", "r"}, {"Ids", {"ok", "a b", ""}}}) == one("[ok, a b, ]", "ids", constraint));
  CHECK(refused("RemoveTargets", {{"Rule", "r"}, {"Ids", {nullptr}}}) == one("[null]", "ids", constraint));
}

TEST_CASE("maps are shown whole, their keys and values told apart") {
  const Json transformer{{"InputPathsMap", {{"a b", "$.x"}}}, {"InputTemplate", "<a>"}};
  CHECK(refused("PutTargets", target({{"InputTransformer", transformer}})) ==
        one("{a b=$.x}", "targets.1.member.inputTransformer.inputPathsMap",
            "Map keys must satisfy constraint: [Member must have length less than or equal to 256, Member must have "
            "length greater than or equal to 1, Member must satisfy regular expression pattern: [A-Za-z0-9\\_\\-]+]"));
  const std::string path(257, 'x');
  const Json long_path{{"InputPathsMap", {{"a", path}}}, {"InputTemplate", "<a>"}};
  CHECK(refused("PutTargets", target({{"InputTransformer", long_path}})) ==
        one("{a=" + path + "}", "targets.1.member.inputTransformer.inputPathsMap",
            "Map value must satisfy constraint: [Member must have length less than or equal to 256]"));
}

TEST_CASE("a list of the wrong size is shown as the Java objects that AWS sees") {
  CHECK(refused("PutTargets", {{"Rule", "r"}, {"Targets", Json::array()}}) ==
        one("[]", "targets", "Member must have length greater than or equal to 1"));
  Json targets = Json::array();
  for (int i = 0; i < 101; ++i) {
    targets.push_back({{"Id", std::to_string(i)}, {"Arn", "a"}, {"RetryPolicy", {{"MaximumRetryAttempts", 3}}}});
  }
  const std::string message = refused("PutTargets", {{"Rule", "r"}, {"Targets", targets}});
  CHECK(message.starts_with(
      "1 validation error detected: Value '[Target(id=0, arn=a, roleArn=null, input=null, inputPath=null, "
      "inputTransformer=null, kinesisParameters=null, runCommandParameters=null, ecsParameters=null, "
      "batchParameters=null, sqsParameters=null, httpParameters=null, redshiftDataParameters=null, "
      "sageMakerPipelineParameters=null, deadLetterConfig=null, retryPolicy=RetryPolicy(maximumRetryAttempts=3, "
      "maximumEventAgeInSeconds=null), appSyncParameters=null), Target(id=1,"));
  CHECK(
      message.ends_with("' at 'targets' failed to satisfy constraint: Member must have length less than or equal to "
                        "100"));
}

TEST_CASE("secrets are never printed, alone or within what holds them") {
  const auto connection = [](Json auth) {
    return refused("CreateConnection", {{"Name", "c"}, {"AuthorizationType", "BASIC"}, {"AuthParameters", auth}});
  };
  const std::string hidden = "***Sensitive Data Redacted***";
  const std::string secret = "s3cret\x01";
  const std::string rule =
      R"(Member must satisfy regular expression pattern: ^[ \t]*[^\x00-\x1F:\x7F]+([ \t]+[^\x00-\x1F:\x7F]+)*[ \t]*$)";
  CHECK(connection({{"BasicAuthParameters", {{"Username", "u"}, {"Password", secret}}}}) ==
        one(hidden, "authParameters.basicAuthParameters.password", rule));
  CHECK(connection({{"ApiKeyAuthParameters", {{"ApiKeyName", "k"}, {"ApiKeyValue", secret}}}}) ==
        one(hidden, "authParameters.apiKeyAuthParameters.apiKeyValue", rule));
  const Json client{{"ClientID", "i"}, {"ClientSecret", secret}};
  CHECK(connection({{"OAuthParameters",
                     {{"ClientParameters", client}, {"AuthorizationEndpoint", "https://a"}, {"HttpMethod", "GET"}}}}) ==
        one(hidden, "authParameters.oAuthParameters.clientParameters.clientSecret", rule));
  Json bodies = Json::array();
  for (int i = 0; i < 101; ++i) bodies.push_back({{"Key", "k"}, {"Value", secret}, {"IsValueSecret", true}});
  const std::string message = connection({{"InvocationHttpParameters", {{"BodyParameters", bodies}}}});
  CHECK(message.find("ConnectionBodyParameter(key=k, value=" + hidden + ", isValueSecret=true)") != std::string::npos);
  CHECK(message.find(secret) == std::string::npos);
  CHECK(unreadable("CreateConnection", {{"AuthParameters", {{"BasicAuthParameters", {{"Password", {secret}}}}}}}) ==
        "AuthParameters.BasicAuthParameters.Password: a string is needed, not an array");
}

TEST_CASE("a wrong JSON type names the member, what is needed and what was given") {
  CHECK(unreadable("PutRule", {{"Name", 5}}) == "Name: a string is needed, not the number 5");
  CHECK(unreadable("PutTargets", {{"Targets", {{{"Id", true}}}}}) == "Targets.1.Id: a string is needed, not a boolean");
  CHECK(unreadable("PutTargets", {{"Targets", {"x"}}}) == "Targets.1: an object is needed, not a string");
  CHECK(unreadable("RemoveTargets", {{"Ids", "x"}}) == "Ids: an array is needed, not a string");
  CHECK(unreadable("DeleteRule", {{"Force", "yes"}}) == "Force: true or false is needed, not a string");
  const std::string whole = "Limit: a whole number from -2147483648 to 2147483647 is needed, not ";
  CHECK(unreadable("ListRules", {{"Limit", "5"}}) == whole + "a string");
  CHECK(unreadable("ListRules", {{"Limit", 1.5}}) == whole + "the number 1.5");
  CHECK(unreadable("ListRules", {{"Limit", 3'000'000'000}}) == whole + "the number 3000000000");
  CHECK(unreadable("StartReplay", {{"EventStartTime", "yesterday"}})
            .starts_with("EventStartTime: a number (seconds since the epoch) or a time like 2026-"));
  CHECK(unreadable("ListRules", Json::array()) == "The body must be a JSON object, not an array.");
  CHECK(unreadable("ListRules", nullptr) == "The body must be a JSON object, not null.");
}

TEST_CASE("a wrong type is told before any violation") {
  CHECK(unreadable("PutRule", {{"Name", "a b"}, {"State", 1}}).starts_with("State: "));
}

TEST_CASE("null members are as if they were not there, whole numbers may be written as fractions") {
  Json request{{"NamePrefix", nullptr}, {"Limit", 5.0}, {"Unknown", {{"Name", 1}}}};
  CHECK_FALSE(check_request(*operation("ListRules"), request));
  CHECK_FALSE(request.contains("NamePrefix"));
  CHECK(request["Limit"].is_number_integer());
  CHECK(request["Limit"] == 5);
  CHECK(refused("PutRule", {{"Name", nullptr}}) == one("null", "name", "Member must not be null"));
}

TEST_CASE("a message stays finite, however many violations there are") {
  Json targets = Json::array();
  for (int i = 0; i < 25'000; ++i) targets.push_back(Json::object());
  const std::string message = refused("PutTargets", {{"Rule", "r"}, {"Targets", std::move(targets)}});
  CHECK(message.starts_with("50001 validation errors detected: "));
  CHECK(message.size() < 2 * kMostMessageBytes + 1000);
}

TEST_CASE("members that AWS does not know are taken out, at every level") {
  Json request = target({{"Foo", 1}, {"RetryPolicy", {{"MaximumRetryAttempts", 1}, {"Bar", Json::array()}}}});
  request["Baz"] = "x";
  CHECK_FALSE(check_request(*operation("PutTargets"), request));
  CHECK(request == target({{"RetryPolicy", {{"MaximumRetryAttempts", 1}}}}));
  Json bus{{"Name", "orders"}, {"LogConfig", {{"Level", "INFO"}, {"X", {{"y", 1}}}}}};
  CHECK_FALSE(check_request(*operation("UpdateEventBus"), bus));
  CHECK(bus == Json{{"Name", "orders"}, {"LogConfig", {{"Level", "INFO"}}}});
}

TEST_CASE("a time given as a text becomes its seconds") {
  Json request{{"ReplayName", "r"},
               {"EventSourceArn", "arn:aws:events:eu-west-1:123456789012:archive/a"},
               {"EventStartTime", "2026-01-01T00:00:00Z"},
               {"EventEndTime", "2026-01-01T00:00:00.250Z"},
               {"Destination", {{"Arn", "b"}}}};
  CHECK_FALSE(check_request(*operation("StartReplay"), request));
  CHECK(request["EventStartTime"] == 1'767'225'600);
  CHECK(request["EventEndTime"] == 1'767'225'600.25);
}
