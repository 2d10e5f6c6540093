#include "api/cloud_events.h"

#include <doctest/doctest.h>

using namespace waybill;
using namespace waybill::api;

namespace {

using HeaderList = std::vector<std::pair<std::string_view, std::string_view>>;

constexpr std::string_view kStructuredType = "application/cloudevents+json";
constexpr std::string_view kBatchType = "application/cloudevents-batch+json";

Entries parse_events(const HeaderList& headers, std::string body, std::string query = "",
                     const PutEventsLimits& limits = {}) {
  net::HttpRequest request;
  for (const auto& [name, value] : headers) request.headers.add(name, value);
  request.body = std::move(body);
  request.query = std::move(query);
  return parse_cloud_events(request, limits);
}

std::vector<bus::Entry> taken(const Entries& parsed) {
  if (const auto* error = std::get_if<AwsError>(&parsed)) FAIL(error->message);
  return std::get<std::vector<bus::Entry>>(parsed);
}

AwsError refused_with(const Entries& parsed) {
  REQUIRE(std::holds_alternative<AwsError>(parsed));
  return std::get<AwsError>(parsed);
}

// The least that an event needs, and what a test adds, as headers.
HeaderList binary(const HeaderList& more = {}) {
  HeaderList headers = {{"ce-specversion", "1.0"}, {"ce-id", "1"}, {"ce-source", "/shop"}, {"ce-type", "order.placed"}};
  headers.insert(headers.end(), more.begin(), more.end());
  return headers;
}

bus::Entry binary_entry(const HeaderList& more, std::string body = "") {
  return taken(parse_events(binary(more), std::move(body))).at(0);
}

std::string binary_error(const HeaderList& more, std::string body = "") {
  const AwsError error = refused_with(parse_events(binary(more), std::move(body)));
  CHECK(error.code == "ValidationException");
  CHECK(error.status == 400);
  return error.message;
}

// The same as JSON; `more` begins with a comma.
std::string json_event(const std::string& more = "") {
  return R"({"specversion":"1.0","id":"1","source":"/shop","type":"order.placed")" + more + "}";
}

bus::Entry structured_entry(const std::string& more) {
  return taken(parse_events({{"Content-Type", kStructuredType}}, json_event(more))).at(0);
}

std::string structured_error(const std::string& more) {
  const AwsError error = refused_with(parse_events({{"Content-Type", kStructuredType}}, json_event(more)));
  CHECK(error.status == 400);
  return error.message;
}

std::string error_of(const std::string& body, std::string_view type = kStructuredType) {
  return refused_with(parse_events({{"Content-Type", type}}, body)).message;
}

// The detail of an event with these members before its attributes and these attributes after the required ones.
std::string detail(const std::string& members, const std::string& attributes = "") {
  return "{" + members + R"("cloudevent":)" + json_event(attributes) + "}";
}

constexpr const char* kJsonType = R"(,"datacontenttype":"application/json")";

}  // namespace

// ---- the mapping ----

TEST_CASE("source, type, time and data become those of the event; all attributes stay in detail.cloudevent") {
  const std::string more =
      R"(,"time":"2026-01-31T12:00:00.123456Z","subject":"o-7","priority":5,"sampled":true)" + std::string(kJsonType);
  const auto entry = structured_entry(more + R"(,"data":{"total": 3.10, "née": ["é"]})");
  CHECK(entry.source == "/shop");
  CHECK(entry.detail_type == "order.placed");
  CHECK(entry.time == from_millis(1'769'860'800'123));
  CHECK(entry.bus == "default");
  CHECK(entry.resources.empty());
  CHECK(entry.detail == detail(R"("total":3.10,"née":["é"],)", more));
}

TEST_CASE("without a time the event gets that of its arrival") { CHECK_FALSE(structured_entry("").time); }

