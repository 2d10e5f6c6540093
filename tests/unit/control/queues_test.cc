// Control operations on queues, as SQS answers them.
#include "control/queues.h"

#include "control/queue_attributes.h"
#include "control_fixture.h"

namespace waybill::testing {

using control::add_queue_permission;
using control::create_queue;
using control::delete_queue;
using control::describe_queue;
using control::get_queue;
using control::list_dead_letter_source_queues;
using control::list_queue_tags;
using control::list_queues;
using control::remove_queue_permission;
using control::set_queue_attributes;
using control::tag_queue;
using control::untag_queue;

namespace {

constexpr const char* kJobsArn = "arn:aws:sqs:eu-central-1:123456789012:jobs";
const Json kJobs = {{"QueueName", "jobs"}};

Json with_attributes(const std::string& name, const Json& attributes) {
  return {{"QueueName", name}, {"Attributes", attributes}};
}

Json fifo(const std::string& name, Json attributes = Json::object()) {
  attributes["FifoQueue"] = "true";
  return with_attributes(name, attributes);
}

class QueueFixture : public ControlFixture {
 public:
  Json attributes(const std::string& name) { return ok(describe_queue, {{"QueueName", name}})["Attributes"]; }
  std::string refused(const Json& attributes_given, const std::string& name = "jobs") {
    return toString(fault(set_queue_attributes, with_attributes(name, attributes_given))).c_str();
  }
};

}  // namespace

TEST_CASE_FIXTURE(QueueFixture, "a queue has AWS's defaults") {
  CHECK(ok(create_queue, kJobs) == kJobs);
  CHECK(attributes("jobs") == Json{{"QueueArn", kJobsArn},
                                   {"CreatedTimestamp", "1700000000"},
                                   {"LastModifiedTimestamp", "1700000000"},
                                   {"VisibilityTimeout", "30"},
                                   {"MaximumMessageSize", "262144"},
                                   {"MessageRetentionPeriod", "345600"},
                                   {"DelaySeconds", "0"},
                                   {"ReceiveMessageWaitTimeSeconds", "0"},
                                   {"SqsManagedSseEnabled", "true"}});
}

TEST_CASE_FIXTURE(QueueFixture, "a FIFO queue has some more") {
  ok(create_queue, fifo("jobs.fifo"));
  const Json shown = attributes("jobs.fifo");
  CHECK(shown["FifoQueue"] == "true");
  CHECK(shown["ContentBasedDeduplication"] == "false");
  CHECK(shown["DeduplicationScope"] == "queue");
  CHECK(shown["FifoThroughputLimit"] == "perQueue");
}

TEST_CASE_FIXTURE(QueueFixture, "a queue is made once with the same attributes") {
  ok(create_queue, with_attributes("jobs", {{"VisibilityTimeout", "5"}}));
  const Catalog before = catalog;
  ok(create_queue, kJobs);
  ok(create_queue, with_attributes("jobs", {{"VisibilityTimeout", "5"}, {"DelaySeconds", "0"}}));
  CHECK(catalog == before);
  CHECK(fault(create_queue, with_attributes("jobs", {{"VisibilityTimeout", "6"}})) ==
        Fault{"QueueNameExists",
              "A queue already exists with the same name and a different value for attribute VisibilityTimeout"});
}

TEST_CASE_FIXTURE(QueueFixture, "names") {
  const Fault standard{"InvalidParameterValue",
                       "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"};
  for (const std::string& name : {std::string(""), std::string("a b"), std::string(81, 'x'), std::string("a.fifo")}) {
    CHECK_MESSAGE(fault(create_queue, {{"QueueName", name}}) == standard, name);
  }
  const Fault of_fifo = fault(create_queue, fifo("jobs"));
  CHECK(of_fifo.message.find("must end with .fifo suffix") != std::string::npos);
  ok(create_queue, {{"QueueName", std::string(80, 'x')}});
  ok(create_queue, fifo(std::string(75, 'x') + ".fifo"));
}

TEST_CASE_FIXTURE(QueueFixture, "attributes are checked") {
  ok(create_queue, kJobs);
  CHECK(refused({{"Colour", "red"}}) == "InvalidAttributeName: Unknown Attribute Colour.");
  CHECK(refused({{"QueueArn", "x"}}) == "InvalidAttributeName: Unknown Attribute QueueArn.");
  CHECK(refused({{"ContentBasedDeduplication", "true"}}) ==
        "InvalidAttributeName: Unknown Attribute ContentBasedDeduplication.");
  const std::vector<std::pair<const char*, const char*>> wrong{
      {"VisibilityTimeout", "43201"},          {"VisibilityTimeout", "-1"},
      {"VisibilityTimeout", "soon"},           {"DelaySeconds", "901"},
      {"MaximumMessageSize", "1023"},          {"MaximumMessageSize", "262145"},
      {"MessageRetentionPeriod", "59"},        {"MessageRetentionPeriod", "1209601"},
      {"ReceiveMessageWaitTimeSeconds", "21"}, {"KmsDataKeyReusePeriodSeconds", "59"},
      {"SqsManagedSseEnabled", "yes"}};
  for (const auto& [name, value] : wrong) {
    CHECK(refused({{name, value}}) ==
          std::string("InvalidAttributeValue: Invalid value for the parameter ") + name + ".");
  }
}

TEST_CASE_FIXTURE(QueueFixture, "attributes of FIFO queues are checked") {
  ok(create_queue, fifo("jobs.fifo"));
  CHECK(refused({{"FifoQueue", "false"}}, "jobs.fifo") ==
        "InvalidAttributeValue: Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not "
        "supported.");
  CHECK(refused({{"DeduplicationScope", "both"}}, "jobs.fifo") ==
        "InvalidAttributeValue: Invalid value for the parameter DeduplicationScope. Reason: It is messageGroup or "
        "queue.");
  CHECK(refused({{"FifoThroughputLimit", "perMessageGroupId"}}, "jobs.fifo").find("needs the DeduplicationScope") !=
        std::string::npos);
  ok(set_queue_attributes, with_attributes("jobs.fifo", {{"DeduplicationScope", "messageGroup"},
                                                         {"FifoThroughputLimit", "perMessageGroupId"}}));
}

TEST_CASE_FIXTURE(QueueFixture, "what is set is stored in the form of templates, and \"\" takes it away") {
  ok(create_queue, kJobs);
  ok(create_queue, {{"QueueName", "dead"}});
  ok(set_queue_attributes,
     with_attributes("jobs",
                     {{"VisibilityTimeout", "7"},
                      {"KmsMasterKeyId", "alias/k"},
                      {"RedrivePolicy", R"({"deadLetterTargetArn":"arn:aws:sqs:eu-central-1:123456789012:dead",)"
                                        R"("maxReceiveCount":"3"})"}}));
  const Json body = row(kinds::kQueue, "jobs")->body;
  CHECK(body["VisibilityTimeout"] == 7);
  CHECK(body["RedrivePolicy"]["maxReceiveCount"] == 3);
  CHECK(attributes("jobs")["KmsDataKeyReusePeriodSeconds"] == "300");
  CHECK(attributes("jobs")["SqsManagedSseEnabled"] == "false");
  CHECK(ok(list_dead_letter_source_queues, {{"QueueName", "dead"}}) == Json{{"QueueNames", {"jobs"}}});
  ok(set_queue_attributes, with_attributes("jobs", {{"RedrivePolicy", ""}, {"KmsMasterKeyId", ""}}));
  CHECK_FALSE(attributes("jobs").contains("RedrivePolicy"));
  CHECK_FALSE(attributes("jobs").contains("KmsMasterKeyId"));
  CHECK(ok(list_dead_letter_source_queues, {{"QueueName", "dead"}}) == Json{{"QueueNames", Json::array()}});
}

TEST_CASE_FIXTURE(QueueFixture, "redrive policies") {
  ok(create_queue, kJobs);
  ok(create_queue, fifo("dead.fifo"));
  ok(create_queue, with_attributes("closed", {{"RedriveAllowPolicy", R"({"redrivePermission":"denyAll"})"}}));
  const auto policy = [](const std::string& queue, const std::string& count) {
    return R"({"deadLetterTargetArn":"arn:aws:sqs:eu-central-1:123456789012:)" + queue + R"(","maxReceiveCount":)" +
           count + "}";
  };
  const auto reason = [&](const std::string& text) {
    const std::string said = refused({{"RedrivePolicy", text}});
    CHECK(
        said.starts_with("InvalidParameterValue: Value " + text + " for parameter RedrivePolicy is invalid. Reason: "));
    return said.substr(said.find("Reason: ") + 8);
  };
  CHECK(reason("[]") == "Redrive policy is not a valid JSON map.");
  CHECK(reason("{}") == "Redrive policy does not contain mandatory attribute: deadLetterTargetArn.");
  CHECK(reason(policy("none", "3")) == "Dead letter target does not exist.");
  CHECK(reason(policy("dead.fifo", "3")) == "Dead-letter queue must be same type of queue as the source.");
  CHECK(reason(policy("closed", "3")).find("denied") != std::string::npos);
  for (const char* count : {"0", "1001", "\"x\""}) {
    CHECK(reason(policy("jobs", count)).find("valid values are from 1 to 1000 both inclusive.") != std::string::npos);
  }
  CHECK(refused({{"RedriveAllowPolicy", R"({"redrivePermission":"byQueue"})"}}).find("sourceQueueArns is required") !=
        std::string::npos);
  CHECK(refused({{"RedriveAllowPolicy", R"({"redrivePermission":"some"})"}}).find("not in a supported format") !=
        std::string::npos);
}

TEST_CASE_FIXTURE(QueueFixture, "a queue that is not there") {
  const Fault gone{"QueueDoesNotExist", "The specified queue does not exist."};
  for (control::Operation each : {delete_queue, get_queue, describe_queue, set_queue_attributes, tag_queue, untag_queue,
                                  list_queue_tags, list_dead_letter_source_queues, remove_queue_permission}) {
    CHECK(fault(each, kJobs) == gone);
  }
}

TEST_CASE_FIXTURE(QueueFixture, "queues are listed by prefix, and deleted") {
  for (const char* name : {"b", "a1", "a2"}) ok(create_queue, {{"QueueName", name}});
  CHECK(ok(list_queues, Json::object()) == Json{{"QueueNames", {"a1", "a2", "b"}}});
  CHECK(ok(list_queues, {{"QueueNamePrefix", "a"}}) == Json{{"QueueNames", {"a1", "a2"}}});
  ok(delete_queue, {{"QueueName", "a1"}});
  CHECK(ok(list_queues, Json::object()) == Json{{"QueueNames", {"a2", "b"}}});
}

TEST_CASE_FIXTURE(QueueFixture, "tags") {
  ok(create_queue, {{"QueueName", "jobs"}, {"tags", {{"a", "1"}}}});
  ok(tag_queue, {{"QueueName", "jobs"}, {"Tags", {{"a", "2"}, {"b", ""}}}});
  CHECK(ok(list_queue_tags, kJobs) == Json{{"Tags", {{"a", "2"}, {"b", ""}}}});
  ok(untag_queue, {{"QueueName", "jobs"}, {"TagKeys", {"a", "none"}}});
  CHECK(ok(list_queue_tags, kJobs) == Json{{"Tags", {{"b", ""}}}});
  CHECK(fault(tag_queue, {{"QueueName", "jobs"}, {"Tags", {{"", "x"}}}}).message ==
        "Tag keys must be between 1 and 128 characters in length.");
  const auto letters = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "é";
    return text;
  };
  ok(tag_queue, {{"QueueName", "jobs"}, {"Tags", {{letters(128), letters(256)}}}});
  CHECK(fault(tag_queue, {{"QueueName", "jobs"}, {"Tags", {{letters(129), "x"}}}}).message.starts_with("Tag keys"));
  CHECK(fault(tag_queue, {{"QueueName", "jobs"}, {"Tags", {{"k", letters(257)}}}}).message.starts_with("Tag values"));
  ok(untag_queue, {{"QueueName", "jobs"}, {"TagKeys", {letters(128)}}});
  limits.tags = 1;
  CHECK(fault(tag_queue, {{"QueueName", "jobs"}, {"Tags", {{"c", "x"}}}}).message ==
        "Too many tags added for queue jobs.");
}

