// AWS::IAM::*: what functions may do.
#include <algorithm>

#include "template/resource_types.h"
#include "template/text.h"

namespace waybill::templates {

namespace {

// A statement that grants less, or more, than its author reads is worse than one that is refused.
void check_statement(CheckContext& c, const Json& statement, const Path& path) {
  if (!statement.is_object()) return c.bad(path, "must be a map, not " + kind_of(statement));
  const std::string effect = text_member(statement, "Effect");
  if (effect != "Allow" && effect != "Deny") c.bad(path / "Effect", "must be Allow or Deny");
  for (const auto& [positive, negative] : {std::pair{"Action", "NotAction"}, std::pair{"Resource", "NotResource"}}) {
    if (find_member(statement, negative)) c.bad(path / negative, std::string(negative) + " is not supported");
    const Json* value = find_member(statement, positive);
    if (!value && !find_member(statement, negative)) c.bad(path, std::string(positive) + " is missing");
    const bool list = value && value->is_array() &&
                      std::all_of(value->begin(), value->end(), [](const Json& each) { return each.is_string(); });
    if (value && !value->is_string() && !list) c.bad(path / positive, "must be a text or a list of texts");
  }
  if (find_member(statement, "Condition")) {
    c.doubt(display(path) + " has a Condition, which is not looked at");
  }
}

void check_document(CheckContext& c, const Json* policy, const Path& path) {
  if (!policy || !policy->is_object()) return;
  const Json* statements = find_member(*policy, "Statement");
  if (!statements) return c.bad(path, "Statement is missing");
  if (!statements->is_array()) return check_statement(c, *statements, path / "Statement");
  for (std::size_t i = 0; i < statements->size(); ++i) check_statement(c, (*statements)[i], path / "Statement" / i);
}

void check_role(CheckContext& c) {
  const Json* policies = find_member(c.body, "Policies");
  if (!policies || !policies->is_array()) return;
  for (std::size_t i = 0; i < policies->size(); ++i) {
    check_document(c, find_member((*policies)[i], "PolicyDocument"), c.path / "Policies" / i / "PolicyDocument");
  }
}

void check_policy(CheckContext& c) {
  check_document(c, find_member(c.body, "PolicyDocument"), c.path / "PolicyDocument");
}

ResourceType role() {
  ResourceType type;
  type.name = "AWS::IAM::Role";
  type.name_property = "RoleName";
  type.name_length = 64;
  type.name_characters = "+=,.@_-";
  type.arn = "arn:{partition}:iam::{account}:role{path}{name}";
  type.ref = "{name}";
  type.key = "{name}";
  type.attributes = {{"Arn", "{arn}", ""}, {"RoleId", "{uuid}", ""}};
  type.properties = {
      text("RoleName"),
      text("Path"),
      objects("Policies", {text("PolicyName").required(), document("PolicyDocument").required()}),
      texts("ManagedPolicyArns").at_most(20),
      document("AssumeRolePolicyDocument").required().without_effect(),
      text("Description").without_effect(),
      integer("MaxSessionDuration").between(3600, 43'200).without_effect(),
      text("PermissionsBoundary").without_effect(),
      tags(),
  };
  type.check = check_role;
  return type;
}

ResourceType policy() {
  ResourceType type;
  type.name = "AWS::IAM::Policy";
  type.ref = "{PolicyName}";
  type.key = "{stack}/{id}";  // AWS: the name is unique within each role only
  type.attributes = {{"Id", "{stack}-{id}", ""}};
  type.properties = {
      text("PolicyName").required(),   document("PolicyDocument").required(), texts("Roles"),
      texts("Users").without_effect(), texts("Groups").without_effect(),
  };
  type.check = check_policy;
  return type;
}

ResourceType managed_policy() {
  ResourceType type;
  type.name = "AWS::IAM::ManagedPolicy";
  type.name_property = "ManagedPolicyName";
  type.name_length = 128;
  type.name_characters = "+=,.@_-";
  type.arn = "arn:{partition}:iam::{account}:policy{path}{name}";
  type.ref = "{arn}";
  type.key = "{name}";
  type.attributes = {{"PolicyArn", "{arn}", ""}, {"PolicyId", "{uuid}", ""}};
  type.properties = {
      text("ManagedPolicyName"),
      text("Path"),
      document("PolicyDocument").required(),
      texts("Roles"),
      text("Description").without_effect(),
      texts("Users").without_effect(),
      texts("Groups").without_effect(),
  };
  type.check = check_policy;
  return type;
}

}  // namespace

std::vector<ResourceType> permission_types() { return {role(), policy(), managed_policy()}; }

}  // namespace waybill::templates