TEST_CASE("an event without data has only its attributes in the detail") {
  CHECK(structured_entry("").detail == detail(""));
  CHECK(binary_entry({}).detail == detail(""));
  CHECK(structured_entry(R"(,"data":{})").detail == detail("", kJsonType));
}

TEST_CASE("data that are JSON and no object are wrapped as `data`") {
  for (const std::string value : {"[1,{\"a\":2}]", "\"text\"", "5", "true", "null"}) {
    CAPTURE(value);
    CHECK(structured_entry(",\"data\":" + value).detail == detail("\"data\":" + value + ",", kJsonType));
    CHECK(binary_entry({{"Content-Type", "application/json"}}, value).detail ==
          detail("\"data\":" + value + ",", kJsonType));
  }
}

TEST_CASE("text is wrapped as the string `data`") {
  const std::string type = R"(,"datacontenttype":"text/plain")";
  CHECK(structured_entry(type + R"(,"data":"a\nb")").detail == detail(R"("data":"a\nb",)", type));
  CHECK(structured_entry(type + R"(,"data_base64":"YQpi")").detail == detail(R"("data":"a\nb",)", type));
  CHECK(binary_entry({{"Content-Type", "text/plain"}}, "a\nb").detail == detail(R"("data":"a\nb",)", type));
  CHECK(binary_entry({{"Content-Type", "application/soap+xml"}}, "<a/>").detail ==
        detail(R"("data":"<a/>",)", R"(,"datacontenttype":"application/soap+xml")"));
}

TEST_CASE("what is neither JSON nor text in UTF-8 is wrapped as `data_base64`") {
  const std::string type = R"(,"datacontenttype":"image/png")";
  CHECK(binary_entry({{"Content-Type", "image/png"}}, "\x89PNG").detail ==
        detail(R"("data_base64":"iVBORw==",)", type));
  CHECK(structured_entry(type + R"(,"data_base64":"iVBORw==")").detail == detail(R"("data_base64":"iVBORw==",)", type));
  CHECK(structured_entry(R"(,"data_base64":"iVBORw==")").detail == detail(R"("data_base64":"iVBORw==",)"));
  CHECK(binary_entry({{"Content-Type", "text/plain; charset=latin1"}}, "\xe9").detail ==
        detail(R"("data_base64":"6Q==",)", R"(,"datacontenttype":"text/plain; charset=latin1")"));
}

TEST_CASE("data_base64 that a JSON content type describes is read as the JSON it is") {
  CHECK(structured_entry(std::string(kJsonType) + R"(,"data_base64":"eyJhIjoxfQ==")").detail ==
        detail(R"("a":1,)", kJsonType));
  CHECK(structured_error(std::string(kJsonType) + R"(,"data_base64":"iVBORw==")").find("data: the body is no JSON") ==
        0);
}

TEST_CASE("an event that comes round again gets its new attributes in place of the old") {
  const std::string old = R"( "cloudevent" : {"specversion":"1.0","id":"0"} )";
  const std::string expected = detail(R"("a":1,"b":2,)", kJsonType);
  CHECK(structured_entry(R"(,"data":{"a":1,)" + old + R"(,"b":2})").detail == expected);
  CHECK(structured_entry(R"(,"data":{)" + old + R"(, "a":1,"b":2})").detail == expected);
  CHECK(structured_entry(R"(,"data":{"a":1,"b":2,)" + old + "}").detail == expected);
}

TEST_CASE("a member `cloudevent` of the sender's own is refused rather than lost") {
  CHECK(structured_error(R"(,"data":{"cloudevent":5})").find("data: its member 'cloudevent'") == 0);
  CHECK(structured_error(R"(,"data":{"cloudevent":{"id":"1"}})").find("data: its member 'cloudevent'") == 0);
  CHECK(structured_entry(R"(,"data":{"in":{"cloudevent":5}})").detail ==
        detail(R"("in":{"cloudevent":5},)", kJsonType));
}

// ---- binary mode ----

