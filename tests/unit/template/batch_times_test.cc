#include "template/batch_times.h"

#include "loading.h"

using namespace waybill;
using namespace waybill::templates;

namespace {

using Said = std::vector<std::string>;

Said doubtful(const std::string& queue, const std::string& function, const std::string& mapping) {
  Said said;
  const std::string text = R"(
Resources:
  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs)" +
                           queue + R"(}}
  F: {Type: AWS::Lambda::Function, Properties: {FunctionName: work, Runtime: native, Handler: a.b)" +
                           function + R"(}}
  M:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !GetAtt Q.Arn, FunctionName: !Ref F)" +
                           mapping + "}\n";
  for (const Notice& notice : doubtful_batch_times({load(text)}, {})) {
    CHECK(notice.kind == Notice::Kind::doubtful);
    said.push_back(notice.logical_id + ": " + notice.text);
  }
  return said;
}

}  // namespace

TEST_CASE("a function that may take longer than its queue's visibility timeout is doubtful") {
  CHECK(doubtful("", ", Timeout: 60", "") ==
        Said{"M: the VisibilityTimeout of queue jobs is 30 seconds, and the Timeout of function work is 60 seconds: "
             "messages are received again while it works; AWS refuses this, and advises six times the Timeout"});
  CHECK(doubtful("", ", Timeout: 30", "").empty());
  CHECK(doubtful("", "", "").empty());
  CHECK(doubtful(", VisibilityTimeout: 2", "", "").size() == 1);
}

TEST_CASE("a batch that may wait longer than its queue's visibility timeout is doubtful") {
  CHECK(doubtful("", "", ", MaximumBatchingWindowInSeconds: 30") ==
        Said{"M: the VisibilityTimeout of queue jobs is 30 seconds, and MaximumBatchingWindowInSeconds is 30: messages "
             "are received again while their batch waits"});
  CHECK(doubtful("", "", ", MaximumBatchingWindowInSeconds: 29").empty());
}

TEST_CASE("functions and queues of the catalog count too") {
  const std::vector<Resource> catalog = {
      {{"123456789012", "eu-central-1", "AWS::SQS::Queue", "q"},
       "",
       R"({"Arn":"arn:aws:sqs:eu-central-1:123456789012:q","VisibilityTimeout":"5"})"},
      {{"123456789012", "eu-central-1", "AWS::Lambda::Function", "f"}, "", R"({"Timeout":6})"}};
  const auto mapping = load(
      "Resources: {M: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: f, EventSourceArn: "
      "'arn:aws:sqs:eu-central-1:123456789012:q'}}}");
  CHECK(doubtful_batch_times({mapping}, catalog).size() == 1);
}
