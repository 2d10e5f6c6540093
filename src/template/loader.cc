#include "template/loader.h"

#include <set>

#include "template/conditions.h"
#include "template/dependencies.h"
#include "template/fingerprint.h"
#include "template/identity.h"
#include "template/resource_types.h"
#include "template/sections.h"
#include "template/text.h"

namespace waybill::templates {

namespace {

// Raised when the same template makes different resources than before.
constexpr std::string_view kReaderVersion = "2";

constexpr const char* kQuoteHint = " (an unquoted yes, no, on or off is YAML's true or false: put it in quotes)";

std::string fingerprint(std::string_view text, const LoadOptions& options, const std::string& stack) {
  std::vector<std::string_view> parts = {kReaderVersion,
                                         text,
                                         stack,
                                         options.place.account,
                                         options.place.region,
                                         options.endpoint,
                                         options.unknown == UnknownMode::warn ? "warn" : "error"};
  for (const auto& [name, value] : options.parameters) {
    parts.push_back(name);
    parts.push_back(value);
  }
  return fingerprint_of(parts);
}

// One template on its way into resources. The steps run in the order of load().
class Loader {
 public:
  Loader(const Document& document, const LoadOptions& options, std::string stack)
      : document_(document),
        options_(options),
        stack_(std::move(stack)),
        problems_(document),
        conditions_(document, names_, problems_),
        resolver_(names_, &conditions_, problems_) {}

  Result<LoadedTemplate> load() {
    if (!check_sections(document_, problems_)) return problems_.error();
    prepare_names();
    conditions_.check_all();
    survey();
    for (const std::string& id : ordered()) build(id);
    outputs();
    if (!problems_.empty()) return problems_.error();
    return std::move(loaded_);
  }

 private:
  void prepare_names() {
    const Place& place = options_.place;
    const std::string uuid = stable_uuid({place.account, place.region, stack_});
    names_.pseudo = {
        {"AWS::Region", place.region},
        {"AWS::AccountId", place.account},
        {"AWS::Partition", "aws"},
        {"AWS::URLSuffix", "amazonaws.com"},
        {"AWS::StackName", stack_},
        {"AWS::StackId",
         "arn:aws:cloudformation:" + place.region + ":" + place.account + ":stack/" + stack_ + "/" + uuid},
    };
    names_.mappings = checked_mappings(document_, problems_);
    names_.parameters = resolve_parameters(document_, options_.parameters, problems_);
    for (const auto& [name, parameter] : names_.parameters) {
      loaded_.parameters[name] = parameter.secret ? "****" : parameter.text;
    }
  }

  // Which resources there are, before any is worked out.
  void survey() {
    for (const auto& [id, body] : find_member(document_.root(), "Resources")->get_ref<const Json::object_t&>()) {
      KnownResource known;
      known.type = text_member(body, "Type");
      if (!check_resource_shape(id, body, problems_)) {
        names_.resources[id] = known;
        continue;
      }
      if (names_.parameters.contains(id)) problems_.add({"Resources", id}, "a parameter has this name already");
      const Json* condition = find_member(body, "Condition");
      if (condition && !condition->is_string()) {
        problems_.add({"Resources", id, "Condition"}, "must be the name of a condition, as text" +
                                                          std::string(condition->is_boolean() ? kQuoteHint : ""));
      }
      const std::string name = text_member(body, "Condition");
      if (!name.empty() && !conditions_.holds(name, {"Resources", id, "Condition"})) {
        known.state = KnownResource::State::condition_false;
        known.why = name;
      } else if (!find_resource_type(known.type)) {
        unknown_type(id, known);
      } else {
        sources_[id] = &body;
        ids_.push_back(id);
      }
      names_.resources[id] = known;
    }
  }

  void unknown_type(const std::string& id, KnownResource& known) {
    const std::string text = unknown_type_text(known.type);
    if (options_.unknown == UnknownMode::error) return problems_.add({"Resources", id, "Type"}, text);
    known.state = KnownResource::State::left_out;
    known.why = known.type;
    loaded_.notices.push_back(
        {Notice::Kind::unknown, stack_, id, stack_ + "-" + id, known.type, text + "; the resource was left out"});
  }

