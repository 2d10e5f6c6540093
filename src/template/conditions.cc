#include "template/conditions.h"

#include <algorithm>

#include "template/nearest.h"
#include "template/text.h"

namespace waybill::templates {

namespace {

constexpr const char* kForms = "a condition is one of Fn::Equals, Fn::And, Fn::Or, Fn::Not and Condition";

const Json* section_of(const Document& document, Problems& problems) {
  const Json* section = find_member(document.root(), "Conditions");
  if (!section || section->is_null()) return nullptr;
  if (section->is_object()) return section;
  problems.add({"Conditions"}, "must be a map of conditions, not " + kind_of(*section));
  return nullptr;
}

}  // namespace

Conditions::Conditions(const Document& document, const Names& names, Problems& problems)
    : section_(section_of(document, problems)), problems_(problems), values_(names, nullptr, problems) {}

void Conditions::check_all() {
  if (!section_) return;
  for (const auto& [name, body] : section_->get_ref<const Json::object_t&>()) holds(name, {"Conditions", name});
}

bool Conditions::holds(const std::string& name, const Path& path) {
  if (const auto found = known_.find(name); found != known_.end()) {
    if (found->second == Known::busy) {
      std::string cycle;
      for (auto it = std::find(busy_.begin(), busy_.end(), name); it != busy_.end(); ++it) cycle += *it + " → ";
      problems_.add({"Conditions", name}, "refers to itself: " + cycle + name);
    }
    return found->second == Known::yes;
  }
  const Json* body = section_ ? find_member(*section_, name) : nullptr;
  if (!body) {
    std::vector<std::string> names;
    if (section_) {
      for (const auto& [each, value] : section_->get_ref<const Json::object_t&>()) names.push_back(each);
    }
    problems_.add(path, "there is no condition " + in_quotes(name) +
                            (names.empty() ? "; the template has none" : "; the nearest is " + nearest(name, names)));
    return false;
  }
  known_[name] = Known::busy;
  busy_.push_back(name);
  const bool result = evaluate(*body, {"Conditions", name});
  busy_.pop_back();
  known_[name] = result ? Known::yes : Known::no;
  return result;
}

bool Conditions::evaluate(const Json& node, const Path& path) {
  if (!node.is_object() || node.size() != 1) {
    problems_.add(path, kForms);
    return false;
  }
  const auto& [function, argument] = *node.get_ref<const Json::object_t&>().begin();
  const Path inner = path / function;
  if (function == "Fn::Equals") return equals(argument, inner);
  if (function == "Fn::And" || function == "Fn::Or" || function == "Fn::Not") return several(function, argument, inner);
  if (function == "Condition" && argument.is_string()) return holds(argument.get<std::string>(), inner);
  problems_.add(path, in_quotes(function) + " cannot stand here; " + kForms);
  return false;
}

bool Conditions::equals(const Json& argument, const Path& path) {
  if (!argument.is_array() || argument.size() != 2) {
    problems_.add(path, "Fn::Equals takes a list of two values");
    return false;
  }
  const std::optional<Json> left = values_.resolve(argument[0], path / std::size_t{0});
  const std::optional<Json> right = values_.resolve(argument[1], path / std::size_t{1});
  if (!left || !right) return left.has_value() == right.has_value();
  const auto left_text = scalar_text(*left);
  const auto right_text = scalar_text(*right);
  return left_text && right_text ? *left_text == *right_text : *left == *right;
}

bool Conditions::several(const std::string& function, const Json& argument, const Path& path) {
  const bool negate = function == "Fn::Not";
  const std::size_t least = negate ? 1 : 2;
  const std::size_t most = negate ? 1 : 10;
  if (!argument.is_array() || argument.size() < least || argument.size() > most) {
    problems_.add(path, function + (negate ? " takes a list of one condition" : " takes a list of 2 to 10 conditions"));
    return false;
  }
  bool all = true;
  bool any = false;
  for (std::size_t i = 0; i < argument.size(); ++i) {
    const bool each = evaluate(argument[i], path / i);
    all = all && each;
    any = any || each;
  }
  if (negate) return !any;
  return function == "Fn::And" ? all : any;
}

}  // namespace waybill::templates
