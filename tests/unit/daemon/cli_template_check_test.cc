#include <fstream>

#include <doctest/doctest.h>

#include "daemon/cli/template_check.h"
#include "support/temp_dir.h"

using namespace waybill;
using namespace waybill::cli;

namespace {

constexpr const char* kGood = R"(Resources:
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: orders}}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      Name: all
      EventBusName: !Ref Bus
      EventPattern: {source: [shop]}
      Targets: [{Id: f, Arn: !GetAtt Function.Arn}]
  Function:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: f, Runtime: native, Handler: nobody.home}
)";

class Rules {
 public:
  Rules& with(const std::string& name, const std::string& text) {
    std::ofstream(directory_.path() / name) << text;
    return *this;
  }
  TemplateCheck check() {
    Settings settings;
    REQUIRE(settings.set("rules", directory_.path()).has_value());
    return check_templates(settings);
  }

 private:
  testing::TempDir directory_;
};

}  // namespace

TEST_CASE("a check says what is loaded") {
  const TemplateCheck check = Rules().with("a.yaml", kGood).check();
  CHECK(check.errors == std::vector<std::string>{});
  REQUIRE(check.loaded.size() == 1);
  CHECK(check.loaded[0].file.ends_with("/a.yaml"));
  CHECK(check.loaded[0].resources.at("AWS::Events::Rule") == 1);
}

TEST_CASE("a directory without templates is a notice that names it, and what a template ends in") {
  const TemplateCheck check = Rules().with("a.yaml.orig", kGood).check();
  CHECK(check.errors == std::vector<std::string>{});
  REQUIRE(check.notices.size() == 1);
  CHECK(check.notices[0].starts_with("rules: the directory '"));
  CHECK(check.notices[0].ends_with("' holds no template; one ends in .yaml, .yml or .json"));
}

TEST_CASE("a handler that nobody provides is a notice that names the function") {
  const TemplateCheck check = Rules().with("a.yaml", kGood).check();
  REQUIRE(check.notices.size() == 1);
  CHECK(check.notices[0].find("function f names the handler nobody.home") != std::string::npos);
}

TEST_CASE("every template that is wrong is named, not only the first") {
  const TemplateCheck check =
      Rules()
          .with("a.yaml", "Resources: {B: {Type: AWS::Events::EventBus, Properties: {Nmae: b}}}\n")
          .with("b.yaml", kGood)
          .with("c.yaml", "Resources: {R: {Type: AWS::Events::Rule, Properties: {EventPattern: {a: 1}}}}\n")
          .check();
  REQUIRE(check.errors.size() == 2);
  CHECK(check.errors[0].find("a.yaml") != std::string::npos);
  CHECK(check.errors[1].find("Event pattern is not valid") != std::string::npos);
}

TEST_CASE("rules that are not there, and plugins that are not there, are errors") {
  Settings settings;
  REQUIRE(settings.set("rules", "/nonexistent/rules").has_value());
  REQUIRE(settings.set("plugins", "/nonexistent/plugin.so").has_value());
  const TemplateCheck check = check_templates(settings);
  REQUIRE(check.errors.size() == 2);
  CHECK(check.errors[0].find("/nonexistent/plugin.so") != std::string::npos);
  CHECK(check.errors[1].find("/nonexistent/rules") != std::string::npos);
}
