// Contract section 16.
#include "control_fixture.h"

namespace waybill::testing {

using control::create_event_bus;
using control::delete_event_bus;
using control::list_tags_for_resource;
using control::put_rule;
using control::tag_resource;
using control::untag_resource;

namespace {

constexpr const char* kTaggedBus = "arn:aws:events:eu-central-1:123456789012:event-bus/orders";

Json tag(const std::string& key, const std::string& value) { return {{"Key", key}, {"Value", value}}; }

class TagsFixture : public ControlFixture {
 public:
  TagsFixture() {
    ok(create_event_bus, {{"Name", "orders"}});
    put_row(kinds::kRule, "default/big", {{"Name", "big"}});
    put_row(kinds::kRule, "orders/big", {{"Name", "big"}});
  }
  Json tags(const std::string& arn) { return ok(list_tags_for_resource, {{"ResourceARN", arn}})["Tags"]; }
  void put_tags(const std::string& arn, const Json& list) {
    CHECK(ok(tag_resource, {{"ResourceARN", arn}, {"Tags", list}}) == Json::object());
  }
};

}  // namespace

TEST_CASE_FIXTURE(TagsFixture, "tags of buses and rules, each its own, in order of insertion") {
  const std::string rule_arn = "arn:aws:events:eu-central-1:123456789012:rule/big";
  const std::string bus_rule_arn = "arn:aws:events:eu-central-1:123456789012:rule/orders/big";
  CHECK(tags(kTaggedBus) == Json::array());
  put_tags(kTaggedBus, {tag("z", "1"), tag("a", "2")});
  put_tags(rule_arn, Json::array({tag("of", "rule")}));
  put_tags(bus_rule_arn, Json::array({tag("of", "bus rule")}));
  CHECK(tags(kTaggedBus) == Json{tag("z", "1"), tag("a", "2")});
  CHECK(tags(rule_arn) == Json::array({tag("of", "rule")}));
  CHECK(tags(bus_rule_arn) == Json::array({tag("of", "bus rule")}));
}

TEST_CASE_FIXTURE(TagsFixture, "a key is overwritten where it stands; of two in one call the last wins") {
  put_tags(kTaggedBus, {tag("a", "1"), tag("b", "1")});
  put_tags(kTaggedBus, {tag("c", "1"), tag("a", "2"), tag("c", "2")});
  CHECK(tags(kTaggedBus) == Json{tag("a", "2"), tag("b", "1"), tag("c", "2")});
}

TEST_CASE_FIXTURE(TagsFixture, "untagging takes the keys that there are") {
  put_tags(kTaggedBus, {tag("a", "1"), tag("b", "1")});
  CHECK(ok(untag_resource, {{"ResourceARN", kTaggedBus}, {"TagKeys", {"a", "never"}}}) == Json::object());
  CHECK(tags(kTaggedBus) == Json::array({tag("b", "1")}));
  ok(untag_resource, {{"ResourceARN", kTaggedBus}, {"TagKeys", Json::array({"b"})}});
  CHECK(tags(kTaggedBus) == Json::array());
}

TEST_CASE_FIXTURE(TagsFixture, "a resource has at most 50 tags") {
  Json fifty = Json::array();
  for (int i = 0; i < 50; ++i) fifty.push_back(tag("k" + std::to_string(i), ""));
  put_tags(kTaggedBus, fifty);
  put_tags(kTaggedBus, Json::array({tag("k7", "again")}));
  CHECK(fault(tag_resource, {{"ResourceARN", kTaggedBus}, {"Tags", Json::array({tag("more", "")})}}) ==
        Fault{"LimitExceededException", "The requested resource exceeds the maximum number allowed."});
}

TEST_CASE_FIXTURE(TagsFixture, "tags given at creation; a new bus of an old name starts without") {
  ok(create_event_bus, {{"Name", "audit"}, {"Tags", {tag("a", "1"), tag("a", "2")}}});
  const std::string arn = "arn:aws:events:eu-central-1:123456789012:event-bus/audit";
  CHECK(tags(arn) == Json::array({tag("a", "2")}));
  ok(delete_event_bus, {{"Name", "audit"}});
  ok(create_event_bus, {{"Name", "audit"}});
  CHECK(tags(arn) == Json::array());
}

TEST_CASE_FIXTURE(TagsFixture, "the rule of an archive has no tags and takes none") {
  ok(control::create_archive, {{"ArchiveName", "kept"}, {"EventSourceArn", kTaggedBus}});
  const std::string arn = "arn:aws:events:eu-central-1:123456789012:rule/orders/Events-Archive-kept";
  CHECK(tags(arn) == Json::array());
  const auto tagged = fault(tag_resource, {{"ResourceARN", arn}, {"Tags", Json::array({tag("a", "b")})}});
  const auto untagged = fault(untag_resource, {{"ResourceARN", arn}, {"TagKeys", Json::array({"a"})}});
  for (const control::Fault& refusal : {tagged, untagged}) CHECK(refusal.code == "ManagedRuleException");
}

TEST_CASE_FIXTURE(TagsFixture, "unknown resources have the texts of their kind, for all three calls") {
  const auto check = [this](const std::string& arn, const Fault& expected) {
    CAPTURE(arn);
    CHECK(fault(list_tags_for_resource, {{"ResourceARN", arn}}) == expected);
    CHECK(fault(tag_resource, {{"ResourceARN", arn}, {"Tags", Json::array({tag("a", "b")})}}) == expected);
    CHECK(fault(untag_resource, {{"ResourceARN", arn}, {"TagKeys", Json::array({"a"})}}) == expected);
  };
  const auto unknown = [](const char* text) { return Fault{"ResourceNotFoundException", text}; };
  const std::string here = "arn:aws:events:eu-central-1:123456789012:";
  check(here + "event-bus/gone", unknown("Event bus gone does not exist."));
  check(here + "rule/gone", unknown("Rule gone does not exist on EventBus default."));
  check(here + "rule/orders/gone", unknown("Rule gone does not exist on EventBus orders."));
  check(here + "rule/gone/big", unknown("Rule big does not exist on EventBus gone."));
  ok(delete_event_bus, {{"Name", "never"}});
  check("arn:aws:events:us-east-1:123456789012:rule/big", unknown("Rule big does not exist on EventBus default."));
  const Fault wrong_kind{"ValidationException",
                         "Parameter ResourceARN is not valid. Reason: Must contain the ARN of a rule or an event bus."};
  check(here + "archive/all", wrong_kind);
  check("arn:aws:sqs:eu-central-1:123456789012:rule/big", wrong_kind);
  check("orders", wrong_kind);
}

TEST_CASE_FIXTURE(TagsFixture, "tags of a new rule keep to what holds for tags") {
  const auto with = [](const Json& list) {
    return Json{{"Name", "tagged"}, {"EventPattern", R"({"source":["a"]})"}, {"Tags", list}};
  };
  Json many = Json::array();
  for (int i = 0; i < 51; ++i) many.push_back(tag("k" + std::to_string(i), ""));
  CHECK(fault(put_rule, with(many)).code == "LimitExceededException");
  ok(put_rule, with({tag("a", "1"), tag("a", "2")}));
  const std::string arn = "arn:aws:events:eu-central-1:123456789012:rule/tagged";
  CHECK(tags(arn) == Json::array({tag("a", "2")}));
  // AWS: of a rule that is there they are passed over.
  ok(put_rule, with(many));
  CHECK(tags(arn) == Json::array({tag("a", "2")}));
}

TEST_CASE_FIXTURE(TagsFixture, "keys that begin with aws: are AWS's own") {
  for (const char* key : {"aws:x", "AWS:x", "Aws:"}) {
    const Json list = Json::array({tag(key, "1")});
    const Fault reserved{"ValidationException", "Parameter Tags is not valid. Reason: The key " + std::string(key) +
                                                    " begins with aws:, which is reserved."};
    CHECK(fault(tag_resource, {{"ResourceARN", kTaggedBus}, {"Tags", list}}) == reserved);
    CHECK(fault(create_event_bus, {{"Name", "new"}, {"Tags", list}}) == reserved);
    CHECK(fault(put_rule, {{"Name", "new"}, {"EventPattern", R"({"source":["a"]})"}, {"Tags", list}}) == reserved);
  }
  put_tags(kTaggedBus, Json::array({tag("awsx", "1"), tag("aw", "2")}));
}

}  // namespace waybill::testing
