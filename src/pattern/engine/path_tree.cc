#include "pattern/engine/path_tree.h"

#include <algorithm>

namespace waybill::pattern {
namespace {

// Calls `take` with each part of the path and whether it is the last, until it says no.
template <class Take>
void for_each_part(std::string_view path, Take&& take) {
  for (;;) {
    const std::size_t dot = path.find('.');
    if (!take(path.substr(0, dot)) || dot == path.npos) return;
    path.remove_prefix(dot + 1);
  }
}

}  // namespace

PathTree::PathTree() {
  nodes_.push_back({});
  slots_.grow_to(256);
  slot_mask_ = slots_.size() - 1;
}

PathTree::Node PathTree::node_at(std::string_view path) {
  Node node = kRoot;
  for_each_part(path, [&](std::string_view name) {
    const Node next = child(node, name.data(), name.size());
    node = next == kNowhere ? add_child(node, name) : next;
    return true;
  });
  return node;
}

FieldId PathTree::field_at(std::string_view path) {
  const Node node = node_at(path);
  if (nodes_[node].field != kNoField) return nodes_[node].field;
  FieldId field = 0;
  if (free_fields_.empty()) {
    field = static_cast<FieldId>(field_count_++);
  } else {
    field = free_fields_.back();
    free_fields_.pop_back();
  }
  nodes_.edit(node).field = field;
  return field;
}

void PathTree::keep_only(const std::vector<bool>& fields) {
  PathTree kept;
  for (Node node = 0; node < nodes_.size(); ++node) {
    const FieldId field = nodes_[node].field;
    if (field == kNoField || !fields[field]) continue;
    std::string path = *nodes_[node].name;
    for (Node above = nodes_[node].parent; above != kRoot; above = nodes_[above].parent) {
      path = *nodes_[above].name + "." + path;
    }
    kept.nodes_.edit(kept.node_at(path)).field = field;
    kept.field_count_ = std::max<std::size_t>(kept.field_count_, field + 1);
  }
  for (FieldId field = 0; field < kept.field_count_; ++field) {
    if (!fields[field]) kept.free_fields_.push_back(field);
  }
  *this = std::move(kept);
}

PathTree::Node PathTree::descendant(Node node, std::string_view name) const {
  for_each_part(name, [&](std::string_view part) {
    node = child(node, part.data(), part.size());
    return node != kNowhere;
  });
  return node;
}

PathTree::Node PathTree::find(Node parent, TextEnds ends, const char* name, std::size_t length) const {
  const std::uint32_t tag = tag_of(parent, length <= 16 ? hash_ends(ends, length) : hash_text(name, length));
  for (std::size_t at = tag & slot_mask_;; at = (at + 1) & slot_mask_) {
    const Slot& slot = slots_[at];
    if (slot.node == 0) return kNowhere;
    if (slot.tag == tag && is_child(nodes_[slot.node], parent, ends, name, length)) return slot.node;
  }
}

PathTree::Node PathTree::add_child(Node parent, std::string_view name) {
  if (nodes_.size() * 2 > slots_.size()) grow_slots();
  const auto node = static_cast<Node>(nodes_.size());
  NodeData data;
  data.name = std::make_shared<const std::string>(name);
  data.ends = ends_of(name.data(), name.size());
  data.length = static_cast<std::uint32_t>(name.size());
  data.parent = parent;
  data.elder = nodes_[parent].last_child;
  nodes_.push_back(std::move(data));
  NodeData& above = nodes_.edit(parent);
  above.names |= std::uint64_t{1} << name_bit(name.data(), name.size());
  above.last_child = node;
  ++above.child_count;
  insert({tag_of(parent, hash_text(name.data(), name.size())), node});
  return node;
}

void PathTree::insert(Slot slot) {
  std::size_t at = slot.tag & slot_mask_;
  while (slots_[at].node != 0) at = (at + 1) & slot_mask_;
  slots_.edit(at) = slot;
}

void PathTree::grow_slots() {
  CowVector<Slot, 256> old = std::move(slots_);
  slots_ = {};
  slots_.grow_to(old.size() * 2);
  slot_mask_ = slots_.size() - 1;
  for (std::size_t at = 0; at < old.size(); ++at) {
    if (old[at].node != 0) insert(old[at]);
  }
}

void PathTree::share() {
  nodes_.share();
  slots_.share();
}

}  // namespace waybill::pattern