TEST_CASE("header names in any case are attributes; values are unquoted and percent-decoded once") {
  const auto entry = binary_entry({{"CE-Subject", "Euro%20%E2%82%AC%20%f0%9f%98%80"},
                                   {"ce-quoted", R"("say \"a b\" %41")"},
                                   {"ce-twice", "%2541"},
                                   {"ce-empty", ""},
                                   {"cell", "no attribute"}});
  CHECK(entry.detail == detail("", R"(,"subject":"Euro € 😀","quoted":"say \"a b\" A","twice":"%41","empty":"")"));
}

TEST_CASE("a header value that cannot be decoded is refused by its name") {
  CHECK(binary_error({{"ce-subject", "100%"}}).find("subject: '%' in '100%'") == 0);
  CHECK(binary_error({{"ce-subject", "%C0%A0"}}) == "subject: the value is not in UTF-8");
  CHECK(binary_error({{"ce-subject", "%0A"}}) == "subject: the value has control characters");
  CHECK(binary_error({{"ce-subject", "\"open"}}).find("subject: the double quotes") == 0);
  CHECK(binary_error({{"ce-subject", "\"a\" b"}}).find("subject: the double quotes") == 0);
}

TEST_CASE("Content-Type is the datacontenttype, which has no header of its own") {
  CHECK(binary_entry({{"Content-Type", "application/vnd.x+JSON; charset=utf-8"}}, R"({"a":1})").detail ==
        detail(R"("a":1,)", R"(,"datacontenttype":"application/vnd.x+JSON; charset=utf-8")"));
  CHECK(binary_error({{"ce-datacontenttype", "text/plain"}}).find("datacontenttype: in binary mode") == 0);
  CHECK(binary_error({{"Content-Type", "json"}}, "{}").find("datacontenttype: 'json' is no media type") == 0);
}

TEST_CASE("a body without Content-Type is taken as JSON") {
  CHECK(binary_entry({}, R"({"a":1})").detail == detail(R"("a":1,)", kJsonType));
  CHECK(binary_error({}, "hello").find("data: ") == 0);
}

TEST_CASE("a body that is not the JSON it should be is refused") {
  for (const char* body : {"{", "hello", "{}{}", "\"\xff\""}) {
    CHECK(binary_error({{"Content-Type", "application/json"}}, body).find("data: the body is no JSON document") == 0);
  }
}

TEST_CASE("a request that is no CloudEvent hears what one looks like") {
  const AwsError error = refused_with(parse_events({{"Content-Type", "application/json"}}, json_event()));
  CHECK(error.status == 400);
  CHECK(error.message.find("specversion: the attribute is required") == 0);
  CHECK(error.message.find(kStructuredType) != std::string::npos);
}

// ---- structured mode ----

TEST_CASE("null is as if it were not there, but as data it is a value") {
  CHECK(structured_entry(R"(,"subject":null,"ext":null,"data_base64":null)").detail == detail(""));
  const std::string type = R"(,"datacontenttype":"text/plain")";
  CHECK(structured_entry(type + R"(,"data": null )").detail == detail("", type));
}

TEST_CASE("attributes are strings, booleans and integers of 32 bits") {
  const std::string good = R"(,"a":-2147483648,"b":2147483647,"c":false,"d":"\u00e9")";
  CHECK(structured_entry(good).detail == detail("", R"(,"a":-2147483648,"b":2147483647,"c":false,"d":"é")"));
  CHECK(structured_error(R"(,"seq":2147483648)") == "seq: '2147483648' is no integer of 32 bits; send it as a string");
  CHECK(structured_error(R"(,"ratio":1.5)").find("ratio: '1.5'") == 0);
  CHECK(structured_error(R"(,"tags":["a"])") ==
        "tags: an attribute is a string, a boolean or an integer, not an array");
  CHECK(structured_error(R"(,"subject":5)") == "subject: '5' must be a string");
}

TEST_CASE("data come once, and as the content type says") {
  CHECK(structured_error(R"(,"data":1,"data_base64":"YQ==")").find("data: the data are given twice") == 0);
  CHECK(structured_error(R"(,"data_base64":"%%%")").find("data_base64: it is no Base64") == 0);
  CHECK(structured_error(R"(,"data_base64":5)") == "data_base64: a string is needed, not a number");
  CHECK(structured_error(R"(,"datacontenttype":"application/xml","data":{})").find("data: it must be a string") == 0);
}

TEST_CASE("a body that is no JSON object is refused") {
  CHECK(error_of("{").find("no valid JSON") != std::string::npos);
  CHECK(error_of("").find("no valid JSON") != std::string::npos);
  CHECK(error_of("[]").find("must be a JSON object") != std::string::npos);
  CHECK(error_of("5").find("must be a JSON object") != std::string::npos);
}

// ---- the specification's rules ----

TEST_CASE("the required attributes are missed by name") {
  CHECK(error_of(R"({})") == "specversion: the attribute is required");
  CHECK(error_of(R"({"specversion":"1.0"})") == "id: the attribute is required");
  CHECK(error_of(R"({"specversion":"1.0","id":"1"})") == "source: the attribute is required");
  CHECK(error_of(R"({"specversion":"1.0","id":"1","source":"/"})") == "type: the attribute is required");
  CHECK(error_of(R"({"specversion":"0.3","id":"1","source":"/","type":"t"})") ==
        "specversion: '0.3' is not supported; it must be '1.0'");
  CHECK(error_of(R"({"specversion":"1.0","id":"","source":"/","type":"t"})") == "id: it must not be empty");
}

TEST_CASE("the names of attributes are lower-case letters and digits, each once") {
  CHECK(binary_error({{"ce-trace-id", "1"}}).find("trace-id: the name of an attribute") == 0);
  CHECK(structured_error(R"(,"traceId":"1")").find("traceId: the name of an attribute") == 0);
  CHECK(structured_error(R"(,"":"1")").find(": the name of an attribute") == 0);
  CHECK(binary_error({{"ce-data", "1"}}).find("data: no attribute may have this name") == 0);
  CHECK(binary_error({{"ce-ext", "1"}, {"CE-EXT", "2"}}) == "ext: the attribute is given twice");
  CHECK(structured_error(R"(,"id":"2")") == "id: the attribute is given twice");
}

TEST_CASE("the standard attributes are what the specification says") {
  CHECK(structured_error(R"(,"time":"yesterday")").find("time: 'yesterday' is no time (RFC 3339)") == 0);
  CHECK(structured_error(R"(,"subject":"")") == "subject: it must not be empty");
  CHECK(structured_error(R"(,"dataschema":"schema.json")").find("dataschema: 'schema.json' is no absolute URI") == 0);
  CHECK(structured_entry(R"(,"dataschema":"urn:schema:1")").detail == detail("", R"(,"dataschema":"urn:schema:1")"));
  for (const char* source : {"my shop", "caf\xc3\xa9", "a%2", "a\\\\b"}) {
    CAPTURE(source);
    const std::string body = std::string(R"({"specversion":"1.0","id":"1","type":"t","source":")") + source + "\"}";
    CHECK(error_of(body).find("is no URI reference") != std::string::npos);
  }
  for (const char* source : {"logistics.shipment", "https://a.b/c?d#e", "urn:uuid:6e8bc430", "mailto:a@b", "a%20b"}) {
    CAPTURE(source);
    const std::string body = std::string(R"({"specversion":"1.0","id":"1","type":"t","source":")") + source + "\"}";
    CHECK(taken(parse_events({{"Content-Type", kStructuredType}}, body)).at(0).source == source);
  }
}

TEST_CASE("sources of AWS are refused as PutEvents refuses them") {
  const AwsError error = refused_with(parse_events({{"Content-Type", kStructuredType}},
                                                   R"({"specversion":"1.0","id":"1","source":"aws.s3","type":"t"})"));
  CHECK(error.code == "NotAuthorizedForSourceException");
  CHECK(error.message == "source 'aws.s3': Not authorized for the source.");
  CHECK(error.status == 400);
}

TEST_CASE("data may be as deep as a detail, and no deeper") {
  const auto nested = [](int levels) {
    std::string text;
    for (int i = 0; i < levels; ++i) text += R"({"a":)";
    return ",\"data\":" + text + "1" + std::string(static_cast<std::size_t>(levels), '}');
  };
  CHECK(structured_entry(nested(1000)).detail.size() > 6000);
  CHECK(structured_error(nested(1101)).find("data: it is nested too deep") == 0);
}

// ---- batches ----

TEST_CASE("a batch keeps its order; it may be empty") {
  const std::string body = "[" + json_event(R"(,"data":{"n":1})") + "," + json_event(R"(,"data":{"n":2})") + "]";
  const auto entries = taken(parse_events({{"Content-Type", kBatchType}}, body));
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].detail == detail(R"("n":1,)", kJsonType));
  CHECK(entries[1].detail == detail(R"("n":2,)", kJsonType));
  CHECK(taken(parse_events({{"Content-Type", kBatchType}}, "[]")).empty());
}

