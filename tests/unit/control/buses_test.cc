// Contract section 5, event buses.
#include "control_fixture.h"

namespace waybill::testing {

using control::create_event_bus;
using control::delete_event_bus;
using control::describe_event_bus;
using control::list_event_buses;
using control::update_event_bus;

namespace {

constexpr const char* kOrdersArn = "arn:aws:events:eu-central-1:123456789012:event-bus/orders";
const Json kOrders = {{"Name", "orders"}};

}  // namespace

TEST_CASE_FIXTURE(ControlFixture, "the default bus is always there") {
  CHECK(ok(describe_event_bus, Json::object()) ==
        Json{{"Name", "default"},
             {"Arn", "arn:aws:events:eu-central-1:123456789012:event-bus/default"},
             {"CreationTime", kStart},
             {"LastModifiedTime", kStart}});
  CHECK(fault(create_event_bus, {{"Name", "default"}}) ==
        Fault{"ResourceAlreadyExistsException", "Event bus default already exists."});
  CHECK(fault(delete_event_bus, {{"Name", "default"}}) ==
        Fault{"ValidationException", "Cannot delete event bus default."});
}

TEST_CASE_FIXTURE(ControlFixture, "create answers the ARN, and of the settings those given") {
  CHECK(ok(create_event_bus, kOrders) == Json{{"EventBusArn", kOrdersArn}});
  const Json settings = {{"Description", "all of them"},
                         {"KmsKeyIdentifier", "alias/key"},
                         {"DeadLetterConfig", {{"Arn", "arn:aws:sqs:eu-central-1:123456789012:dead"}}},
                         {"LogConfig", {{"Level", "ERROR"}}}};
  Json request = settings;
  request["Name"] = "audit";
  Json answer = settings;
  answer["EventBusArn"] = "arn:aws:events:eu-central-1:123456789012:event-bus/audit";
  CHECK(ok(create_event_bus, request) == answer);
  Json described = request;
  described["Arn"] = answer["EventBusArn"];
  described["CreationTime"] = kStart;
  described["LastModifiedTime"] = kStart;
  CHECK(ok(describe_event_bus, {{"Name", "audit"}}) == described);
}

TEST_CASE_FIXTURE(ControlFixture, "describe takes a name or an ARN, and shows neither absent nor empty members") {
  ok(create_event_bus, {{"Name", "orders"}, {"Description", ""}});
  const Json shown = {{"Name", "orders"}, {"Arn", kOrdersArn}, {"CreationTime", kStart}, {"LastModifiedTime", kStart}};
  CHECK(ok(describe_event_bus, kOrders) == shown);
  CHECK(ok(describe_event_bus, {{"Name", kOrdersArn}}) == shown);
}

TEST_CASE_FIXTURE(ControlFixture, "create is refused") {
  ok(create_event_bus, kOrders);
  const auto not_valid = [](const char* text) { return Fault{"ValidationException", text}; };
  SUBCASE("when the bus exists") {
    CHECK(fault(create_event_bus, kOrders) ==
          Fault{"ResourceAlreadyExistsException", "Event bus orders already exists."});
  }
  SUBCASE("for a slash in the name, without a partner's source") {
    CHECK(fault(create_event_bus, {{"Name", "a/b"}}) == not_valid("Event bus name must not contain '/'."));
  }
  SUBCASE("for a source of another name") {
    CHECK(fault(create_event_bus, {{"Name", "aws.partner/a/b"}, {"EventSourceName", "aws.partner/a/c"}}) ==
          not_valid("Event bus name must match event source name"));
  }
  SUBCASE("for a source that no partner offers") {
    CHECK(fault(create_event_bus, {{"Name", "aws.partner/a/b"}, {"EventSourceName", "aws.partner/a/b"}}) ==
          Fault{"ResourceNotFoundException", "Event source aws.partner/a/b does not exist."});
  }
  SUBCASE("for dead letters that do not go to a queue") {
    CHECK(fault(create_event_bus,
                {{"Name", "b"}, {"DeadLetterConfig", {{"Arn", "arn:aws:sns:eu-central-1:123456789012:t"}}}}) ==
          not_valid("sns is not supported as a dead letter resource"));
    CHECK(fault(create_event_bus, {{"Name", "b"}, {"DeadLetterConfig", {{"Arn", "dead"}}}}) ==
          not_valid("Parameter dead is not valid. Reason: Provided Arn is not in correct format."));
  }
  SUBCASE("beyond the quota, the default bus not counted") {
    limits.buses = 2;
    ok(create_event_bus, {{"Name", "second"}});
    CHECK(fault(create_event_bus, {{"Name", "third"}}) ==
          Fault{"LimitExceededException", "The requested resource exceeds the maximum number allowed."});
  }
  SUBCASE("with more than 50 tags") {
    Json tags = Json::array();
    for (int i = 0; i < 51; ++i) tags.push_back({{"Key", std::to_string(i)}, {"Value", ""}});
    CHECK(fault(create_event_bus, {{"Name", "b"}, {"Tags", tags}}).code == "LimitExceededException");
  }
}

TEST_CASE_FIXTURE(ControlFixture, "an unknown bus can be deleted, but neither described nor updated") {
  const Fault unknown{"ResourceNotFoundException", "Event bus gone does not exist."};
  CHECK(ok(delete_event_bus, {{"Name", "gone"}}) == Json::object());
  CHECK(fault(describe_event_bus, {{"Name", "gone"}}) == unknown);
  CHECK(fault(describe_event_bus, {{"Name", "arn:aws:events:eu-central-1:123456789012:event-bus/gone"}}) == unknown);
  CHECK(fault(update_event_bus, {{"Name", "gone"}, {"Description", "d"}}) == unknown);
}

TEST_CASE_FIXTURE(ControlFixture, "a bus with rules cannot be deleted") {
  ok(create_event_bus, kOrders);
  put_row(kinds::kRule, "orders/big", {{"Name", "big"}});
  const Fault has_rules{"ValidationException", "EventBus can't be deleted since it has rules."};
  CHECK(fault(delete_event_bus, kOrders) == has_rules);
  catalog.erase({place.account, place.region, kinds::kRule, "orders/big"});
  ok(delete_event_bus, kOrders);
  CHECK(row(kinds::kEventBus, "orders") == nullptr);
}

TEST_CASE_FIXTURE(ControlFixture, "a bus with an archive has the archive's rule") {
  ok(create_event_bus, kOrders);
  put_row(kinds::kArchive, "all", {{"ArchiveName", "all"}, {"SourceArn", kOrdersArn}});
  CHECK(fault(delete_event_bus, kOrders) ==
        Fault{"ValidationException", "EventBus can't be deleted since it has rules."});
}

TEST_CASE_FIXTURE(ControlFixture,
                  "the list is in byte order of the name, by prefix, without what only describe shows") {
  for (const char* name : {"orders", "Zoo", "order-2"}) {
    ok(create_event_bus, {{"Name", name}, {"Description", name}, {"KmsKeyIdentifier", "alias/key"}});
  }
  const auto names = [this](const Json& request) {
    Json found = Json::array();
    const Json answer = ok(list_event_buses, request);
    for (const Json& bus : answer["EventBuses"]) found.push_back(bus["Name"]);
    return found;
  };
  CHECK(names(Json::object()) == Json{"Zoo", "default", "order-2", "orders"});
  CHECK(names({{"NamePrefix", "order"}}) == Json{"order-2", "orders"});
  CHECK(names({{"NamePrefix", "ORDER"}}) == Json::array());
  CHECK(ok(list_event_buses, {{"NamePrefix", "orders"}})["EventBuses"] ==
        Json::array({{{"Name", "orders"},
                      {"Arn", kOrdersArn},
                      {"Description", "orders"},
                      {"CreationTime", kStart},
                      {"LastModifiedTime", kStart}}}));
}

TEST_CASE_FIXTURE(ControlFixture, "update replaces what is given and keeps the rest") {
  ok(create_event_bus, {{"Name", "orders"}, {"Description", "old"}, {"KmsKeyIdentifier", "alias/key"}});
  clock.advance(Millis{1500});
  CHECK(ok(update_event_bus, {{"Name", "orders"}, {"Description", "new"}}) ==
        Json{{"Name", "orders"}, {"Arn", kOrdersArn}, {"Description", "new"}, {"KmsKeyIdentifier", "alias/key"}});
  CHECK(ok(update_event_bus, {{"Name", "orders"}, {"KmsKeyIdentifier", ""}}) ==
        Json{{"Name", "orders"}, {"Arn", kOrdersArn}, {"Description", "new"}});
  CHECK(ok(describe_event_bus, kOrders) == Json{{"Name", "orders"},
                                                {"Arn", kOrdersArn},
                                                {"Description", "new"},
                                                {"CreationTime", kStart},
                                                {"LastModifiedTime", kStart + 1.5}});
  CHECK(fault(update_event_bus,
              {{"Name", "orders"}, {"DeadLetterConfig", {{"Arn", "arn:aws:lambda:eu-central-1:1:function:f"}}}}) ==
        Fault{"ValidationException", "lambda is not supported as a dead letter resource"});
}

TEST_CASE_FIXTURE(ControlFixture, "update without a name is of the default bus") {
  CHECK(ok(update_event_bus, {{"Description", "d"}})["Name"] == "default");
  CHECK(ok(describe_event_bus, Json::object())["Description"] == "d");
}

TEST_CASE_FIXTURE(ControlFixture, "buses are kept per account and region") {
  ok(create_event_bus, kOrders);
  place.region = "us-east-1";
  open_place();
  CHECK(fault(describe_event_bus, kOrders).message == "Event bus orders does not exist.");
  CHECK(ok(describe_event_bus, Json::object())["Arn"] == "arn:aws:events:us-east-1:123456789012:event-bus/default");
}

TEST_CASE_FIXTURE(ControlFixture, "a template's bus can be changed and deleted, and stays the template's") {
  put_row(kinds::kEventBus, "orders", {{"Name", "orders"}}, "shop");
  ok(update_event_bus, {{"Name", "orders"}, {"Description", "mine"}});
  CHECK(row(kinds::kEventBus, "orders")->resource.owner == "shop");
  ok(delete_event_bus, kOrders);
  CHECK(row(kinds::kEventBus, "orders") == nullptr);
}

TEST_CASE_FIXTURE(ControlFixture, "a place that nobody has changed has its default bus, and looking stores nothing") {
  place = {"210987654321", "us-west-2"};
  const Catalog before = catalog;
  CHECK(ok(describe_event_bus, Json::object())["Arn"] == "arn:aws:events:us-west-2:210987654321:event-bus/default");
  CHECK(ok(list_event_buses, Json::object())["EventBuses"].size() == 1);
  CHECK(ok(list_event_buses, {{"NamePrefix", "x"}})["EventBuses"].empty());
  CHECK(catalog == before);
  ok(create_event_bus, {{"Name", "a"}});
  ok(create_event_bus, {{"Name", "z"}});
  REQUIRE(row(kinds::kEventBus, "default"));  // with the first change
  const Json buses = ok(list_event_buses, Json::object())["EventBuses"];
  REQUIRE(buses.size() == 3);
  CHECK(buses[1]["Name"] == "default");
  CHECK(buses[1]["CreationTime"] == kStart);
}

TEST_CASE_FIXTURE(ControlFixture, "the first change of a place may be one of its default bus") {
  place = {"210987654321", "us-west-2"};
  ok(update_event_bus, {{"Description", "d"}});
  CHECK(ok(describe_event_bus, Json::object())["Description"] == "d");
  CHECK(row(kinds::kEventBus, "default")->body == Json{{"Name", "default"}, {"Description", "d"}});
}

}  // namespace waybill::testing
