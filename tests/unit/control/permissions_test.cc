// Contract section 5, "Permissions".
#include "control_fixture.h"

namespace waybill::testing {

using control::create_event_bus;
using control::describe_event_bus;
using control::list_event_buses;
using control::put_permission;
using control::remove_permission;

namespace {

constexpr const char* kDefaultArn = "arn:aws:events:eu-central-1:123456789012:event-bus/default";

Json permission(const char* id, const char* principal) {
  return {{"StatementId", id}, {"Action", "events:PutEvents"}, {"Principal", principal}};
}

class PermissionsFixture : public ControlFixture {
 public:
  // "" while there is none.
  std::string policy() { return ok(describe_event_bus, Json::object()).value("Policy", ""); }
  Json statements() { return Json::parse(policy())["Statement"]; }
};

}  // namespace

TEST_CASE_FIXTURE(PermissionsFixture, "a permission is a statement of the bus's policy, shown as text") {
  CHECK(ok(put_permission, permission("one", "111111111111")) == Json::object());
  const std::string text =
      R"({"Version":"2012-10-17","Statement":[{"Sid":"one","Effect":"Allow",)"
      R"("Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"events:PutEvents","Resource":")" +
      std::string(kDefaultArn) + R"("}]})";
  CHECK(policy() == text);
  CHECK(ok(list_event_buses, Json::object())["EventBuses"][0]["Policy"] == text);
}

TEST_CASE_FIXTURE(PermissionsFixture, "everybody is the plain star") {
  ok(put_permission, permission("all", "*"));
  CHECK(statements()[0]["Principal"] == "*");
}

TEST_CASE_FIXTURE(PermissionsFixture, "a condition is written by type and key") {
  Json request = permission("org", "*");
  request["Condition"] = {{"Type", "StringEquals"}, {"Key", "aws:PrincipalOrgID"}, {"Value", "o-1"}};
  ok(put_permission, request);
  CHECK(statements()[0]["Condition"] == Json{{"StringEquals", {{"aws:PrincipalOrgID", "o-1"}}}});
}

TEST_CASE_FIXTURE(PermissionsFixture, "statements add up in the order of putting; the same id replaces") {
  ok(put_permission, permission("b", "111111111111"));
  ok(put_permission, permission("a", "222222222222"));
  ok(put_permission, permission("b", "333333333333"));
  const Json all = statements();
  REQUIRE(all.size() == 2);
  CHECK(all[0]["Sid"] == "b");
  CHECK(all[0]["Principal"]["AWS"] == "arn:aws:iam::333333333333:root");
  CHECK(all[1]["Sid"] == "a");
}

TEST_CASE_FIXTURE(PermissionsFixture, "a policy replaces the whole document") {
  ok(put_permission, permission("one", "111111111111"));
  const std::string document =
      R"({"Version":"2012-10-17","Statement":[{"Sid":"x","Effect":"Deny","Principal":"*","Action":"events:*",)"
      R"("Resource":"*"}]})";
  ok(put_permission, {{"Policy", document}});
  CHECK(policy() == document);
  ok(put_permission, permission("two", "222222222222"));
  CHECK(statements().size() == 2);
}

TEST_CASE_FIXTURE(PermissionsFixture, "a policy's single statement may stand without a list") {
  ok(put_permission, {{"Policy", R"({"Version":"2012-10-17","Statement":{"Sid":"x","Effect":"Allow"}})"}});
  CHECK(statements() == Json::array({{{"Sid", "x"}, {"Effect", "Allow"}}}));
}

TEST_CASE_FIXTURE(PermissionsFixture, "putting is refused") {
  SUBCASE("for an unknown bus, before all else") {
    CHECK(fault(put_permission, {{"EventBusName", "gone"}, {"Action", "events:Nonsense"}}) ==
          Fault{"ResourceNotFoundException", "Event bus gone does not exist."});
  }
  SUBCASE("for another action") {
    Json request = permission("one", "*");
    request["Action"] = "events:PutRule";
    CHECK(fault(put_permission, request) ==
          Fault{"ValidationException", "Provided value in parameter 'action' is not supported."});
  }
  SUBCASE("for a missing member") {
    Json request = permission("one", "*");
    request.erase("Principal");
    CHECK(fault(put_permission, request) == Fault{"ValidationException", "Parameter(s) Principal must be specified."});
    request = permission("one", "*");
    request.erase("StatementId");
    CHECK(fault(put_permission, request) ==
          Fault{"ValidationException", "Parameter(s) StatementId must be specified."});
  }
  SUBCASE("for a policy that is none") {
    for (const char* text : {"{", "[]", "7", R"({"Statement":"x"})", R"({"Statement":["x"]})"}) {
      CAPTURE(text);
      CHECK(fault(put_permission, {{"Policy", text}}).message.starts_with("Parameter Policy is not valid. Reason: "));
    }
  }
  SUBCASE("for a document that is too long") {
    limits.policy_characters = 300;
    ok(put_permission, permission("one", "111111111111"));
    CHECK(fault(put_permission, permission("two", "222222222222")).code == "PolicyLengthExceededException");
  }
}

