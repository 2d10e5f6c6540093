#include "template/intrinsics.h"

#include "template/conditions.h"
#include "template/nearest.h"
#include "template/text.h"

namespace waybill::templates {

namespace {

const std::vector<std::string> kFunctions = {"Ref",       "Fn::Sub", "Fn::GetAtt",    "Fn::Join",  "Fn::Select",
                                             "Fn::Split", "Fn::If",  "Fn::FindInMap", "Fn::Base64"};

// Known to CloudFormation, and why Waybill refuses them.
std::string refusal(const std::string& function) {
  if (function == "Fn::ImportValue") {
    return "Fn::ImportValue is not supported: templates are loaded independently of one another; use a parameter, or "
           "write the name or ARN out";
  }
  if (function == "Fn::Transform") return "Fn::Transform is not supported: macros run on AWS only";
  if (function == "Fn::And" || function == "Fn::Or" || function == "Fn::Not" || function == "Fn::Equals") {
    return function + " can stand in Conditions only; give it a name there and use Fn::If here";
  }
  if (function == "Fn::GetAZs" || function == "Fn::Cidr" || function == "Fn::Length" ||
      function == "Fn::ToJsonString" || function.starts_with("Fn::ForEach")) {
    return function + " is not supported; what is: " + list_of(kFunctions);
  }
  return in_quotes(function) + " is no function; the nearest is " + nearest(function, kFunctions);
}

bool is_function_name(const std::string& name) { return name == "Ref" || name.starts_with("Fn::"); }

}  // namespace

const std::pair<const std::string, Json>* as_function(const Json& node) {
  if (!node.is_object() || node.size() != 1) return nullptr;
  const auto& member = *node.get_ref<const Json::object_t&>().begin();
  return is_function_name(member.first) ? &member : nullptr;
}

bool is_broken(const Json& value) {
  if (value.is_discarded()) return true;
  if (!value.is_structured()) return false;
  for (const Json& each : value) {
    if (is_broken(each)) return true;
  }
  return false;
}

Json Resolver::bad(const Path& path, const std::string& text) {
  problems_.add(path, text);
  return broken_value();
}

std::optional<Json> Resolver::resolve(const Json& node, const Path& path) {
  if (problems_.full()) return broken_value();
  if (node.is_array()) {
    Json result = Json::array();
    for (std::size_t i = 0; i < node.size(); ++i) {
      if (auto value = resolve(node[i], path / i)) result.push_back(std::move(*value));
    }
    return result;
  }
  if (!node.is_object()) return node;
  if (const auto* call = as_function(node)) return function(call->first, call->second, path / call->first);
  Json result = Json::object();
  for (const auto& [name, member] : node.get_ref<const Json::object_t&>()) {
    if (name.starts_with("Fn::")) return bad(path / name, name + " must be the only member of its map");
    if (auto value = resolve(member, path / name)) append_member(result, name, std::move(*value));
  }
  return result;
}

std::optional<Json> Resolver::function(const std::string& name, const Json& argument, const Path& path) {
  if (name == "Ref") return ref(argument, path);
  if (name == "Fn::Sub") return sub(argument, path);
  if (name == "Fn::FindInMap") return find_in_map(argument, path);
  if (name == "Fn::Join") return join(argument, path);
  if (name == "Fn::Select") return select(argument, path);
  if (name == "Fn::Split") return split(argument, path);
  if (name == "Fn::If" && conditions_) return choose(argument, path);
  if (name == "Fn::GetAtt" && conditions_) return get_att(argument, path);
  if (name == "Fn::Base64" && conditions_) return base64(argument, path);
  if (name == "Fn::If" || name == "Fn::GetAtt" || name == "Fn::Base64") {
    return bad(path, name + " cannot stand in Conditions");
  }
  return bad(path, refusal(name));
}

std::optional<std::string> Resolver::text(const Json& node, const Path& path, const std::string& what) {
  const std::optional<Json> value = resolve(node, path);
  if (value && is_broken(*value)) return std::nullopt;
  std::optional<std::string> result = value ? scalar_text(*value) : std::nullopt;
  if (!result) bad(path, what + " must be a text, not " + (value ? kind_of(*value) : "AWS::NoValue"));
  return result;
}

std::optional<Json> Resolver::list(const Json& node, const Path& path, const std::string& what) {
  std::optional<Json> value = resolve(node, path);
  if (value && is_broken(*value)) return std::nullopt;
  if (value && value->is_array()) return value;
  bad(path, what + " must be a list, not " + (value ? kind_of(*value) : "AWS::NoValue"));
  return std::nullopt;
}

const Json* Resolver::arguments(const Json& argument, std::size_t least, std::size_t most, const Path& path,
                                const char* usage) {
  if (argument.is_array() && argument.size() >= least && argument.size() <= most) return &argument;
  bad(path, usage);
  return nullptr;
}

Json Resolver::unknown_name(const std::string& name, const Path& path) {
  std::vector<std::string> names;
  for (const auto& [each, value] : names_.parameters) names.push_back(each);
  if (conditions_) {
    for (const auto& [each, value] : names_.resources) names.push_back(each);
  }
  for (const auto& [each, value] : names_.pseudo) names.push_back(each);
  return bad(path, "there is no " + std::string(conditions_ ? "parameter or resource " : "parameter ") +
                       in_quotes(name) + "; the nearest is " + nearest(name, names));
}

const KnownResource* Resolver::resource(const std::string& id, const Path& path, const std::string& wanted) {
  const auto found = names_.resources.find(id);
  if (found == names_.resources.end() || !conditions_) {
    unknown_name(id, path);
    return nullptr;
  }
  const KnownResource& known = found->second;
  switch (known.state) {
    case KnownResource::State::loaded: return &known;
    case KnownResource::State::condition_false:
      bad(path, wanted + ", but " + id + " is left out because its condition " + known.why + " is false");
      return nullptr;
    case KnownResource::State::left_out:
      bad(path, wanted + ", but " + id + " is left out because its type " + known.why + " is not known");
      return nullptr;
    case KnownResource::State::broken: return nullptr;
  }
  return nullptr;
}

std::optional<Json> Resolver::name_value(const std::string& name, const Path& path) {
  if (name == "AWS::NoValue") return std::nullopt;
  if (const auto found = names_.pseudo.find(name); found != names_.pseudo.end()) return Json(found->second);
  if (const auto found = names_.parameters.find(name); found != names_.parameters.end()) return found->second.value;
  const KnownResource* known = resource(name, path, "refers to " + name);
  return known ? known->ref : broken_value();
}

std::optional<Json> Resolver::ref(const Json& argument, const Path& path) {
  if (!argument.is_string()) return bad(path, "Ref takes the name of a parameter or a resource");
  return name_value(argument.get<std::string>(), path);
}

Json Resolver::attribute(const std::string& id, const std::string& name, const Path& path) {
  const KnownResource* known = resource(id, path, "reads " + id + "." + name);
  if (!known) return broken_value();
  if (const auto found = known->attributes.find(name); found != known->attributes.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [each, value] : known->attributes) names.push_back(each);
  return bad(path, id + " (" + known->type + ") has no attribute " + in_quotes(name) +
                       (names.empty() ? "; it has none" : "; it has " + list_of(names)));
}

Json Resolver::get_att(const Json& argument, const Path& path) {
  constexpr const char* kUsage = "Fn::GetAtt takes LogicalId.Attribute or a list of both";
  if (argument.is_string()) {
    const std::string text = argument.get<std::string>();
    const std::size_t dot = text.find('.');
    if (dot == std::string::npos) return bad(path, kUsage);
    return attribute(text.substr(0, dot), text.substr(dot + 1), path);
  }
  const Json* list = arguments(argument, 2, 2, path, kUsage);
  if (!list || !(*list)[0].is_string()) return list ? bad(path, kUsage) : broken_value();
  const std::optional<std::string> name = text((*list)[1], path / std::size_t{1}, "the attribute's name");
  return name ? attribute((*list)[0].get<std::string>(), *name, path) : broken_value();
}

Json Resolver::sub(const Json& argument, const Path& path) {
  const Json* template_text = &argument;
  const Json* variables = nullptr;
  if (argument.is_array()) {
    if (argument.size() != 2 || !argument[1].is_object()) {
      return bad(path, "Fn::Sub takes a text, or a list of a text and a map of variables");
    }
    template_text = &argument[0];
    variables = &argument[1];
  }
  if (!template_text->is_string()) return bad(path, "Fn::Sub takes a text, not " + kind_of(*template_text));
  const auto parts = parse_sub(template_text->get<std::string>());
  if (!parts) return bad(path, parts.error().message);
  std::string result;
  bool broken = false;
  for (const SubPart& part : *parts) {
    if (!part.variable) {
      result += part.text;
      continue;
    }
    std::optional<Json> value;
    if (const Json* own = variables ? find_member(*variables, part.text) : nullptr) {
      value = resolve(*own, path / std::size_t{1} / part.text);
    } else if (const std::size_t dot = part.text.find('.'); dot != std::string::npos) {
      value = attribute(part.text.substr(0, dot), part.text.substr(dot + 1), path);
    } else {
      value = name_value(part.text, path);
    }
    const std::optional<std::string> text = value ? scalar_text(*value) : std::nullopt;
    if (!text && !(value && is_broken(*value))) {
      bad(path, "${" + part.text + "} must be a text, not " + (value ? kind_of(*value) : "AWS::NoValue"));
    }
    broken = broken || !text;
    result += text.value_or("");
    if (result.size() > kMaxTemplateBytes) return bad(path, "Fn::Sub makes a text of more than 1 MB");
  }
  return broken ? broken_value() : Json(result);
}

std::optional<Json> Resolver::choose(const Json& argument, const Path& path) {
  constexpr const char* kUsage =
      "Fn::If takes a list of a condition's name, the value if it holds, and the value if not";
  const Json* list = arguments(argument, 3, 3, path, kUsage);
  if (!list) return broken_value();
  if ((*list)[0].is_boolean()) {
    return bad(path,
               "Fn::If: an unquoted yes, no, on or off is YAML's true or false; put the condition's name in quotes");
  }
  if (!(*list)[0].is_string()) return bad(path, kUsage);
  const std::size_t branch = conditions_->holds((*list)[0].get<std::string>(), path / std::size_t{0}) ? 1 : 2;
  return resolve((*list)[branch], path / branch);
}

}  // namespace waybill::templates
