#include "template/identity.h"

#include <algorithm>

#include "template/fingerprint.h"
#include "template/text.h"

namespace waybill::templates {

namespace {

std::string expand(const std::string& form, const std::map<std::string, std::string>& values, const Json& body) {
  std::string result;
  std::size_t at = 0;
  while (at < form.size()) {
    const std::size_t open = form.find('{', at);
    result += form.substr(at, open == std::string::npos ? open : open - at);
    if (open == std::string::npos) break;
    const std::size_t close = form.find('}', open);
    const std::string name = form.substr(open + 1, close - open - 1);
    const auto found = values.find(name);
    result += found != values.end() ? found->second : text_member(body, name);
    at = close + 1;
  }
  return result;
}

std::string uuid_of(const ResourceType& type, const std::string& logical_id, const std::string& stack,
                    const Place& place) {
  return stable_uuid({place.account, place.region, type.name, stack, logical_id});
}

}  // namespace

std::string made_up_name(const ResourceType& type, const Json& body, const std::string& logical_id,
                         const std::string& stack, const Place& place) {
  const Json* ends = type.ending.property.empty() ? nullptr : find_member(body, type.ending.property);
  const std::string ending = ends && *ends == true ? type.ending.text : "";
  std::string name = stack + "-" + logical_id;
  if (name.size() + ending.size() > type.name_length) {
    std::string distinct = uuid_of(type, logical_id, stack, place);
    std::erase(distinct, '-');
    distinct = "-" + distinct.substr(0, 12);
    name.resize(type.name_length - distinct.size() - ending.size());
    name += distinct;
  }
  return name + ending;
}

Identity identify(const ResourceType& type, const Json& body, const std::string& logical_id, const std::string& name,
                  const std::string& stack, const Place& place, const std::string& endpoint) {
  const std::string bus = text_member(body, "EventBusName");
  const bool custom_bus = !bus.empty() && bus != "default";
  const std::string path = text_member(body, "Path");
  const std::string uuid = uuid_of(type, logical_id, stack, place);
  std::map<std::string, std::string> values = {
      {"name", name},
      {"stack", stack},
      {"id", logical_id},
      {"region", place.region},
      {"account", place.account},
      {"partition", "aws"},
      {"uuid", uuid},
      {"uuid6", uuid.substr(0, 6)},
      {"endpoint", endpoint},
      {"bus/", custom_bus ? bus + "/" : ""},
      {"bus|", custom_bus ? bus + "|" : ""},
      {"path", path.empty() ? "/" : path},
  };
  Identity identity;
  identity.arn = expand(type.arn, values, body);
  values["arn"] = identity.arn;
  identity.key = expand(type.key, values, body);
  identity.ref = expand(type.ref, values, body);
  for (const Attribute& attribute : type.attributes) {
    if (!attribute.needs.empty() && !find_member(body, attribute.needs)) continue;
    identity.attributes[attribute.name] = expand(attribute.form, values, body);
  }
  return identity;
}

std::string name_problem(const ResourceType& type, const std::string& name) {
  if (name.empty()) return "the name is empty";
  if (name.size() > type.name_length) {
    return "the name " + in_quotes(name) + " has " + std::to_string(name.size()) + " characters, at most " +
           std::to_string(type.name_length) + " are allowed";
  }
  const bool fits = std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           type.name_characters.find(c) != std::string::npos;
  });
  if (fits) return "";
  return "the name " + in_quotes(name) + " may have letters, digits and " + type.name_characters + " only";
}

}  // namespace waybill::templates