TEST_CASE_FIXTURE(PermissionsFixture, "removing takes the statement; with the last one the policy disappears") {
  ok(put_permission, permission("one", "111111111111"));
  ok(put_permission, permission("two", "222222222222"));
  CHECK(ok(remove_permission, {{"StatementId", "one"}}) == Json::object());
  CHECK(statements()[0]["Sid"] == "two");
  ok(remove_permission, {{"StatementId", "two"}});
  CHECK_FALSE(ok(describe_event_bus, Json::object()).contains("Policy"));
}

TEST_CASE_FIXTURE(PermissionsFixture, "removing an unknown statement has one text, with and without a policy") {
  const Fault unknown{"ResourceNotFoundException", "Statement with the provided id does not exist."};
  CHECK(fault(remove_permission, {{"StatementId", "gone"}}) == unknown);
  ok(put_permission, permission("one", "111111111111"));
  CHECK(fault(remove_permission, {{"StatementId", "gone"}}) == unknown);
}

TEST_CASE_FIXTURE(PermissionsFixture, "all permissions can be removed at once, also none") {
  ok(put_permission, permission("one", "111111111111"));
  ok(remove_permission, {{"RemoveAllPermissions", true}});
  CHECK(policy() == "");
  CHECK(ok(remove_permission, {{"RemoveAllPermissions", true}}) == Json::object());
  CHECK(fault(remove_permission, {{"EventBusName", "gone"}, {"RemoveAllPermissions", true}}) ==
        Fault{"ResourceNotFoundException", "Event bus gone does not exist."});
}

TEST_CASE_FIXTURE(PermissionsFixture, "another bus has its own policy, naming that bus") {
  ok(create_event_bus, {{"Name", "orders"}});
  Json request = permission("one", "*");
  request["EventBusName"] = "orders";
  ok(put_permission, request);
  CHECK(policy() == "");
  const Json shown = ok(describe_event_bus, {{"Name", "orders"}});
  CHECK(Json::parse(shown["Policy"].get<std::string>())["Statement"][0]["Resource"] ==
        "arn:aws:events:eu-central-1:123456789012:event-bus/orders");
}

TEST_CASE_FIXTURE(ControlFixture,
                  "statements that templates declare are shown, and taken over by whoever changes them") {
  put_row(kinds::kEventBusPolicy, "stack/P",
          {{"EventBusName", "default"}, {"StatementId", "t"}, {"Action", "events:PutEvents"}, {"Principal", "*"}},
          "stack");
  const auto sids = [&] {
    std::vector<std::string> found;
    const Json shown = ok(control::describe_event_bus, Json::object());
    if (!shown.contains("Policy")) return found;
    const Json policy = Json::parse(shown["Policy"].get<std::string>());
    for (const Json& statement : policy["Statement"]) found.push_back(statement["Sid"]);
    return found;
  };
  CHECK(sids() == std::vector<std::string>{"t"});
  ok(put_permission, {{"Action", "events:PutEvents"}, {"Principal", "111111111111"}, {"StatementId", "own"}});
  CHECK(sids() == std::vector<std::string>{"t", "own"});
  CHECK(row(kinds::kEventBusPolicy, "stack/P") == nullptr);
  ok(control::remove_permission, {{"StatementId", "t"}});
  CHECK(sids() == std::vector<std::string>{"own"});
}

TEST_CASE_FIXTURE(PermissionsFixture, "without a StatementId nothing is removed, also where a statement has no Sid") {
  ok(put_permission, {{"Policy", R"({"Statement":[{"Effect":"Allow"}]})"}});
  const Fault unknown{"ResourceNotFoundException", "Statement with the provided id does not exist."};
  CHECK(fault(remove_permission, Json::object()) == unknown);
  CHECK(fault(remove_permission, {{"RemoveAllPermissions", false}}) == unknown);
  CHECK(statements().size() == 1);
}

TEST_CASE_FIXTURE(PermissionsFixture,
                  "the length of a policy is counted in characters, of the text that is sent and of what it makes") {
  const auto policy_with = [](int letters) {
    std::string sid;
    for (int i = 0; i < letters; ++i) sid += "é";
    return Json{{"Statement", {{{"Sid", sid}}}}}.dump();
  };
  limits.policy_characters = 100;
  ok(put_permission, {{"Policy", policy_with(70)}});
  CHECK(fault(put_permission, {{"Policy", policy_with(80)}}).code == "PolicyLengthExceededException");
  // Too long to be looked at, whatever it is.
  CHECK(fault(put_permission, {{"Policy", std::string(101, '[')}}).code == "PolicyLengthExceededException");
}

TEST_CASE_FIXTURE(PermissionsFixture, "a policy that is nested too deep is none") {
  std::string text = R"({"Statement":[{"X":)";
  for (int i = 0; i < 98; ++i) text += "[";
  for (int i = 0; i < 98; ++i) text += "]";
  CHECK(fault(put_permission, {{"Policy", text + "}]}"}}).message.starts_with("Parameter Policy is not valid."));
}

}  // namespace waybill::testing
