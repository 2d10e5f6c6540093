#include "template/dependencies.h"

#include <algorithm>

namespace waybill::templates {

namespace {

class Collector {
 public:
  Collector(const std::map<std::string, KnownResource>& resources, Conditions& conditions)
      : resources_(resources), conditions_(conditions) {}

  void walk(const Json& node, const Path& path) {
    if (node.is_array()) {
      for (std::size_t i = 0; i < node.size(); ++i) walk(node[i], path / i);
    } else if (const auto* call = as_function(node)) {
      function(call->first, call->second, path / call->first);
    } else if (node.is_object()) {
      for (const auto& [name, member] : node.get_ref<const Json::object_t&>()) walk(member, path / name);
    }
  }

  std::set<std::string> found;

 private:
  void add(const std::string& name) {
    if (resources_.contains(name)) found.insert(name);
  }

  void function(const std::string& name, const Json& argument, const Path& path) {
    if (name == "Ref" && argument.is_string()) {
      add(argument.get<std::string>());
    } else if (name == "Fn::GetAtt") {
      get_att(argument);
    } else if (name == "Fn::Sub") {
      sub(argument, path);
    } else if (name == "Fn::If" && argument.is_array() && argument.size() == 3 && argument[0].is_string()) {
      const std::size_t branch = conditions_.holds(argument[0].get<std::string>(), path / std::size_t{0}) ? 1 : 2;
      walk(argument[branch], path / branch);
    } else {
      walk(argument, path);
    }
  }

  void get_att(const Json& argument) {
    if (argument.is_array() && !argument.empty() && argument[0].is_string()) add(argument[0].get<std::string>());
    if (argument.is_string()) {
      const std::string text = argument.get<std::string>();
      add(text.substr(0, text.find('.')));
    }
  }

  void sub(const Json& argument, const Path& path) {
    const bool pair = argument.is_array() && argument.size() == 2;
    const Json& text = pair ? argument[0] : argument;
    if (pair) walk(argument[1], path / std::size_t{1});
    if (!text.is_string()) return;
    const auto parts = parse_sub(text.get<std::string>());
    if (!parts) return;
    for (const SubPart& part : *parts) {
      if (!part.variable || (pair && find_member(argument[1], part.text))) continue;
      add(part.text.substr(0, part.text.find('.')));
    }
  }

  const std::map<std::string, KnownResource>& resources_;
  Conditions& conditions_;
};

// Depth first; a resource that is reached again while it is open closes a cycle.
class Sorter {
 public:
  Sorter(const std::map<std::string, std::set<std::string>>& needs) : needs_(needs) {}

  void visit(const std::string& id) {
    if (done_.contains(id)) return;
    if (const auto open = std::find(open_.begin(), open_.end(), id); open != open_.end()) {
      std::vector<std::string> cycle(open, open_.end());
      cycle.push_back(id);
      result.cycles.push_back(std::move(cycle));
      return;
    }
    open_.push_back(id);
    if (const auto found = needs_.find(id); found != needs_.end()) {
      for (const std::string& needed : found->second) visit(needed);
    }
    open_.pop_back();
    if (done_.insert(id).second) result.order.push_back(id);
  }

  DependencyOrder result;

 private:
  const std::map<std::string, std::set<std::string>>& needs_;
  std::vector<std::string> open_;
  std::set<std::string> done_;
};

}  // namespace

std::set<std::string> references_of(const Json& node, const Path& path,
                                    const std::map<std::string, KnownResource>& resources, Conditions& conditions) {
  Collector collector(resources, conditions);
  collector.walk(node, path);
  return std::move(collector.found);
}

DependencyOrder dependency_order(const std::vector<std::string>& ids,
                                 const std::map<std::string, std::set<std::string>>& needs) {
  Sorter sorter(needs);
  for (const std::string& id : ids) sorter.visit(id);
  return std::move(sorter.result);
}

}  // namespace waybill::templates
