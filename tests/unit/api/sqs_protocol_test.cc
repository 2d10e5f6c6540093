// SQS's requests and answers in both of its protocols.
#include "api/sqs/sqs_protocol.h"

#include <doctest/doctest.h>

#include "api/sqs/batch.h"
#include "api/sqs/message_attributes.h"
#include "api/sqs/queue_url.h"

using namespace waybill;
using namespace waybill::api;

namespace {

const SqsOperationModel& model(const char* name) { return *sqs_operation_model(name); }

SqsAnswer from_form(const char* operation, const std::string& body) {
  net::HttpRequest request;
  request.method = "POST";
  request.body = body;
  request.headers.add("Content-Type", "application/x-www-form-urlencoded");
  return read_sqs_form(model(operation), QueryCall::parse(request).value());
}

std::string fault_of(const SqsAnswer& answer) {
  return answer ? "no fault: " + answer->dump() : answer.error().code + ": " + answer.error().message;
}

std::string xml_of(const char* operation, const SqsAnswer& answer) {
  return sqs_response(SqsProtocol::query, model(operation), answer, "id-1").body;
}

}  // namespace

TEST_CASE("a form and a JSON text of the same request are read alike") {
  const SqsJson request{
      {"QueueUrl", "http://h/000000000000/q"},
      {"MessageBody", "hello & more"},
      {"DelaySeconds", 5},
      {"MessageAttributes",
       {{"city", {{"DataType", "String"}, {"StringValue", "Bonn"}}},
        {"raw", {{"DataType", "Binary"}, {"BinaryValue", "AAE="}}}}},
  };
  CHECK(*read_sqs_json(model("SendMessage"), request.dump()) == request);
  CHECK(*from_form("SendMessage",
                   "QueueUrl=http%3A%2F%2Fh%2F000000000000%2Fq&MessageBody=hello+%26+more&DelaySeconds=5"
                   "&MessageAttribute.1.Name=city&MessageAttribute.1.Value.DataType=String"
                   "&MessageAttribute.1.Value.StringValue=Bonn&MessageAttribute.2.Name=raw"
                   "&MessageAttribute.2.Value.DataType=Binary&MessageAttribute.2.Value.BinaryValue=AAE%3D") == request);
}

TEST_CASE("lists of structures, and maps of texts, come flat in forms") {
  CHECK(*from_form("DeleteMessageBatch",
                   "QueueUrl=u&DeleteMessageBatchRequestEntry.2.Id=b&DeleteMessageBatchRequestEntry.2.ReceiptHandle=y"
                   "&DeleteMessageBatchRequestEntry.1.Id=a") ==
        SqsJson{{"QueueUrl", "u"}, {"Entries", {{{"Id", "a"}}, {{"Id", "b"}, {"ReceiptHandle", "y"}}}}});
  CHECK(*from_form("CreateQueue",
                   "QueueName=q&Attribute.1.Name=DelaySeconds&Attribute.1.Value=3&Tag.1.Key=k&Tag.1.Value=v") ==
        SqsJson{{"QueueName", "q"}, {"Attributes", {{"DelaySeconds", "3"}}}, {"tags", {{"k", "v"}}}});
  CHECK(*from_form("ReceiveMessage", "QueueUrl=u&AttributeName.1=All&MessageAttributeName.1=a.*") ==
        SqsJson{{"QueueUrl", "u"}, {"AttributeNames", {"All"}}, {"MessageAttributeNames", {"a.*"}}});
}

TEST_CASE("members that are missing, or of another type") {
  CHECK(fault_of(read_sqs_json(model("SendMessage"), R"({"QueueUrl":"u"})")) ==
        "MissingParameter: The request must contain the parameter MessageBody.");
  CHECK(fault_of(from_form("DeleteMessage", "QueueUrl=u")) ==
        "MissingParameter: The request must contain the parameter ReceiptHandle.");
  CHECK(fault_of(from_form("ReceiveMessage", "QueueUrl=u&WaitTimeSeconds=long")) ==
        "InvalidParameterValue: Value long for parameter WaitTimeSeconds is invalid. Reason: Must be an integer.");
  CHECK(fault_of(read_sqs_json(model("ReceiveMessage"), R"({"QueueUrl":"u","WaitTimeSeconds":"1"})")) ==
        "SerializationException: WaitTimeSeconds must be an integer.");
  CHECK(fault_of(read_sqs_json(model("ReceiveMessage"), R"({"QueueUrl":"u","AttributeNames":[1]})")) ==
        "SerializationException: AttributeNames[0] must be a string.");
  CHECK(fault_of(read_sqs_json(model("CreateQueue"), R"({"QueueName":"q","Attributes":{"DelaySeconds":1}})")) ==
        "SerializationException: Attributes.DelaySeconds must be a string.");
  CHECK(fault_of(read_sqs_json(model("ListQueues"), "[]")) ==
        "SerializationException: The body of the request must be a JSON object of at most 100 levels.");
  CHECK(fault_of(from_form("ReceiveMessage", "QueueUrl=u&AttributeName.1.x=1")) ==
        "MissingParameter: The request must contain the parameter AttributeName.1.");
  CHECK(*read_sqs_json(model("ListQueues"), "") == SqsJson::object());
  CHECK(*read_sqs_json(model("ListQueues"), R"({"Colour":"red","NextToken":null})") == SqsJson::object());
}

