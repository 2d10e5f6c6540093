// Contract section 13.
#include <doctest/doctest.h>

#include "control/managed_rules.h"
#include "control_fixture.h"
#include "model/topology.h"

namespace waybill::testing {

namespace {

using namespace waybill::control;

constexpr const char* kDefaultBusArn = "arn:aws:events:eu-central-1:123456789012:event-bus/default";

class ArchivesFixture : public ControlFixture {
 public:
  Json create(Json request) {
    request.emplace("ArchiveName", "old");
    request.emplace("EventSourceArn", kDefaultBusArn);
    return ok(create_archive, request);
  }
  // As if the archive had taken events.
  void hold(const char* archive, int events, std::int64_t bytes_each) {
    ModelState state = *disk->state();
    const ArchiveId id{row(kinds::kArchive, archive)->state.at("Id").get<std::int64_t>()};
    for (int i = 1; i <= events; ++i) {
      const store::ArchiveQuery::Position at{clock.now(), PayloadId{i}};
      state.archives[id][at] = {id, at.event_time, at.payload, bytes_each, clock.now()};
    }
    disk->set(std::make_shared<const ModelState>(std::move(state)));
  }
};

Fault no_bus(const std::string& name) {
  return {"ResourceNotFoundException", "Event bus " + name + " does not exist."};
}

}  // namespace

TEST_CASE_FIXTURE(ArchivesFixture, "CreateArchive answers the ARN, the state and the time, and nothing else") {
  CHECK(create({}) == Json{{"ArchiveArn", "arn:aws:events:eu-central-1:123456789012:archive/old"},
                           {"State", "ENABLED"},
                           {"CreationTime", kStart}});
}

TEST_CASE_FIXTURE(ArchivesFixture, "DescribeArchive tells what was given, and what the archive holds right now") {
  create({{"Description", "all of it"}, {"EventPattern", R"({ "source": ["shop"] })"}, {"RetentionDays", 7}});
  hold("old", 3, 100);
  CHECK(ok(describe_archive, {{"ArchiveName", "old"}}) ==
        Json{{"ArchiveName", "old"},
             {"ArchiveArn", "arn:aws:events:eu-central-1:123456789012:archive/old"},
             {"EventSourceArn", kDefaultBusArn},
             {"Description", "all of it"},
             {"EventPattern", R"({ "source": ["shop"] })"},
             {"State", "ENABLED"},
             {"RetentionDays", 7},
             {"EventCount", 3},
             {"SizeBytes", 300},
             {"CreationTime", kStart}});
}

TEST_CASE_FIXTURE(ArchivesFixture, "what was not given is absent, but for the retention") {
  create({});
  const Json shown = ok(describe_archive, {{"ArchiveName", "old"}});
  CHECK(!shown.contains("Description"));
  CHECK(!shown.contains("EventPattern"));
  CHECK(!shown.contains("KmsKeyIdentifier"));
  CHECK(shown["RetentionDays"] == 0);
  CHECK(shown["EventCount"] == 0);
}

TEST_CASE_FIXTURE(ArchivesFixture, "items of a list have neither ARN nor description nor pattern, in order of name") {
  create({{"Description", "d"}, {"EventPattern", R"({"source":["a"]})"}});
  create({{"ArchiveName", "new"}});
  CHECK(ok(list_archives, Json::object())["Archives"] == Json::array({{{"ArchiveName", "new"},
                                                                       {"EventSourceArn", kDefaultBusArn},
                                                                       {"State", "ENABLED"},
                                                                       {"RetentionDays", 0},
                                                                       {"EventCount", 0},
                                                                       {"SizeBytes", 0},
                                                                       {"CreationTime", kStart}},
                                                                      {{"ArchiveName", "old"},
                                                                       {"EventSourceArn", kDefaultBusArn},
                                                                       {"State", "ENABLED"},
                                                                       {"RetentionDays", 0},
                                                                       {"EventCount", 0},
                                                                       {"SizeBytes", 0},
                                                                       {"CreationTime", kStart}}}));
}

TEST_CASE_FIXTURE(ArchivesFixture, "a list keeps to its one filter") {
  put_row(kinds::kEventBus, "orders", {{"Name", "orders"}});
  const std::string orders = place.event_bus("orders");
  create({});
  create({{"ArchiveName", "paid"}, {"EventSourceArn", orders}});
  const auto names = [this](const Json& request) {
    std::string all;
    const Json answer = ok(list_archives, request);
    for (const Json& each : answer["Archives"]) all += each["ArchiveName"].get<std::string>() + " ";
    return all;
  };
  CHECK(names({{"NamePrefix", "p"}}) == "paid ");
  CHECK(names({{"EventSourceArn", orders}}) == "paid ");
  CHECK(names({{"State", "ENABLED"}}) == "old paid ");
  CHECK(names({{"State", "DISABLED"}}) == "");
  CHECK(fault(list_archives, {{"EventSourceArn", place.event_bus("gone")}}) == no_bus("gone"));
  CHECK(fault(list_archives, {{"State", "ENABLED"}, {"NamePrefix", "p"}}) ==
        not_valid("At most one filter is allowed for ListArchives. Use either : State, EventSourceArn, or "
                  "NamePrefix."));
}

TEST_CASE_FIXTURE(ArchivesFixture, "CreateArchive refuses an unknown bus, one of elsewhere, and a second archive") {
  create({});
  CHECK(fault(create_archive, {{"ArchiveName", "a"}, {"EventSourceArn", place.event_bus("gone")}}) == no_bus("gone"));
  CHECK(fault(create_archive,
              {{"ArchiveName", "a"}, {"EventSourceArn", "arn:aws:events:us-east-1:123456789012:event-bus/default"}}) ==
        no_bus("default"));
  CHECK(fault(create_archive, {{"ArchiveName", "old"}, {"EventSourceArn", kDefaultBusArn}}) ==
        already_there("Archive old already exists."));
}

TEST_CASE_FIXTURE(ArchivesFixture,
                  "a pattern that is not valid is refused as for a rule, and the archive stays as it was") {
  const Fault bad = fault(create_archive,
                          {{"ArchiveName", "a"}, {"EventSourceArn", kDefaultBusArn}, {"EventPattern", R"({"a":[]})"}});
  CHECK(bad.code == "InvalidEventPatternException");
  CHECK(bad.message.starts_with("Event pattern is not valid. Reason: Empty arrays are not allowed"));
  create({});
  CHECK(fault(update_archive, {{"ArchiveName", "old"}, {"EventPattern", "{}"}}).code == "InvalidEventPatternException");
}

TEST_CASE_FIXTURE(ArchivesFixture, "UpdateArchive changes what is sent and keeps the rest, the events too") {
  create({{"Description", "d"}, {"RetentionDays", 7}});
  hold("old", 2, 10);
  clock.advance(Millis{5000});
  CHECK(ok(update_archive, {{"ArchiveName", "old"}, {"RetentionDays", 1}})["CreationTime"] == kStart);
  const Json shown = ok(describe_archive, {{"ArchiveName", "old"}});
  CHECK(shown["RetentionDays"] == 1);
  CHECK(shown["Description"] == "d");
  CHECK(shown["EventCount"] == 2);
}

TEST_CASE_FIXTURE(ArchivesFixture, "an update of nothing is refused, also for an archive that is not there") {
  const Fault nothing = not_valid("At least one of EventPattern, RetentionDays or Description must be provided.");
  create({});
  CHECK(fault(update_archive, {{"ArchiveName", "old"}}) == nothing);
  CHECK(fault(update_archive, {{"ArchiveName", "gone"}}) == nothing);
}

TEST_CASE_FIXTURE(ArchivesFixture, "an unknown archive is refused by name") {
  const Fault gone = not_there("Archive gone does not exist.");
  CHECK(fault(describe_archive, {{"ArchiveName", "gone"}}) == gone);
  CHECK(fault(delete_archive, {{"ArchiveName", "gone"}}) == gone);
  CHECK(fault(update_archive, {{"ArchiveName", "gone"}, {"Description", "d"}}) == gone);
}

TEST_CASE_FIXTURE(ArchivesFixture, "an archive that comes after a deleted one of its name holds nothing") {
  create({});
  hold("old", 2, 10);
  ok(delete_archive, {{"ArchiveName", "old"}});
  create({});
  CHECK(ok(describe_archive, {{"ArchiveName", "old"}})["EventCount"] == 0);
}

TEST_CASE_FIXTURE(ArchivesFixture, "an archive that a template declares is told in the API's words") {
  put_row(kinds::kArchive, "declared", {{"SourceArn", kDefaultBusArn}, {"EventPattern", {{"source", {"shop"}}}}});
  const Json shown = ok(describe_archive, {{"ArchiveName", "declared"}});
  CHECK(shown["EventSourceArn"] == kDefaultBusArn);
  CHECK(shown["EventPattern"] == R"({"source":["shop"]})");
  CHECK(ok(list_archives, {{"EventSourceArn", kDefaultBusArn}})["Archives"].size() == 1);
}

TEST_CASE_FIXTURE(ArchivesFixture, "behind an archive stands a managed rule that leaves replayed events out") {
  put_row(kinds::kEventBus, "orders", {{"Name", "orders"}});
  create({{"EventPattern", R"({"source":["shop"]})"}});
  create({{"ArchiveName", "paid"}, {"EventSourceArn", place.event_bus("orders")}});
  store::ReaderPool none([] { return Result<std::unique_ptr<store::Reader>>(internal("there is no store")); });
  const Session session(catalog, {place, clock.now(), limits, random, none});
  const auto rules = managed_archive_rules(session, "default");
  REQUIRE(rules.size() == 1);
  CHECK(rules[0]->resource.key.name == "default/Events-Archive-old");
  const Json& body = rules[0]->body;
  CHECK(body["ManagedBy"] == "prod.vhs.events.aws.internal");
  CHECK(body["EventPattern"] == R"({"source":["shop"],"replay-name":[{"exists":false}]})");
  REQUIRE(body["Targets"].size() == 1);
  CHECK(body["Targets"][0]["Arn"] == "arn:aws:events:eu-central-1:::");
  CHECK(body["Targets"][0]["InputTransformer"]["InputPathsMap"] == Json::object());
  const std::string text = body["Targets"][0]["InputTransformer"]["InputTemplate"];
  CHECK(text.find(R"("archive-arn": "arn:aws:events:eu-central-1:123456789012:archive/old)") != std::string::npos);
  const auto others = managed_archive_rules(session, "orders");
  REQUIRE(others.size() == 1);
  CHECK(others[0]->body["EventPattern"] == R"({"replay-name":[{"exists":false}]})");
}

TEST_CASE_FIXTURE(ArchivesFixture, "an archive whose rule's name is taken is refused") {
  ok(put_rule, {{"Name", "Events-Archive-old"}, {"EventPattern", R"({"source":["a"]})"}});
  CHECK(fault(create_archive, {{"ArchiveName", "old"}, {"EventSourceArn", kDefaultBusArn}}) ==
        already_there("Rule Events-Archive-old already exists on EventBus default, and the archive's own rule has that "
                      "name."));
  put_row(kinds::kEventBus, "orders", {{"Name", "orders"}});
  create({{"EventSourceArn", place.event_bus("orders")}});  // another bus
}

TEST_CASE_FIXTURE(ArchivesFixture, "a managed rule is taken apart with Force alone: first its target, then the rule") {
  create({});
  const Json rule{{"Name", "Events-Archive-old"}}, forced{{"Name", "Events-Archive-old"}, {"Force", true}};
  const auto ids = [](const char* id, bool force) {
    return Json{{"Rule", "Events-Archive-old"}, {"Ids", Json::array({id})}, {"Force", force}};
  };
  const auto targets = [&] { return ok(list_targets_by_rule, {{"Rule", "Events-Archive-old"}})["Targets"].size(); };
  const auto takes_events = [&] {
    Topology::EndpointNumbers numbers;
    return Topology::build(catalog, place, numbers).value()->bus("default")->archives.size() == 1;
  };
  CHECK(fault(remove_targets, ids("old", false)).code == "ManagedRuleException");
  CHECK(fault(delete_rule, rule).code == "ManagedRuleException");
  CHECK(fault(delete_rule, forced) == not_valid("Rule can't be deleted since it has targets."));
  ok(remove_targets, ids("other", true));
  CHECK(targets() == 1);
  CHECK(takes_events());
  ok(remove_targets, ids("old", true));
  CHECK(targets() == 0);
  CHECK_FALSE(takes_events());
  CHECK(fault(delete_rule, rule).code == "ManagedRuleException");
  ok(delete_rule, forced);
  CHECK(fault(describe_rule, rule) == not_there("Rule Events-Archive-old does not exist on EventBus default."));
  CHECK(ok(describe_archive, {{"ArchiveName", "old"}})["State"] == "ENABLED");

  ok(update_archive, {{"ArchiveName", "old"}, {"RetentionDays", 1}});
  CHECK(targets() == 1);
  CHECK(takes_events());
}

TEST_CASE_FIXTURE(ArchivesFixture, "an update does not make the rule anew under a name that was taken since") {
  create({});
  ok(remove_targets, {{"Rule", "Events-Archive-old"}, {"Ids", Json::array({"old"})}, {"Force", true}});
  ok(delete_rule, {{"Name", "Events-Archive-old"}, {"Force", true}});
  ok(put_rule, {{"Name", "Events-Archive-old"}, {"EventPattern", R"({"source":["a"]})"}});
  CHECK(fault(update_archive, {{"ArchiveName", "old"}, {"RetentionDays", 1}}).code == "ResourceAlreadyExistsException");
}

TEST_CASE_FIXTURE(ArchivesFixture, "Force makes no difference for a rule of one's own") {
  ok(put_rule, {{"Name", "own"}, {"EventPattern", R"({"source":["a"]})"}});
  ok(put_targets, {{"Rule", "own"}, {"Targets", {{{"Id", "1"}, {"Arn", "arn:aws:sqs:eu-central-1:123456789012:q"}}}}});
  CHECK(fault(delete_rule, {{"Name", "own"}, {"Force", true}}) ==
        not_valid("Rule can't be deleted since it has targets."));
  ok(remove_targets, {{"Rule", "own"}, {"Ids", Json::array({"1"})}, {"Force", true}});
  ok(delete_rule, {{"Name", "own"}, {"Force", true}});
}

}  // namespace waybill::testing