  std::vector<std::string> ordered() {
    std::map<std::string, std::set<std::string>> needs;
    for (const std::string& id : ids_) {
      const Path path = {"Resources", id, "Properties"};
      const Json* properties = find_member(*sources_[id], "Properties");
      if (properties) needs[id] = references_of(*properties, path, names_.resources, conditions_);
      add_depends_on(id, needs[id]);
      std::erase_if(needs[id], [this](const std::string& needed) { return !sources_.contains(needed); });
    }
    DependencyOrder order = dependency_order(ids_, needs);
    for (const auto& cycle : order.cycles) {
      std::string text;
      for (const std::string& id : cycle) text += (text.empty() ? "" : " → ") + id;
      problems_.add({"Resources", cycle.front()}, "resources need one another in a circle: " + text);
    }
    return std::move(order.order);
  }

  void add_depends_on(const std::string& id, std::set<std::string>& needs) {
    const Json* depends = find_member(*sources_[id], "DependsOn");
    if (!depends) return;
    const Json list = depends->is_array() ? *depends : Json::array({*depends});
    for (const Json& each : list) {
      const Path path = {"Resources", id, "DependsOn"};
      if (!each.is_string()) {
        problems_.add(path, "must be a logical id or a list of them");
      } else if (!names_.resources.contains(each.get<std::string>())) {
        problems_.add(path, "there is no resource " + in_quotes(each.get<std::string>()));
      } else {
        needs.insert(each.get<std::string>());
      }
    }
  }

  void build(const std::string& id) {
    const Json& source = *sources_[id];
    const Path path = {"Resources", id, "Properties"};
    const Json* given = find_member(source, "Properties");
    Json properties = given && given->is_object() ? *resolver_.resolve(*given, path) : Json::object();
    Json policies = Json::object();
    if (text_member(source, "DeletionPolicy").starts_with("Retain")) policies["DeletionPolicy"] = "Retain";
    if (text_member(source, "UpdateReplacePolicy") == "Retain") policies["UpdateReplacePolicy"] = "Retain";
    KnownResource& known = names_.resources[id];
    const Json body = add_resource(*find_resource_type(known.type), id, std::move(properties), path, policies, &known);
    add_inline_subscriptions(id, known, body, path);
  }

  // The finished body; a broken value when the resource could not be added.
  Json add_resource(const ResourceType& type, const std::string& id, Json properties, const Path& path,
                    const Json& policies, KnownResource* known) {
    Notice subject{Notice::Kind::not_active, stack_, id, "", type.name, ""};
    SchemaReport report{problems_, loaded_.notices, subject, options_.unknown};
    Json body = conform_object(type.properties, properties, path, report);
    if (!body.is_object()) return broken_value();
    const std::optional<std::string> name = physical_name(type, id, body, path);
    if (!name) return broken_value();
    report.subject.physical_name = *name;
    if (type.check) {
      CheckContext context(body, *name, path, options_, report);
      type.check(context);
    }
    Identity identity = identify(type, body, id, *name, stack_, options_.place, options_.endpoint);
    if (known) {
      known->state = KnownResource::State::loaded;
      known->ref = identity.ref;
      known->attributes = identity.attributes;
    }
    if (is_broken(body)) return body;
    if (!identity.arn.empty()) body["Arn"] = identity.arn;
    body["LogicalId"] = id;
    body.update(policies);
    if (!keys_.insert({type.name, identity.key}).second) {
      problems_.add(path, "a second " + type.name + " with the name " + in_quotes(identity.key));
    }
    if (!type.not_active.empty()) {
      report.subject.text = type.not_active;
      loaded_.notices.push_back(report.subject);
    }
    loaded_.resources.push_back(
        {{options_.place.account, options_.place.region, type.name, identity.key}, stack_, body.dump()});
    return body;
  }