TEST_CASE("an answer in JSON, and as flat XML") {
  const SqsJson answer{{"Messages",
                        {{{"MessageId", "m"}, {"Body", "a<b"}, {"Attributes", {{"SenderId", "s"}}}},
                         {{"MessageId", "n"}, {"Body", "c"}}}}};
  const auto json = sqs_response(SqsProtocol::json, model("ReceiveMessage"), answer, "id-1");
  CHECK(json.content_type == "application/x-amz-json-1.0");
  CHECK(SqsJson::parse(json.body) == answer);
  CHECK(xml_of("ReceiveMessage", answer) ==
        "<ReceiveMessageResponse xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"><ReceiveMessageResult>"
        "<Message><MessageId>m</MessageId><Body>a&lt;b</Body><Attribute><Name>SenderId</Name><Value>s</Value>"
        "</Attribute></Message><Message><MessageId>n</MessageId><Body>c</Body></Message></ReceiveMessageResult>"
        "<ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></ReceiveMessageResponse>\n");
  CHECK(xml_of("DeleteQueue", SqsJson::object()) ==
        "<DeleteQueueResponse xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"><ResponseMetadata>"
        "<RequestId>id-1</RequestId></ResponseMetadata></DeleteQueueResponse>\n");
  CHECK(sqs_response(SqsProtocol::json, model("DeleteQueue"), SqsJson::object(), "id-1").body.empty());
}

TEST_CASE("a fault is named by its shape in JSON, and by the older code in XML and in a header") {
  const control::Fault fault("QueueDoesNotExist", "The specified queue does not exist.");
  const auto json = sqs_refusal(SqsProtocol::json, fault, "id-1");
  CHECK(json.status == 400);
  CHECK(SqsJson::parse(json.body) ==
        SqsJson{{"__type", "com.amazonaws.sqs#QueueDoesNotExist"}, {"message", "The specified queue does not exist."}});
  CHECK(json.headers == std::vector<std::pair<std::string, std::string>>{
                            {"x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender"}});
  const auto xml = sqs_refusal(SqsProtocol::query, fault, "id-1");
  CHECK(xml.status == 400);
  CHECK(xml.body ==
        "<ErrorResponse xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"><Error><Type>Sender</Type>"
        "<Code>AWS.SimpleQueueService.NonExistentQueue</Code><Message>The specified queue does not exist.</Message>"
        "</Error><RequestId>id-1</RequestId></ErrorResponse>\n");
  CHECK(sqs_refusal(SqsProtocol::query, {"ReceiptHandleIsInvalid", "x"}, "").status == 404);
  CHECK(sqs_refusal(SqsProtocol::json, {"InternalException", "x"}, "").status == 500);
}

TEST_CASE("queue URLs") {
  const auto name = [](const char* url) {
    const auto address = parse_queue_url(url);
    return address ? address->account + " " + address->name : std::string("none");
  };
  CHECK(name("http://localhost:4566/000000000000/jobs") == "000000000000 jobs");
  CHECK(name("https://sqs.us-east-1.amazonaws.com/123456789012/a.fifo") == "123456789012 a.fifo");
  CHECK(name("/000000000000/jobs") == "000000000000 jobs");
  CHECK(name("http://h/queue/us-east-1/000000000000/jobs?x=1") == "000000000000 jobs");
  for (const char* url : {"jobs", "", "/", "http://h/jobs", "http://h/00000000000/jobs", "http://h/000000000000/"}) {
    CHECK_MESSAGE(name(url) == "none", url);
  }
}