TEST_CASE("one wrong event refuses the batch, and is told by its number") {
  CHECK(error_of("[" + json_event() + R"(,{"specversion":"1.0"}])", kBatchType) ==
        "event 2: id: the attribute is required");
  CHECK(error_of("[" + json_event() + "," + json_event(R"(,"x":[])") + "]", kBatchType).find("event 2: x: ") == 0);
  CHECK(error_of("[5]", kBatchType) == "event 1: it must be a JSON object");
  CHECK(error_of(json_event(), kBatchType).find("must be a JSON array") != std::string::npos);
}

TEST_CASE("more events or bytes than PutEvents takes are too large") {
  PutEventsLimits limits;
  limits.max_entries = 1;
  const AwsError many = refused_with(
      parse_events({{"Content-Type", kBatchType}}, "[" + json_event() + "," + json_event() + "]", "", limits));
  CHECK(many.status == 413);
  CHECK(many.message == "The batch has 2 events; at most 1 are taken at a time.");
  limits.max_request_bytes = 50;
  CHECK(refused_with(parse_events({{"Content-Type", kStructuredType}}, json_event(), "", limits)).status == 413);
}

// ---- the request ----

TEST_CASE("a format of CloudEvents other than JSON is no supported media type") {
  for (const char* type :
       {"application/cloudevents+avro", "application/cloudevents", "application/cloudevents-batch"}) {
    const AwsError error = refused_with(parse_events({{"Content-Type", type}}, ""));
    CHECK(error.status == 415);
    CHECK(error.message.find(type) != std::string::npos);
  }
  const HeaderList spelt = {{"content-type", "Application/CloudEvents+JSON ; charset=UTF-8"}};
  CHECK(taken(parse_events(spelt, json_event())).size() == 1);
}

TEST_CASE("the bus is a parameter, by name or ARN") {
  const HeaderList headers = {{"Content-Type", kStructuredType}};
  CHECK(taken(parse_events(headers, json_event(), "bus=orders")).at(0).bus == "orders");
  const std::string arn = "arn:aws:events:us-east-1:000000000000:event-bus/orders";
  CHECK(taken(parse_events(headers, json_event(), "bus=" + arn)).at(0).bus == arn);
  CHECK(refused_with(parse_events(headers, json_event(), "bus=")).message.find("bus: ''") == 0);
  CHECK(refused_with(parse_events(headers, json_event(), "bus=a%20b")).message.find("bus: 'a b'") == 0);
  CHECK(refused_with(parse_events(headers, json_event(), "bus=a&bus=b")).message.find("bus: ") == 0);
  CHECK(refused_with(parse_events(headers, json_event(), "Bus=a")).message.find("Bus: there is no such") == 0);
}
