#include "template/tree_builder.h"

namespace waybill::templates {

namespace {

// `!GetAtt A.B.C` names the attribute B.C of A.
Json wrap(const std::string& function, Json value) {
  if (function == "Fn::GetAtt" && value.is_string()) {
    const std::string text = value.get<std::string>();
    const std::size_t dot = text.find('.');
    if (dot != std::string::npos) value = Json::array({text.substr(0, dot), text.substr(dot + 1)});
  }
  Json wrapped = Json::object();
  append_member(wrapped, function, std::move(value));
  return wrapped;
}

}  // namespace

void TreeBuilder::enter(Position position, const std::string& function) {
  if (open_.empty()) {
    if (has_root_) throw DocumentError{position, "a template is one document; a second one begins here"};
    has_root_ = true;
  } else {
    const Container& parent = open_.back();
    path_.push_back(parent.is_map ? parent.key : std::to_string(parent.value.size()));
    if (!parent.is_map) positions_[position_key(path_)] = position;
  }
  if (!function.empty()) {
    path_.push_back(function);
    positions_[position_key(path_)] = position;
  }
}

void TreeBuilder::leave(const std::string& function) {
  if (!function.empty()) path_.pop_back();
  if (!open_.empty()) path_.pop_back();
}

void TreeBuilder::add(Json value, const std::string& function) {
  if (!function.empty()) value = wrap(function, std::move(value));
  if (open_.empty()) {
    root_ = std::move(value);
    return;
  }
  Container& parent = open_.back();
  if (parent.is_map) {
    append_member(parent.value, parent.key, std::move(value));
    parent.has_key = false;
  } else {
    parent.value.push_back(std::move(value));
  }
}

void TreeBuilder::begin(bool is_map, Position position, std::string function) {
  if (open_.size() >= kMaxTemplateDepth) {
    throw DocumentError{position, "nested deeper than " + std::to_string(kMaxTemplateDepth) + " levels"};
  }
  enter(position, function);
  Container container;
  container.is_map = is_map;
  container.function = std::move(function);
  container.value = is_map ? Json::object() : Json::array();
  open_.push_back(std::move(container));
}

void TreeBuilder::end() {
  Container done = std::move(open_.back());
  open_.pop_back();
  leave(done.function);
  add(std::move(done.value), done.function);
}

void TreeBuilder::key(const std::string& name, Position position) {
  Container& map = open_.back();
  if (!map.keys.insert(name).second) throw DocumentError{position, "the key \"" + name + "\" is here a second time"};
  map.key = name;
  map.has_key = true;
  positions_[position_key(path_ / name)] = position;
}

void TreeBuilder::scalar(Json value, Position position, const std::string& function) {
  enter(position, function);
  leave(function);
  add(std::move(value), function);
}

Document TreeBuilder::finish(const std::string& file) && {
  return Document(file, std::move(root_), std::move(positions_));
}

}  // namespace waybill::templates
