#include "model/body_readers.h"

namespace waybill {

std::string text(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<std::string> texts(const Json& one_or_many) {
  std::vector<std::string> list;
  if (one_or_many.is_string()) list.push_back(one_or_many.get<std::string>());
  if (one_or_many.is_array()) {
    for (const Json& each : one_or_many) {
      if (each.is_string()) list.push_back(each.get<std::string>());
    }
  }
  return list;
}

std::string json_or_text(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

RetryPolicy retry_policy(const Json& target) {
  RetryPolicy policy;
  const auto found = target.find("RetryPolicy");
  if (found == target.end() || !found->is_object()) return policy;
  policy.max_retries = found->value("MaximumRetryAttempts", policy.max_retries);
  policy.max_age = std::chrono::seconds{found->value("MaximumEventAgeInSeconds", policy.max_age.count())};
  return policy;
}

std::shared_ptr<const expr::InputShape> input_shape(const std::string& id, const Json& target) {
  expr::InputSpec spec;
  if (target.contains("Input")) spec.input = json_or_text(target, "Input");
  if (target.contains("InputPath")) spec.path = text(target, "InputPath");
  if (const auto found = target.find("InputTransformer"); found != target.end() && found->is_object()) {
    auto& transformer = spec.transformer.emplace();
    transformer.text = text(*found, "InputTemplate");
    transformer.paths = found->value("InputPathsMap", std::map<std::string, std::string>());
  }
  if (!spec.input && !spec.path && !spec.transformer) return nullptr;
  auto shape = expr::InputShape::parse(spec, {id});
  return shape ? std::make_shared<const expr::InputShape>(std::move(*shape)) : nullptr;
}

std::string nested_text(const Json& object, const char* member, const char* name) {
  const auto found = object.find(member);
  return found != object.end() && found->is_object() ? text(*found, name) : std::string();
}

void add_statements(const Json& document, std::vector<PolicyStatement>& into) {
  const auto list = document.find("Statement");
  if (list == document.end()) return;
  const Json statements = list->is_array() ? *list : Json::array({*list});
  for (const Json& each : statements) {
    if (!each.is_object()) continue;
    PolicyStatement statement;
    statement.allow = text(each, "Effect") == "Allow";
    if (each.contains("Action")) statement.actions = texts(each["Action"]);
    if (each.contains("Resource")) statement.resources = texts(each["Resource"]);
    into.push_back(std::move(statement));
  }
}

}  // namespace waybill
