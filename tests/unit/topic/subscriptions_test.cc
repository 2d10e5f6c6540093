#include "topic/subscriptions.h"

#include <doctest/doctest.h>

#include "support/pipeline.h"
#include "topic/envelope.h"
#include "topic/publisher.h"

using namespace waybill;
using namespace waybill::testing;

namespace {

const std::string kOrders = "arn:aws:sns:us-east-1:000000000000:orders";
const std::string kHook = kOrders + ":hook";

// A book over the model engine, and a topic with one webhook that must agree.
struct ConfirmationWorld {
  std::shared_ptr<ModelDisk> disk = std::make_shared<ModelDisk>();
  store::JournalProbe probe;
  store::Journal journal{std::make_unique<ModelEngine>(disk), {}, probe, [](const Error&) {}};
  store::ReaderPool readers{
      [this] { return Result<std::unique_ptr<store::Reader>>(std::make_unique<ModelReader>(disk)); }};
  FakeWallClock clock;
  SeededRandom random{3};
  Topology::EndpointNumbers numbers;
  Snapshot<Topology> topology;
  control::Book book{journal, readers, clock, [this](const Catalog& catalog) { return wire(catalog); }};
  std::vector<NewDelivery> sent;
  int tokens = 0;
  bool under_way = false;
  topic::Subscriptions subscriptions{{book, topology, journal, clock, random,
                                      [this](std::vector<NewDelivery> more) {
                                        for (auto& each : more) sent.push_back(std::move(each));
                                      },
                                      [this](EndpointId) { return under_way; },
                                      [this] { return Result<std::string>("token-" + std::to_string(++tokens)); }}};

  explicit ConfirmationWorld(const std::string& address = "https://a.example/in") {
    put(resource("AWS::SNS::Topic", "orders", R"({"Arn":")" + kOrders + "\"}"));
    put(hook(address));
  }
  static Resource hook(const std::string& address) {
    return resource("AWS::SNS::Subscription", "t/Hook",
                    R"({"Arn":")" + kHook + R"(","TopicArn":")" + kOrders + R"(","Protocol":"https","Endpoint":")" +
                        address + "\"}");
  }
  void put(Resource row) {
    REQUIRE(book.edit([&](const Catalog&) -> Result<control::Edit> {
                  control::Edit edit;
                  edit.puts.push_back(row);
                  return edit;
                })
                .has_value());
  }
  Result<control::Wiring> wire(const Catalog& catalog) {
    const auto all_must = [](const std::string&, const std::string&) { return true; };
    WAYBILL_TRY(auto built, Topology::build(catalog, Place{}, numbers, all_must));
    control::Wiring wiring;
    wiring.publish = [this, built] { topology.set(built); };
    return wiring;
  }
  bool confirmed() const { return topology.get()->topic(kOrders)->subscriptions.at(0).confirmed; }
  std::size_t published() {
    return topic::publish(*topology.get(), {kOrders, "", "Text", {}}, 0, clock.now(), random, journal)
        .value()
        .deliveries.size();
  }
};

}  // namespace

TEST_CASE("a receiver is asked once, through the pipeline, and gets nothing before it agrees") {
  ConfirmationWorld world;
  REQUIRE(world.subscriptions.ask_all().has_value());
  REQUIRE(world.subscriptions.ask_all().has_value());
  REQUIRE(world.sent.size() == 1);
  const auto asked = nlohmann::json::parse(world.sent[0].payload->body);
  CHECK(asked["Type"] == "SubscriptionConfirmation");
  CHECK(asked["Token"] == "token-1");
  CHECK(world.disk->state()->deliveries.size() == 1);
  CHECK_FALSE(world.confirmed());
  CHECK(world.published() == 0);
  CHECK(world.subscriptions.confirm(kOrders, "token-1").value() == kHook);
  CHECK(world.confirmed());
  CHECK(world.published() == 1);
  CHECK(world.subscriptions.confirm(kOrders, "token-1").value() == kHook);  // a link may be opened twice
}

TEST_CASE(
    "a receiver that did not answer is asked again at the next start, with its token, and not while it is asked") {
  using Whom = topic::Subscriptions::Whom;
  ConfirmationWorld world;
  REQUIRE(world.subscriptions.ask_all(Whom::silent_ones).has_value());
  world.under_way = true;
  REQUIRE(world.subscriptions.ask_all(Whom::silent_ones).has_value());
  CHECK(world.sent.size() == 1);
  world.under_way = false;
  REQUIRE(world.subscriptions.ask_all().has_value());
  CHECK(world.sent.size() == 1);
  REQUIRE(world.subscriptions.ask_all(Whom::silent_ones).has_value());
  REQUIRE(world.sent.size() == 2);
  CHECK(nlohmann::json::parse(world.sent[1].payload->body)["Token"] == "token-1");
  REQUIRE(world.subscriptions.confirm(kOrders, "token-1").has_value());
  REQUIRE(world.subscriptions.ask_all(Whom::silent_ones).has_value());
  CHECK(world.sent.size() == 2);
}

TEST_CASE("a wrong token and a wrong topic are refused") {
  ConfirmationWorld world;
  REQUIRE(world.subscriptions.ask_all().has_value());
  CHECK(world.subscriptions.confirm(kOrders, "token-2").error().code == ErrorCode::invalid);
  CHECK(world.subscriptions.confirm(kOrders, "").error().code == ErrorCode::invalid);
  CHECK(world.subscriptions.confirm(kOrders + "x", "token-1").error().code == ErrorCode::not_found);
  CHECK_FALSE(world.confirmed());
}

TEST_CASE("a template that is applied anew undoes no confirmation, another address needs its own") {
  ConfirmationWorld world;
  REQUIRE(world.subscriptions.ask_all().has_value());
  REQUIRE(world.subscriptions.confirm(kOrders, "token-1").has_value());
  world.put(ConfirmationWorld::hook("https://a.example/in"));
  CHECK(world.confirmed());
  world.put(ConfirmationWorld::hook("https://b.example/in"));
  CHECK_FALSE(world.confirmed());
  CHECK(world.subscriptions.confirm(kOrders, "token-1").error().code == ErrorCode::invalid);
  REQUIRE(world.subscriptions.ask_all().has_value());
  CHECK(world.sent.size() == 2);
  CHECK(world.subscriptions.confirm(kOrders, "token-2").has_value());
}

TEST_CASE("a confirmation is there after a restart") {
  ConfirmationWorld world;
  REQUIRE(world.subscriptions.ask_all().has_value());
  REQUIRE(world.subscriptions.confirm(kOrders, "token-1").has_value());
  world.topology.set(nullptr);
  REQUIRE(world.book.load().has_value());
  CHECK(world.confirmed());
}

TEST_CASE("a receiver that leaves is gone; one that is not there is an error") {
  ConfirmationWorld world;
  REQUIRE(world.subscriptions.unsubscribe(kHook).has_value());
  CHECK(world.topology.get()->topic(kOrders)->subscriptions.empty());
  CHECK(world.subscriptions.unsubscribe(kHook).error().code == ErrorCode::not_found);
}
