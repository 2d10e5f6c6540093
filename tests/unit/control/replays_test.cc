// Contract section 14, as far as the API goes; what a replay does is in tests/unit/archive/.
#include <doctest/doctest.h>

#include "control_fixture.h"

namespace waybill::testing {

namespace {

using namespace waybill::control;

class ReplaysFixture : public ControlFixture {
 public:
  ReplaysFixture() {
    put_row(kinds::kEventBus, "orders", {{"Name", "orders"}});
    ok(create_archive, {{"ArchiveName", "old"}, {"EventSourceArn", bus}});
  }
  // A request that is right, with some members put otherwise.
  Json request(Json changes = Json::object()) const {
    Json made{{"ReplayName", "again"},
              {"EventSourceArn", archive},
              {"EventStartTime", kStart - 3600.5},
              {"EventEndTime", kStart},
              {"Destination", {{"Arn", bus}, {"FilterArns", {rule}}}}};
    made.update(changes);
    return made;
  }
  // As the runner would have left it.
  void set_state(const std::string& name, const Json& changes) {
    Json state = row(kinds::kReplay, name)->state;
    state.update(changes);
    Edit edit;
    Resource resource = row(kinds::kReplay, name)->resource;
    resource.state = state.dump();
    edit.puts.push_back(resource);
    catalog = apply_edit(catalog, edit, clock.now(), [] { return 0; }).value();
  }