  // Empty when it is broken or wrong (reported). Types without a name get <stack>/<LogicalId>.
  std::optional<std::string> physical_name(const ResourceType& type, const std::string& id, Json& body,
                                           const Path& path) {
    if (type.name_property.empty()) return stack_ + "/" + id;
    const Json* given = find_member(body, type.name_property);
    if (given && !given->is_string()) return std::nullopt;
    const std::string name = given ? given->get<std::string>() : made_up_name(type, body, id, stack_, options_.place);
    if (const std::string problem = name_problem(type, name); !problem.empty()) {
      problems_.add(path / type.name_property, problem);
      return std::nullopt;
    }
    body[type.name_property] = name;
    return name;
  }

  // AWS: a topic's Subscription property makes subscriptions of their own.
  void add_inline_subscriptions(const std::string& id, const KnownResource& topic, const Json& body, const Path& path) {
    const Json* list = topic.type == "AWS::SNS::Topic" ? find_member(body, "Subscription") : nullptr;
    if (!list || !list->is_array()) return;
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (!(*list)[i].is_object()) continue;
      Json properties = (*list)[i];
      properties["TopicArn"] = topic.ref;
      add_resource(*find_resource_type("AWS::SNS::Subscription"), id + "-" + std::to_string(i + 1),
                   std::move(properties), path / "Subscription" / i, Json::object(), nullptr);
    }
  }

  void outputs() {
    const Json* section = find_member(document_.root(), "Outputs");
    if (!section || section->is_null()) return;
    if (!section->is_object()) return problems_.add({"Outputs"}, "must be a map of outputs, not " + kind_of(*section));
    for (const auto& [name, body] : section->get_ref<const Json::object_t&>()) output(name, body, {"Outputs", name});
  }

  void output(const std::string& name, const Json& body, const Path& path) {
    static const std::set<std::string> kMembers = {"Value", "Description", "Export", "Condition"};
    if (!body.is_object()) return problems_.add(path, "must be a map with Value, not " + kind_of(body));
    for (const auto& [member, value] : body.get_ref<const Json::object_t&>()) {
      if (!kMembers.contains(member)) {
        problems_.add(path / member,
                      "is not known for an output; an output has Value, Description, Export and Condition");
      }
    }
    const std::string condition = text_member(body, "Condition");
    if (!condition.empty() && !conditions_.holds(condition, path / "Condition")) return;
    const Json* value = find_member(body, "Value");
    if (!value) return problems_.add(path, "Value is missing");
    Output output{name, resolver_.text(*value, path / "Value", "the value").value_or(""),
                  text_member(body, "Description"), ""};
    if (const Json* exported = find_member(body, "Export")) {
      const Json* export_name = find_member(*exported, "Name");
      if (!export_name) return problems_.add(path / "Export", "Name is missing");
      output.export_name = resolver_.text(*export_name, path / "Export" / "Name", "the name").value_or("");
    }
    loaded_.outputs.push_back(std::move(output));
  }

  const Document& document_;
  const LoadOptions& options_;
  const std::string stack_;
  Problems problems_;
  Names names_;
  Conditions conditions_;
  Resolver resolver_;
  std::map<std::string, const Json*> sources_;  // of the resources that are loaded
  std::vector<std::string> ids_;                // the same, as they stand in the template
  std::set<std::pair<std::string, std::string>> keys_;
  LoadedTemplate loaded_;
};

}  // namespace

std::string file_stem(const std::string& file) {
  const std::size_t slash = file.find_last_of('/');
  const std::string base = slash == std::string::npos ? file : file.substr(slash + 1);
  const std::size_t dot = base.find_last_of('.');
  return dot == std::string::npos || dot == 0 ? base : base.substr(0, dot);
}

Result<LoadedTemplate> load_template(std::string_view text, const LoadOptions& options) {
  WAYBILL_TRY(const Document document, parse_document(text, options.file));
  const std::string stack = options.name.empty() ? file_stem(options.file) : options.name;
  try {
    WAYBILL_TRY(LoadedTemplate loaded, Loader(document, options, stack).load());
    loaded.name = stack;
    loaded.file = options.file;
    loaded.fingerprint = fingerprint(text, options, stack);
    return loaded;
  } catch (const std::exception& error) {  // of the JSON and regex libraries: the daemon does not die of a template
    return internal(options.file + ": cannot be loaded: " + error.what());
  }
}

}  // namespace waybill::templates
