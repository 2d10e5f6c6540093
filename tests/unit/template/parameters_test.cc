#include "template/parameters.h"

#include "loading.h"

using namespace waybill::templates;

namespace {

struct Resolved {
  std::map<std::string, Parameter> parameters;
  std::string problems;
};

Resolved resolve(const std::string& declaration, const std::map<std::string, std::string>& given = {}) {
  const Document document = *waybill::templates::parse_document("Parameters:\n  P: {" + declaration + "}\n", "t.yaml");
  Problems problems(document);
  Resolved resolved;
  resolved.parameters = resolve_parameters(document, given, problems);
  resolved.problems = problems.empty() ? "" : problems.error().message;
  return resolved;
}
Json value(const std::string& declaration, const std::map<std::string, std::string>& given = {}) {
  const Resolved resolved = resolve(declaration, given);
  CHECK(resolved.problems == "");
  return resolved.parameters.at("P").value;
}
std::string problem(const std::string& declaration, const std::map<std::string, std::string>& given = {}) {
  return resolve(declaration, given).problems;
}

const std::string kAt = "t.yaml:2:3: Parameters.P: ";

}  // namespace

TEST_CASE("a parameter has its default, or the value given") {
  CHECK(value("Type: String, Default: dev") == Json("dev"));
  CHECK(value("Type: String, Default: dev", {{"P", "prod"}}) == Json("prod"));
  CHECK(value("Type: String, Default: ''") == Json(""));
  CHECK(value("Type: String, Default: true") == Json("true"));
}

TEST_CASE("a Number stays text, as Ref gives it on AWS; lists are lists of texts") {
  CHECK(value("Type: Number, Default: 7") == Json("7"));
  CHECK(value("Type: Number, Default: 7", {{"P", "0.5"}}) == Json("0.5"));
  CHECK(value("Type: CommaDelimitedList, Default: 'a, b,c'") == Json({"a", "b", "c"}));
  CHECK(value("Type: CommaDelimitedList, Default: ''") == Json::array());
  CHECK(value("Type: List<Number>, Default: '80, 443'") == Json({"80", "443"}));
}

TEST_CASE("what is wrong with a value is said with the parameter, the value and the rule") {
  CHECK(problem("Type: String") == kAt + "has no Default and no value was given; give the parameter P a value");
  CHECK(problem("Type: Number, Default: seven") == kAt + "\"seven\" is not a number");
  CHECK(problem("Type: Number, Default: 1, MinValue: 2") == kAt + "\"1\" is less than MinValue 2");
  CHECK(problem("Type: Number, Default: 9, MaxValue: 2") == kAt + "\"9\" is more than MaxValue 2");
  CHECK(problem("Type: List<Number>, Default: '1, x'") == kAt + "\"x\" is not a number");
  CHECK(problem("Type: String, Default: ab, MinLength: 3") == kAt + "\"ab\" is shorter than MinLength 3");
  CHECK(problem("Type: String, Default: abcd, MaxLength: 3") == kAt + "\"abcd\" is longer than MaxLength 3");
  CHECK(problem("Type: String, Default: üü, MaxLength: 2") == "");
  CHECK(problem("Type: String, Default: x, AllowedValues: [a, b]") ==
        kAt + "\"x\" is not one of the AllowedValues a or b");
  CHECK(problem("Type: String, Default: b, AllowedValues: [a, b]") == "");
  CHECK(problem("Type: CommaDelimitedList, Default: 'a,c', AllowedValues: [a, b]") ==
        kAt + "\"c\" is not one of the AllowedValues a or b");
}

TEST_CASE("AllowedPattern must match the whole value; the ConstraintDescription is in the message") {
  CHECK(problem("Type: String, Default: dev-1, AllowedPattern: '[a-z0-9-]+'") == "");
  CHECK(problem("Type: String, Default: Dev, AllowedPattern: '[a-z]+', ConstraintDescription: lower case") ==
        kAt + "\"Dev\" does not match the AllowedPattern [a-z]+: lower case");
  CHECK(has(problem("Type: String, Default: a, AllowedPattern: '['"),
            "Parameters.P.AllowedPattern: \"[\" is not a regular"));
  CHECK(has(problem("Type: String, Default: aa, AllowedPattern: '(a)\\1'"), "AllowedPattern"));
}

TEST_CASE("a pattern that backtracks without end, or nests without end, cannot hang or crash") {
  CHECK(has(problem("Type: String, Default: " + std::string(4000, 'a') + ", AllowedPattern: '(a+)+b'"),
            "does not match"));
  CHECK(has(problem("Type: String, Default: a, AllowedPattern: '" + std::string(1000, '(') + "'"), "nested too deep"));
  CHECK(has(problem("Type: String, Default: a, AllowedPattern: '" + std::string(2000, 'a') + "'"), "longer than 1024"));
  CHECK(has(problem("Type: String, Default: " + std::string(4097, 'a')), "longer than 4096 bytes"));
}

TEST_CASE("NoEcho keeps the value out of messages and of the loaded template") {
  const std::string text = problem("Type: String, Default: hunter2, MinLength: 20, NoEcho: true");
  CHECK(text == kAt + "the value (not shown) is shorter than MinLength 20");
  const LoadedTemplate loaded = load(R"(
Parameters: {Key: {Type: String, NoEcho: true, Default: hunter2}, Open: {Type: String, Default: x}}
Resources: {Bus: {Type: AWS::Events::EventBus, Properties: {Name: b, Description: !Ref Key}}}
)");
  CHECK(loaded.parameters == std::map<std::string, std::string>{{"Key", "****"}, {"Open", "x"}});
  CHECK(body_of(loaded, "Bus")["Description"] == "hunter2");
}

TEST_CASE("a value for a parameter that is not declared names the nearest one") {
  CHECK(has(problem("Type: String, Default: a", {{"p", "x"}}),
            "a value was given for the parameter \"p\", which this template does not declare; the nearest is P"));
}

TEST_CASE("types that need AWS, and words that are not known, are refused clearly") {
  CHECK(has(problem("Type: 'AWS::SSM::Parameter::Value<String>'"),
            "the type \"AWS::SSM::Parameter::Value<String>\" is not supported, because values are not looked up"));
  CHECK(has(problem("Type: Integer"), "is not supported; use String, Number, List<Number> or CommaDelimitedList"));
  CHECK(has(problem("Default: x"), "Type is missing"));
  CHECK(has(problem("Type: String, Default: a, AllowedPatern: x"),
            "Parameters.P.AllowedPatern: is not known for a parameter; the nearest is AllowedPattern"));
}