TEST_CASE_FIXTURE(QueueFixture, "permissions are statements of the policy") {
  ok(create_queue, kJobs);
  const Json request{
      {"QueueName", "jobs"}, {"Label", "send"}, {"AWSAccountIds", {"111122223333"}}, {"Actions", {"SendMessage"}}};
  ok(add_queue_permission, request);
  const Json policy = Json::parse(attributes("jobs")["Policy"].get<std::string>());
  CHECK(policy["Statement"] == Json{{{"Sid", "send"},
                                     {"Effect", "Allow"},
                                     {"Principal", {{"AWS", {"arn:aws:iam::111122223333:root"}}}},
                                     {"Action", {"SQS:SendMessage"}},
                                     {"Resource", kJobsArn}}});
  CHECK(fault(add_queue_permission, request).message ==
        "Value send for parameter Label is invalid. Reason: Already exists.");
  const auto bad = [&](const char* name, const Json& value) {
    Json changed = request;
    changed["Label"] = "other";
    changed[name] = value;
    return fault(add_queue_permission, changed);
  };
  CHECK(bad("Actions", {"Fly"}).message.starts_with("Value SQS:Fly for parameter ActionName is invalid."));
  CHECK(bad("AWSAccountIds", {"me"}).message ==
        "Value [me] for parameter PrincipalId is invalid. Reason: Unable to verify.");
  CHECK(bad("Actions", Json::array({"*", "*", "*", "*", "*", "*", "*", "*"})) ==
        Fault{"OverLimit", "8 Actions were found, maximum allowed is 7.", 403});
  CHECK(fault(remove_queue_permission, {{"QueueName", "jobs"}, {"Label", "none"}}).message ==
        "Value none for parameter Label is invalid. Reason: can't find label.");
  ok(remove_queue_permission, {{"QueueName", "jobs"}, {"Label", "send"}});
  CHECK_FALSE(attributes("jobs").contains("Policy"));
}

