#include "topic/publisher.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "support/pipeline.h"

using namespace waybill;
using namespace waybill::testing;

namespace {

const std::string kTopic = "arn:aws:sns:us-east-1:000000000000:alerts";

std::vector<Resource> topic_with(int subscriptions) {
  std::vector<Resource> list{resource("AWS::SNS::Topic", "alerts", R"({"Arn":")" + kTopic + "\"}")};
  for (int i = 0; i < subscriptions; ++i) {
    list.push_back(resource("AWS::SNS::Subscription", "t/S" + std::to_string(i),
                            R"({"TopicArn":")" + kTopic + R"(","Protocol":"email","Endpoint":"a@example.com"})"));
  }
  return list;
}

Result<topic::Published> publish(Pipeline& pipeline, const topic::Notification& notification) {
  return topic::publish(*pipeline.topology.get(), notification, 0, pipeline.wall.now(), pipeline.random,
                        pipeline.journal);
}

}  // namespace

TEST_CASE("a notification is one payload and one delivery per subscription, under one id") {
  Pipeline pipeline(topic_with(2));
  const auto published = publish(pipeline, {kTopic, "Subject", "Text", {{"RULE_ARN", "arn:r"}}});
  REQUIRE(published->deliveries.size() == 2);
  const auto body = nlohmann::json::parse(published->deliveries[0].payload->body);
  CHECK(body["MessageId"] == published->message_id);
  CHECK(body["TopicArn"] == kTopic);
  CHECK(body["Subject"] == "Subject");
  CHECK(body["Message"] == "Text");
  CHECK(body["MessageAttributes"]["RULE_ARN"]["Value"] == "arn:r");
}

TEST_CASE("a topic without subscriptions stores nothing") {
  Pipeline pipeline(topic_with(0));
  CHECK(publish(pipeline, {kTopic, "", "Text", {}})->changes.list.empty());
}

TEST_CASE("what cannot be published names what is wrong") {
  Pipeline pipeline(topic_with(1));
  CHECK(publish(pipeline, {"arn:none", "", "Text", {}}).error().code == ErrorCode::not_found);
  CHECK(publish(pipeline, {kTopic, "", "", {}}).error().code == ErrorCode::invalid);
  CHECK(publish(pipeline, {kTopic, "", std::string(262'145, 'x'), {}}).error().message.find("at most 262144") !=
        std::string::npos);
  CHECK(publish(pipeline, {kTopic, std::string(101, 'x'), "Text", {}}).error().message.find("Subject") !=
        std::string::npos);
}

TEST_CASE("a notification waits in the store: there is nothing yet that takes it further") {
  Pipeline pipeline(topic_with(1));
  auto published = publish(pipeline, {kTopic, "", "Text", {}});
  pipeline.journal.apply(store::Lane::internal, std::move(published->changes)).value();
  pipeline.committed(std::move(published->deliveries));
  pipeline.settle();
  CHECK(pipeline.invoker.calls.empty());
  CHECK(pipeline.stored()->deliveries.size() == 1);
  CHECK(pipeline.dispatcher->counts().at(0).pending == 1);
}
