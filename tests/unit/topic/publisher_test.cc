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

TEST_CASE("a filter policy keeps a notification from its subscription, and that is told") {
  std::vector<Resource> resources = topic_with(1);
  resources.push_back(
      resource("AWS::SNS::Subscription", "t/Filtered",
               R"({"TopicArn":")" + kTopic +
                   R"(","Protocol":"email","Endpoint":"b@example.com","FilterPolicy":{"kind":["a"]}})"));
  Pipeline pipeline(resources);
  struct Counting : topic::TopicProbe {
    void filtered(const SubscriptionSpec& subscription) override { addresses.push_back(subscription.address); }
    std::vector<std::string> addresses;
  } probe;
  const auto send = [&](const std::string& kind) {
    return topic::publish(*pipeline.topology.get(), {kTopic, "", "Text", {{"kind", kind}}}, 0, pipeline.wall.now(),
                          pipeline.random, pipeline.journal, &probe)
        .value();
  };
  CHECK(send("a").deliveries.size() == 2);
  CHECK(probe.addresses.empty());
  CHECK(send("b").deliveries.size() == 1);
  CHECK(probe.addresses == std::vector<std::string>{"b@example.com"});
}

TEST_CASE("nothing is stored when no subscription wants it") {
  Pipeline pipeline(
      {topic_with(0).at(0),
       resource("AWS::SNS::Subscription", "t/Filtered",
                R"({"TopicArn":")" + kTopic +
                    R"(","Protocol":"email","Endpoint":"b@example.com","FilterPolicy":{"kind":["a"]}})")});
  CHECK(publish(pipeline, {kTopic, "", "Text", {}})->changes.list.empty());
}

TEST_CASE("a message by protocol goes to subscriptions of that protocol, under the same id") {
  std::vector<Resource> resources = topic_with(2);
  resources.push_back(
      resource("AWS::SNS::Subscription", "t/Hook",
               R"({"TopicArn":")" + kTopic + R"(","Protocol":"https","Endpoint":"https://a.example"})"));
  Pipeline pipeline(resources);
  const auto published = publish(pipeline, {kTopic, "", "long", {}, {{"https", "short"}}});
  std::map<std::string, int> messages;
  for (const NewDelivery& each : published->deliveries) {
    const auto body = nlohmann::json::parse(each.payload->body);
    CHECK(body["MessageId"] == published->message_id);
    ++messages[body["Message"]];
  }
  CHECK(messages == std::map<std::string, int>{{"long", 2}, {"short", 1}});
}

TEST_CASE("a subject has at most 100 characters, whatever their bytes") {
  Pipeline pipeline(topic_with(1));
  std::string hundred;
  for (int i = 0; i < 100; ++i) hundred += "é";
  CHECK(publish(pipeline, {kTopic, hundred, "Text", {}}).has_value());
  CHECK(publish(pipeline, {kTopic, hundred + "é", "Text", {}}).error().message ==
        "Invalid parameter: Subject: 101 characters; at most 100");
}