TEST_CASE("batches") {
  const auto refusal = [](const SqsJson& entries) {
    const auto checked = check_sqs_batch({{"Entries", entries}}, "DeleteMessageBatchRequestEntry");
    return checked ? std::string() : checked.error().code + ": " + checked.error().message;
  };
  CHECK(refusal(SqsJson::array()) ==
        "EmptyBatchRequest: There should be at least one DeleteMessageBatchRequestEntry in the request.");
  SqsJson eleven = SqsJson::array();
  for (int i = 0; i < 11; ++i) eleven.push_back({{"Id", std::to_string(i)}});
  CHECK(refusal(eleven) ==
        "TooManyEntriesInBatchRequest: Maximum number of entries per request are 10. You have sent 11.");
  CHECK(refusal({{{"Id", "a"}}, {{"Id", "a"}}}) == "BatchEntryIdsNotDistinct: Id a repeated.");
  for (const std::string& id : {std::string(), std::string("a b"), std::string(81, 'x'), std::string("a.b")}) {
    CHECK_MESSAGE(refusal({{{"Id", id}}}).starts_with("InvalidBatchEntryId: "), id);
  }
  CHECK(refusal({{{"Id", std::string(80, 'x')}}}).empty());
  const SqsJson answer = sqs_batch_answer({{{"Id", "a"}}, {{"Id", "b"}}},
                                          {SqsJson{{"MessageId", "m"}}, control::Fault("QueueDoesNotExist", "gone")});
  CHECK(answer == SqsJson{{"Successful", {{{"Id", "a"}, {"MessageId", "m"}}}},
                          {"Failed",
                           {{{"Id", "b"},
                             {"SenderFault", true},
                             {"Code", "AWS.SimpleQueueService.NonExistentQueue"},
                             {"Message", "gone"}}}}});
  // As on AWS, clients tell a failure by the member.
  CHECK(sqs_batch_answer({{{"Id", "a"}}}, {SqsJson::object()}) == SqsJson{{"Successful", {{{"Id", "a"}}}}});
  CHECK_FALSE(sqs_batch_answer({{{"Id", "a"}}}, {control::Fault("X", "y")}).contains("Successful"));
}

TEST_CASE("MD5s are those that AWS documents") {
  CHECK(md5_hex("hello world") == "5eb63bbbe01eeed093cb22bb8f5acdc3");
  CHECK(md5_hex("") == "d41d8cd98f00b204e9800998ecf8427e");
  CHECK(md5_of_attributes({}).empty());
  // By hand: 00000001 61 | 00000006 "String" | 01 | 00000001 62.
  CHECK(md5_of_attributes({{"a", {"String", "b"}}}) == md5_hex(std::string("\0\0\0\1a\0\0\0\6String\1\0\0\0\1b", 21)));
  CHECK(md5_of_attributes({{"a", {"Binary.x", std::string("\0", 1)}}}) ==
        md5_hex(std::string("\0\0\0\1a\0\0\0\10Binary.x\2\0\0\0\1\0", 23)));
}

TEST_CASE("message attributes are checked") {
  const auto refusal = [](const SqsJson& attributes) {
    const auto read = read_message_attributes(attributes);
    return read ? std::string() : read.error().message;
  };
  CHECK(refusal({{"a", {{"DataType", "String"}, {"StringValue", "x"}}}}).empty());
  CHECK(refusal({{"a", {{"DataType", "Number.int"}, {"StringValue", "-1.5e3"}}}}).empty());
  CHECK(refusal({{"a", {{"DataType", "Text"}, {"StringValue", "x"}}}}) ==
        "The message attribute 'a' has an invalid message attribute type, the set of supported type prefixes is "
        "Binary, Number, and String.");
  CHECK(refusal({{"a", {{"DataType", ""}}}}) ==
        "The message attribute 'a' must contain non-empty message attribute type.");
  CHECK(refusal({{"a", {{"DataType", "String"}, {"StringValue", ""}}}}) ==
        "The message attribute 'a' must contain non-empty message attribute value for message attribute type "
        "'String'.");
  CHECK(refusal({{"a", {{"DataType", "Number"}, {"StringValue", "one"}}}}) ==
        "Can't cast the value of message (user) attribute 'a' to a number.");
  CHECK(refusal({{"a", {{"DataType", "String"}, {"BinaryValue", "AAE="}}}}) ==
        "The message attribute 'a' with type 'String' must use field 'String'.");
  CHECK(refusal({{"a b", {{"DataType", "String"}, {"StringValue", "x"}}}})
            .starts_with("Message (user) attribute name 'a b'"));
  CHECK(refusal({{"AWS.x", {{"DataType", "String"}, {"StringValue", "x"}}}}).find("must not begin with AWS.") !=
        std::string::npos);
  SqsJson eleven = SqsJson::object();
  for (int i = 0; i < 11; ++i) eleven["a" + std::to_string(i)] = {{"DataType", "String"}, {"StringValue", "x"}};
  CHECK(refusal(eleven) == "Number of message attributes [11] exceeds the allowed maximum [10].");
  CHECK(read_system_attributes({{"AWSTraceHeader", {{"DataType", "String"}, {"StringValue", "x"}}}}).has_value());
  CHECK_FALSE(read_system_attributes({{"Other", {{"DataType", "String"}, {"StringValue", "x"}}}}).has_value());
}

TEST_CASE("a receive asks for attributes by name, by prefix, or for all") {
  const queue::MessageAttributes all{{"a.x", {"String", "1"}}, {"a.y", {"String", "2"}}, {"b", {"String", "3"}}};
  CHECK((asked_message_attributes(all, {"All"}) == all));
  CHECK((asked_message_attributes(all, {".*"}) == all));
  CHECK(asked_message_attributes(all, {"b", "none"}).size() == 1);
  CHECK(asked_message_attributes(all, {"a.*"}).size() == 2);
  CHECK(asked_message_attributes(all, SqsJson::array()).empty());
}