  const std::string bus = place.event_bus("orders"), archive = place.archive("old"), rule = place.rule("orders", "big");
};

}  // namespace

TEST_CASE_FIXTURE(ReplaysFixture, "StartReplay answers at once: STARTING") {
  CHECK(ok(start_replay, request()) == Json{{"ReplayArn", "arn:aws:events:eu-central-1:123456789012:replay/again"},
                                            {"State", "STARTING"},
                                            {"ReplayStartTime", kStart}});
}

TEST_CASE_FIXTURE(ReplaysFixture, "DescribeReplay tells what was asked for; what has not happened is absent") {
  ok(start_replay, request({{"Description", "once more"}}));
  CHECK(ok(describe_replay, {{"ReplayName", "again"}}) ==
        Json{{"ReplayName", "again"},
             {"ReplayArn", "arn:aws:events:eu-central-1:123456789012:replay/again"},
             {"Description", "once more"},
             {"State", "STARTING"},
             {"EventSourceArn", archive},
             {"Destination", {{"Arn", bus}, {"FilterArns", {rule}}}},
             {"EventStartTime", kStart - 3600.5},
             {"EventEndTime", kStart},
             {"ReplayStartTime", kStart}});
}

TEST_CASE_FIXTURE(ReplaysFixture, "items of a list have neither ARN nor description nor destination") {
  ok(start_replay, request({{"Description", "once more"}}));
  set_state("again", {{"State", "COMPLETED"}, {"Ended", 1'700'000'060'000}, {"LastReplayed", 1'699'999'999'000}});
  CHECK(ok(list_replays, Json::object())["Replays"] == Json::array({{{"ReplayName", "again"},
                                                                     {"State", "COMPLETED"},
                                                                     {"EventSourceArn", archive},
                                                                     {"EventStartTime", kStart - 3600.5},
                                                                     {"EventEndTime", kStart},
                                                                     {"ReplayStartTime", kStart},
                                                                     {"ReplayEndTime", kStart + 60},
                                                                     {"EventLastReplayedTime", kStart - 1}}}));
}

TEST_CASE_FIXTURE(ReplaysFixture, "a list keeps to its one filter") {
  ok(start_replay, request());
  ok(start_replay, request({{"ReplayName", "back"}}));
  set_state("back", {{"State", "COMPLETED"}});
  const auto names = [this](const Json& filter) {
    std::string all;
    const Json answer = ok(list_replays, filter);
    for (const Json& each : answer["Replays"]) all += each["ReplayName"].get<std::string>() + " ";
    return all;
  };
  CHECK(names(Json::object()) == "again back ");
  CHECK(names({{"NamePrefix", "b"}}) == "back ");
  CHECK(names({{"State", "STARTING"}}) == "again ");
  CHECK(names({{"EventSourceArn", archive}}) == "again back ");
  CHECK(names({{"EventSourceArn", place.archive("other")}}) == "");
  CHECK(fault(list_replays, {{"State", "STARTING"}, {"EventSourceArn", archive}}) ==
        not_valid("At most one filter is allowed for ListReplays. Use either : State, EventSourceArn, or NamePrefix."));
}

TEST_CASE_FIXTURE(ReplaysFixture, "StartReplay checks in this order") {
  ok(start_replay, request());
  // Everything is wrong with this one; each step puts the thing right that was found.
  Json wrong{{"ReplayName", "again"},
             {"EventSourceArn", place.archive("gone")},
             {"EventStartTime", kStart},
             {"EventEndTime", kStart},
             {"Destination", {{"Arn", "arn:aws:sqs:eu-central-1:123456789012:orders"}}}};
  CHECK(fault(start_replay, wrong) ==
        not_valid("Parameter Destination.Arn is not valid. Reason: Must contain an event bus ARN."));
  wrong["Destination"]["Arn"] = place.event_bus("nowhere");
  CHECK(fault(start_replay, wrong) == not_there("Event bus nowhere does not exist."));
  wrong["Destination"]["Arn"] = place.event_bus("default");
  CHECK(fault(start_replay, wrong) ==
        not_valid("Parameter EventSourceArn is not valid. Reason: Archive gone does not exist."));
  wrong["EventSourceArn"] = archive;
  CHECK(fault(start_replay, wrong) ==
        not_valid("Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime."));
  wrong["EventEndTime"] = kStart + 1;
  CHECK(fault(start_replay, wrong) ==
        not_valid("Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted."));
  wrong["Destination"]["Arn"] = bus;
  CHECK(fault(start_replay, wrong) == already_there("Replay again already exists."));
  limits.active_replays = 1;
  wrong["ReplayName"] = "other";
  CHECK(fault(start_replay, wrong) == over_limit());
}

TEST_CASE_FIXTURE(ReplaysFixture, "replays that have ended do not count as active") {
  limits.active_replays = 1;
  ok(start_replay, request());
  set_state("again", {{"State", "CANCELLED"}});
  ok(start_replay, request({{"ReplayName", "other"}}));
  set_state("other", {{"State", "CANCELLING"}});
  CHECK(fault(start_replay, request({{"ReplayName", "third"}})) == over_limit());
}

TEST_CASE_FIXTURE(ReplaysFixture, "a name is free no more, across archives and after the replay's end") {
  ok(start_replay, request());
  set_state("again", {{"State", "COMPLETED"}});
  ok(create_archive, {{"ArchiveName", "newer"}, {"EventSourceArn", bus}});
  CHECK(fault(start_replay, request({{"EventSourceArn", place.archive("newer")}})) ==
        already_there("Replay again already exists."));
}

TEST_CASE_FIXTURE(ReplaysFixture, "an archive of another account or region is not there") {
  CHECK(fault(start_replay, request({{"EventSourceArn", "arn:aws:events:us-east-1:123456789012:archive/old"}})) ==
        not_valid("Parameter EventSourceArn is not valid. Reason: Archive old does not exist."));
}

TEST_CASE_FIXTURE(ReplaysFixture, "CancelReplay of what runs answers CANCELLING and keeps how far it has come") {
  ok(start_replay, request());
  set_state("again", {{"State", "RUNNING"}, {"LastReplayed", 1'699'999'999'000}});
  CHECK(ok(cancel_replay, {{"ReplayName", "again"}}) ==
        Json{{"ReplayArn", "arn:aws:events:eu-central-1:123456789012:replay/again"}, {"State", "CANCELLING"}});
  CHECK(ok(describe_replay, {{"ReplayName", "again"}})["State"] == "CANCELLING");
  CHECK(ok(describe_replay, {{"ReplayName", "again"}})["EventLastReplayedTime"] == kStart - 1);
}

TEST_CASE_FIXTURE(ReplaysFixture, "only what is STARTING or RUNNING can be cancelled") {
  ok(start_replay, request());
  for (const char* state : {"CANCELLING", "CANCELLED", "COMPLETED", "FAILED"}) {
    set_state("again", {{"State", state}});
    CHECK(fault(cancel_replay, {{"ReplayName", "again"}}) ==
          Fault{"IllegalStatusException", "Replay again is not in a valid state for this operation."});
  }
}

TEST_CASE_FIXTURE(ReplaysFixture, "an unknown replay is refused by name") {
  const Fault gone = not_there("Replay gone does not exist.");
  CHECK(fault(describe_replay, {{"ReplayName", "gone"}}) == gone);
  CHECK(fault(cancel_replay, {{"ReplayName", "gone"}}) == gone);
}

}  // namespace waybill::testing
