#include "api/put_events_request.h"

#include <doctest/doctest.h>

using namespace waybill;
using namespace waybill::api;

namespace {

Entries parse(std::string body, BodyForm form = BodyForm::aws) { return parse_put_events(body, form, {}); }

std::vector<bus::Entry> good(std::string body, BodyForm form = BodyForm::aws) {
  Entries parsed = parse(std::move(body), form);
  if (auto* error = std::get_if<AwsError>(&parsed)) FAIL(error->message);
  return std::get<std::vector<bus::Entry>>(parsed);
}

AwsError bad(std::string body, BodyForm form = BodyForm::aws) {
  Entries parsed = parse(std::move(body), form);
  REQUIRE(std::holds_alternative<AwsError>(parsed));
  return std::get<AwsError>(parsed);
}

std::string entries(int count) {
  std::string body = R"({"Entries":[)";
  for (int i = 0; i < count; ++i)
    body += std::string(i ? "," : "") + R"({"Source":"s","DetailType":"t","Detail":"{}"})";
  return body + "]}";
}

}  // namespace

TEST_CASE("an entry is read with all its members, escapes undone, unknown ones passed over") {
  const auto read = good(
      R"({"Entries":[{"Time":1700000000.75,"Source":"s\u00e9","DetailType":"t","Detail":"{\"a\":1}","Resources":["r1","r2"],)"
      R"("EventBusName":"orders","TraceHeader":"Root=1","Later":{"x":[1]}}],"Later":1})");
  REQUIRE(read.size() == 1);
  CHECK(read[0].time == from_millis(1'700'000'000'750));
  CHECK(read[0].source == "sé");
  CHECK(read[0].detail == R"({"a":1})");
  CHECK(read[0].resources == std::vector<std::string>{"r1", "r2"});
  CHECK(read[0].bus == "orders");
}

TEST_CASE("null members are as if they were not there") {
  const auto read = good(R"({"Entries":[{"Source":null,"Time":null,"EventBusName":null,"Resources":null}]})");
  CHECK(read[0].source.empty());
  CHECK_FALSE(read[0].time);
  CHECK(read[0].bus == "default");
}

TEST_CASE("what is no JSON, or of the wrong type, is a SerializationException that names the member") {
  CHECK(bad("").code == "SerializationException");
  CHECK(bad("{\"Entries\":[").code == "SerializationException");
  CHECK(bad("{\"Entries\":[]} trailing").code == "SerializationException");
  CHECK(bad("\xff").code == "SerializationException");
  CHECK(bad("[]").message.find("must be a JSON object") != std::string::npos);
  CHECK(bad(R"({"Entries":{}})").message == "Entries: an array is needed, not an object");
  CHECK(bad(R"({"Entries":["x"]})").message == "Entries.1: an object is needed, not a string");
  CHECK(bad(R"({"Entries":[{"Source":5}]})").message == "Entries.1.Source: a string is needed, not a number");
  CHECK(bad(R"({"Entries":[{},{"Detail":{}}]})").message == "Entries.2.Detail: a string is needed, not an object");
  CHECK(bad(R"({"Entries":[{"Resources":"r"}]})").message ==
        "Entries.1.Resources: an array of strings is needed, not a string");
  CHECK(bad(R"({"Entries":[{"Time":"now"}]})").message.find("Entries.1.Time") == 0);
  CHECK(bad(R"({"Entries":[{"Time":1e300}]})").message.find("year 9999") != std::string::npos);
}

TEST_CASE("the request model is checked as AWS does") {
  CHECK(bad("{}").message ==
        "1 validation error detected: Value 'null' at 'entries' failed to satisfy constraint: Member must not be null");
  CHECK(bad(R"({"Entries":[]})").message ==
        "1 validation error detected: Value '[]' at 'entries' failed to satisfy constraint: Member must have length "
        "greater than or equal to 1");
  CHECK(good(entries(10)).size() == 10);
  const AwsError many = bad(entries(11));
  CHECK(many.code == "ValidationException");
  const std::string one =
      "PutEventsRequestEntry(time=null, source=s, resources=null, detailType=t, detail={}, eventBusName=null, "
      "traceHeader=null, kmsKeyIdentifier=null, internalMetadata=null)";
  CHECK(many.message.starts_with("1 validation error detected: Value '[" + one + ", " + one));
  CHECK(many.message.ends_with(
      one + "]' at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10"));
}

TEST_CASE("violations of several entries are collected into one message") {
  const AwsError error = bad(R"({"Entries":[{"EventBusName":"a b"},{"EventBusName":""},{"TraceHeader":""}]})");
  CHECK(error.message.starts_with(
      "4 validation errors detected: Value 'a b' at 'entries.1.member.eventBusName' failed to "
      "satisfy constraint: Member must satisfy regular expression pattern: "));
  CHECK(error.message.find("; Value '' at 'entries.2.member.eventBusName'") != std::string::npos);
  CHECK(error.message.find("; Value '' at 'entries.3.member.traceHeader'") != std::string::npos);
}

TEST_CASE("a bus may be named by ARN; a long resource is refused") {
  CHECK(good(R"({"Entries":[{"EventBusName":"arn:aws:events:us-east-1:000000000000:event-bus/orders"}]})").size() == 1);
  CHECK(bad(R"({"Entries":[{"EventBusName":"arn:aws:sns:us-east-1:000000000000:event-bus/orders"}]})").code ==
        "ValidationException");
  const std::string resource(2049, 'r');
  CHECK(bad(R"({"Entries":[{"Resources":[")" + resource + R"("]}]})").message ==
        "1 validation error detected: Value '[" + resource +
            "]' at 'entries.1.member.resources' failed to satisfy constraint: Member must satisfy "
            "constraint: [Member must have length less than or equal to 2048]");
}

