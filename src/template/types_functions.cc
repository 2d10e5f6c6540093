// AWS::Lambda::*: functions, who may call them, how asynchronous calls are retried.
#include <algorithm>

#include "model/arn.h"
#include "template/resource_types.h"
#include "template/text.h"

namespace waybill::templates {

namespace {

bool is_handler_word(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

void check_function(CheckContext& c) {
  const std::string runtime = text_member(c.body, "Runtime");
  if (!runtime.empty() && runtime != "native") {
    c.bad(c.path / "Runtime", in_quotes(runtime) +
                                  " cannot be run; Waybill runs C++ handlers: set Runtime to native and "
                                  "Handler to <plugin>.<name>");
  }
  const std::string handler = text_member(c.body, "Handler");
  const std::size_t dot = handler.find('.');
  const bool two_words =
      dot != std::string::npos && is_handler_word(handler.substr(0, dot)) && is_handler_word(handler.substr(dot + 1));
  if (!handler.empty() && !two_words) {
    c.bad(c.path / "Handler",
          in_quotes(handler) + " is not of the form <plugin>.<name>, like logistics.shipment_processor");
  }
  const std::string role = text_member(c.body, "Role");
  if (!role.empty()) {
    const auto arn = Arn::parse(role);
    if (!arn || arn->service != "iam" || !arn->resource_of("role")) {
      c.bad(c.path / "Role", in_quotes(role) + " is not the ARN of a role");
    }
  }
  const Json* letters = find_member(c.body, "DeadLetterConfig");
  const std::string target = letters ? text_member(*letters, "TargetArn") : "";
  const auto arn = Arn::parse(target);
  if (!target.empty() && (!arn || (arn->service != "sns" && arn->service != "sqs"))) {
    c.bad(c.path / "DeadLetterConfig" / "TargetArn", in_quotes(target) + " is not the ARN of a topic or a queue");
  }
}

ResourceType function() {
  ResourceType type;
  type.name = "AWS::Lambda::Function";
  type.name_property = "FunctionName";
  type.name_length = 64;
  type.name_characters = "_-";
  type.arn = "arn:{partition}:lambda:{region}:{account}:function:{name}";
  type.ref = "{name}";
  type.key = "{name}";
  type.attributes = {{"Arn", "{arn}", ""}};
  type.properties = {
      text("FunctionName"),
      text("Runtime").required(),
      text("Handler").required(),
      text("Role"),
      integer("Timeout").between(1, 900),
      integer("ReservedConcurrentExecutions").at_least(0),
      object("Environment", {text_map("Variables")}),
      object("DeadLetterConfig", {text("TargetArn")}),
      text("Description").at_most(256).without_effect(),
      integer("MemorySize").between(128, 32'768).without_effect(),
      object("TracingConfig", {one_of("Mode", {"Active", "PassThrough"}).required()}).without_effect(),
      object("LoggingConfig",
             {text("LogFormat"), text("LogGroup"), text("ApplicationLogLevel"), text("SystemLogLevel")})
          .without_effect(),
      anything("Code").without_effect(),
      texts("Layers").without_effect(),
      texts("Architectures").without_effect(),
      text("PackageType").without_effect(),
      anything("EphemeralStorage").without_effect(),
      anything("VpcConfig").without_effect(),
      anything("FileSystemConfigs").without_effect(),
      anything("ImageConfig").without_effect(),
      text("KmsKeyArn").without_effect(),
      anything("SnapStart").without_effect(),
      anything("RuntimeManagementConfig").without_effect(),
      text("CodeSigningConfigArn").without_effect(),
      text("RecursiveLoop").without_effect(),
      tags(),
  };
  type.check = check_function;
  return type;
}

// Who may invoke a function is not checked: what a rule or topic names as its target, it may invoke.
ResourceType permission() {
  ResourceType type;
  type.name = "AWS::Lambda::Permission";
  type.ref = "{stack}-{id}";
  type.key = "{stack}/{id}";
  type.attributes = {{"Id", "{stack}-{id}", ""}};
  type.properties = {
      text("FunctionName").required().without_effect(), text("Action").required().without_effect(),
      text("Principal").required().without_effect(),    text("SourceArn").without_effect(),
      text("SourceAccount").without_effect(),           text("EventSourceToken").without_effect(),
      text("FunctionUrlAuthType").without_effect(),     boolean("InvokedViaFunctionUrl").without_effect(),
      text("PrincipalOrgID").without_effect(),
  };
  return type;
}

Property destination(std::string name) { return object(std::move(name), {text("Destination").required()}); }

ResourceType invoke_config() {
  ResourceType type;
  type.name = "AWS::Lambda::EventInvokeConfig";
  type.ref = "{stack}-{id}";
  type.key = "{stack}/{id}";
  type.properties = {
      text("FunctionName").required(),
      text("Qualifier").required(),
      integer("MaximumRetryAttempts").between(0, 2),
      integer("MaximumEventAgeInSeconds").between(60, 21'600),
      object("DestinationConfig", {destination("OnFailure"), destination("OnSuccess")}),
  };
  return type;
}

}  // namespace

std::vector<ResourceType> function_types() { return {function(), permission(), invoke_config()}; }

}  // namespace waybill::templates
