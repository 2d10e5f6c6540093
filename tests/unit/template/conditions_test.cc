#include "template/conditions.h"

#include "loading.h"

using namespace waybill::templates;

namespace {

// Names of the buses that are loaded under the conditions.
std::string with(const std::string& conditions, const std::string& stage = "dev") {
  return "Parameters: {Stage: {Type: String, Default: " + stage + "}}\nMappings: {M: {dev: {X: yes}}}\nConditions: {" +
         conditions + "}\nResources:\n  A: {Type: AWS::SNS::Topic, Condition: C}\n  B: {Type: AWS::SNS::Topic}\n";
}
bool holds(const std::string& condition, const std::string& more = "") {
  return load(with("C: " + condition + more)).resources.size() == 2;
}

}  // namespace

TEST_CASE("Fn::Equals compares texts, numbers and lists") {
  CHECK(holds("!Equals [a, a]"));
  CHECK_FALSE(holds("!Equals [a, b]"));
  CHECK(holds("!Equals [1, '1']"));
  CHECK(holds("!Equals ['true', true]"));
  CHECK(holds("!Equals [!Ref Stage, dev]"));
  CHECK(holds("{'Fn::Equals': [{Ref: Stage}, dev]}"));
  CHECK(holds("!Equals [!Sub 'x-${Stage}', x-dev]"));
  CHECK(holds("!Equals [!FindInMap [M, !Ref Stage, X], 'true']"));
}

TEST_CASE("Fn::And, Fn::Or, Fn::Not and Condition, nested") {
  const std::string more = ", T: !Equals [a, a], F: !Equals [a, b]";
  CHECK(holds("!And [!Condition T, !Condition T]", more));
  CHECK_FALSE(holds("!And [!Condition T, !Condition F]", more));
  CHECK(holds("!Or [!Condition F, !Condition T]", more));
  CHECK_FALSE(holds("!Or [!Condition F, !Condition F]", more));
  CHECK(holds("!Not [!Condition F]", more));
  CHECK(holds("!Not [!And [!Condition T, !Not [!Condition T]]]", more));
  CHECK(holds("{Condition: T}", more));
}

TEST_CASE("what is wrong with a condition is said once, where it stands") {
  CHECK(has(error_of(with("C: !Equals [a]")), "demo.yaml:3:17: Conditions.C: Fn::Equals takes a list of two values"));
  CHECK(has(error_of(with("C: !And [!Equals [a, a]]")), "Fn::And takes a list of 2 to 10 conditions"));
  CHECK(has(error_of(with("C: !Not [!Equals [a, a], !Equals [a, a]]")), "Fn::Not takes a list of one condition"));
  CHECK(has(error_of(with("C: !Condition D, E: !Equals [a, a]")), "there is no condition \"D\"; the nearest is"));
  CHECK(has(error_of(with("C: yes")), "a condition is one of Fn::Equals"));
  CHECK(has(error_of(with("C: !Join [a, [b]]")), "\"Fn::Join\" cannot stand here"));
  CHECK(has(error_of(with("C: !Equals [!Ref B, x]")), "there is no parameter \"B\""));
  CHECK(has(error_of(with("C: !Equals [!If [C, a, b], x]")), "Fn::If cannot stand in Conditions"));
  CHECK(has(error_of(with("Unused: !Equals [a], C: !Equals [a, a]")), "Conditions.Unused"));
}

TEST_CASE("a condition that needs itself is reported with the way round") {
  CHECK(has(error_of(with("C: !Not [!Condition D], D: !Condition E, E: !Not [!Condition C]")),
            "Conditions.C: refers to itself: C → D → E → C"));
}

TEST_CASE("a resource may name a condition that is not there") {
  CHECK(has(error_of(with("X: !Equals [a, a]")), "A.Condition: there is no condition \"C\"; the nearest is X"));
}