TEST_CASE_FIXTURE(QueueFixture, "a permission that a template's QueuePolicy gives can be removed, also the last one") {
  ok(create_queue, kJobs);
  const Json statement{{"Sid", "send"}, {"Effect", "Allow"}, {"Principal", "*"}, {"Action", "sqs:SendMessage"}};
  put_row(kinds::kQueuePolicy, "stack/P",
          {{"Queues", {"http://localhost:4566/123456789012/jobs"}},
           {"PolicyDocument", {{"Statement", Json::array({statement})}}}},
          "stack");
  ok(remove_queue_permission, {{"QueueName", "jobs"}, {"Label", "send"}});
  CHECK(Json::parse(attributes("jobs")["Policy"].get<std::string>())["Statement"] == Json::array());
}

TEST_CASE_FIXTURE(QueueFixture, "a queue is not its own dead-letter queue") {
  ok(create_queue, kJobs);
  const Json policy{{"deadLetterTargetArn", kJobsArn}, {"maxReceiveCount", 3}};
  CHECK(fault(set_queue_attributes, with_attributes("jobs", {{"RedrivePolicy", policy.dump()}}))
            .message.ends_with("Reason: A queue cannot be its own dead-letter queue."));
}

TEST_CASE_FIXTURE(QueueFixture, "the policy of a template's QueuePolicy is shown where the queue has none of its own") {
  ok(create_queue, kJobs);
  put_row(kinds::kQueuePolicy, "stack/P",
          {{"Queues", {"http://localhost:4566/123456789012/jobs"}}, {"PolicyDocument", {{"Statement", Json::array()}}}},
          "stack");
  CHECK(attributes("jobs")["Policy"] == R"({"Statement":[]})");
  ok(set_queue_attributes, with_attributes("jobs", {{"Policy", R"({"Version":"2012-10-17"})"}}));
  CHECK(attributes("jobs")["Policy"] == R"({"Version":"2012-10-17"})");
}

TEST_CASE_FIXTURE(QueueFixture, "policies that are nested too deep are none") {
  ok(create_queue, kJobs);
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "[";
  for (int i = 0; i < 100; ++i) deep += "]";
  CHECK(refused({{"Policy", R"({"X":)" + deep + "}"}}) ==
        "InvalidAttributeValue: Invalid value for the parameter Policy. Reason: Policy must be a JSON object.");
  CHECK(refused({{"RedriveAllowPolicy", R"({"redrivePermission":"allowAll","X":)" + deep + "}"}})
            .find("is not a valid JSON map") != std::string::npos);
  CHECK(refused({{"RedrivePolicy", R"({"deadLetterTargetArn":"a","maxReceiveCount":)" + deep + "}"}})
            .find("is not a valid JSON map") != std::string::npos);
}

}  // namespace waybill::testing