TEST_CASE("times in the printed request are Java dates") {
  std::string body = R"({"Entries":[{"Time":1700000000},{},{},{},{},{},{},{},{},{},{}]})";
  CHECK(bad(body).message.find("time=Tue Nov 14 22:13:20 UTC 2023, source=null") != std::string::npos);
}

TEST_CASE("the total size is summed over the entries, with 14 bytes for a time") {
  std::string body = R"({"Entries":[{"Time":1,"Source":"abc","DetailType":"de","Detail":"{}","Resources":["fg"]}]})";
  const std::size_t exact = 14 + 3 + 2 + 2 + 2;
  std::string again = body;
  CHECK(std::holds_alternative<std::vector<bus::Entry>>(parse_put_events(body, BodyForm::aws, {10, exact})));
  const Entries over = parse_put_events(again, BodyForm::aws, {10, exact - 1});
  CHECK(std::get<AwsError>(over).message == "Total size of the entries in the request is over the limit.");
}

TEST_CASE("with curl a detail may be an object, a time a text, and the entry bare or in an array") {
  const auto bare =
      good(R"({"Source":"s","DetailType":"t","Detail":{"n": 3e2, "deep":{"x":[1]}},"Time":"2026-01-31T12:00:00Z"})",
           BodyForm::plain);
  REQUIRE(bare.size() == 1);
  CHECK(bare[0].detail == R"({"n": 3e2, "deep":{"x":[1]}})");
  CHECK(iso8601_seconds(*bare[0].time) == "2026-01-31T12:00:00Z");
  CHECK(good(R"([{"Source":"a"},{"Source":"b"}])", BodyForm::plain).size() == 2);
  CHECK(good(entries(2), BodyForm::plain).size() == 2);
  CHECK(bad(R"({"Source":5})", BodyForm::plain).message == "Entry.Source: a string is needed, not a number");
  CHECK(bad(R"({"Time":"soon"})", BodyForm::plain).message.find("2026-01-31T12:00:00Z") != std::string::npos);
}

TEST_CASE("the answer has ids and errors in order, and counts the errors") {
  CHECK(
      put_events_response({{"id-1", "", ""}, {"", "MalformedDetail", "Detail is malformed."}}) ==
      R"({"FailedEntryCount":1,"Entries":[{"EventId":"id-1"},{"ErrorCode":"MalformedDetail","ErrorMessage":"Detail is malformed."}]})");
}

TEST_CASE("characters are counted, not bytes") {
  const auto with = [](const std::string& member, const std::string& value) {
    return parse(R"({"Entries":[{"Source":"s",")" + member + "\":" + value + "}]}");
  };
  const auto many = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "é";
    return text;
  };
  CHECK(std::holds_alternative<std::vector<bus::Entry>>(with("TraceHeader", "\"" + many(500) + "\"")));
  CHECK(std::get<AwsError>(with("TraceHeader", "\"" + many(501) + "\"")).message.find("or equal to 500") !=
        std::string::npos);
  CHECK(std::holds_alternative<std::vector<bus::Entry>>(with("Resources", "[\"" + many(2048) + "\"]")));
  CHECK(std::get<AwsError>(with("Resources", "[\"" + many(2049) + "\"]")).message.find("or equal to 2048") !=
        std::string::npos);
}

TEST_CASE("a time is between the years 1 and 9999, as a number and as a text") {
  const auto timed = [](const std::string& time) {
    return parse(R"({"Entries":[{"Source":"s","Time":)" + time + "}]}", BodyForm::plain);
  };
  for (const char* time : {"-62135596800", "253402300799.9", "\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59Z\""}) {
    CHECK_MESSAGE(std::holds_alternative<std::vector<bus::Entry>>(timed(time)), time);
  }
  for (const char* time : {"-62135596801", "-200000000000", "253402300800", "1e300", "-1e300",
                           "\"0000-12-31T23:59:59Z\"", "\"9999-12-31T23:59:59-01:00\""}) {
    CAPTURE(time);
    REQUIRE(std::holds_alternative<AwsError>(timed(time)));
    CHECK(std::get<AwsError>(timed(time)).message.starts_with("Entries.1.Time: "));
  }
}

TEST_CASE("an EndpointId is checked as AWS does, and then refused: there are no global endpoints") {
  const std::string rest = R"(,"Entries":[{"Source":"s"}]})";
  CHECK(bad(R"({"EndpointId":5)" + rest).message == "EndpointId: a string is needed, not a number");
  CHECK(bad(R"({"EndpointId":"")" + rest).message ==
        "1 validation error detected: Value '' at 'endpointId' failed to satisfy constraint: Member must have length "
        "greater than or equal to 1");
  CHECK(bad(R"({"EndpointId":")" + std::string(51, 'x') + "\"" + rest).message.find("less than or equal to 50") !=
        std::string::npos);
  const AwsError refused = bad(R"({"EndpointId":"abc.xyz")" + rest);
  CHECK(refused.code == "ValidationException");
  CHECK(refused.message.starts_with("Parameter EndpointId is not valid."));
  CHECK(bad(R"({"Entries":[{"Source":"s"}],"EndpointId":"abc.xyz"})").message == refused.message);
  CHECK(good(R"({"EndpointId":null)" + rest).size() == 1);
  CHECK(good(R"({"Source":"s","EndpointId":"a member that no entry has"})", BodyForm::plain).size() == 1);
}
