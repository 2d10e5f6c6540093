// PathTree: the dotted paths that patterns name, as a tree of their parts. An event is read along it, so that only
// what some pattern looks at is looked at: from a node, a member's name leads to the node below or nowhere.
//
// A field is a path that some pattern tests; fields are numbered from 0. Copies share their pages (CowVector).
#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pattern/engine/cow_vector.h"
#include "pattern/engine/text_hash.h"

namespace waybill::pattern {

using FieldId = std::uint32_t;

class PathTree {
 public:
  using Node = std::uint32_t;
  static constexpr Node kRoot = 0;
  static constexpr Node kNowhere = UINT32_MAX;
  static constexpr FieldId kNoField = UINT32_MAX;

  PathTree();

  // The number of the field, made when it is new. Writer only.
  FieldId field_at(std::string_view path);
  // All numbers are below; some of them may be free.
  std::size_t field_count() const { return field_count_; }
  // Forgets all fields but those, which keep their numbers; the others' will be given to new ones. Writer only.
  void keep_only(const std::vector<bool>& fields);

  FieldId field(Node node) const { return nodes_[node].field; }
  bool has_children(Node node) const { return nodes_[node].names != 0; }

  // Bits of the names that lead on from the node: a name whose bit is not there leads nowhere.
  std::uint64_t names(Node node) const { return nodes_[node].names; }
  static unsigned name_bit(const char* name, std::size_t length) {
    const unsigned first = length == 0 ? 0 : static_cast<unsigned char>(name[0]);
    return (first * 5 + static_cast<unsigned>(length)) & 63;
  }

  // The node that a name of one part leads to; `ends` are those of the name.
  Node child(Node node, const char* name, std::size_t length) const {
    return child(node, ends_of(name, length), name, length);
  }
  Node child(Node node, TextEnds ends, const char* name, std::size_t length) const {
    const NodeData& data = nodes_[node];
    if (data.child_count > kFewChildren) return find(node, ends, name, length);
    for (Node one = data.last_child; one != kRoot; one = nodes_[one].elder) {
      if (is_child(nodes_[one], node, ends, name, length)) return one;
    }
    return kNowhere;
  }

  // The same for a name that may have dots: each part of it leads one node down.
  Node descendant(Node node, std::string_view name) const;

  void share();
  std::size_t memory_bytes() const { return nodes_.memory_bytes() + slots_.memory_bytes(); }

 private:
  struct NodeData {
    std::uint64_t names = 0;  // name_bit() of each name that leads on
    TextEnds ends;            // of the name that leads here
    std::uint32_t length = 0;
    Node parent = kNowhere;
    Node last_child = kRoot;  // kRoot, which is nobody's child: none
    Node elder = kRoot;       // the child that the parent had before
    std::uint32_t child_count = 0;
    FieldId field = kNoField;
    std::shared_ptr<const std::string> name;
  };
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t node = 0;  // 0: free; the root is nobody's child
  };

  static std::uint32_t tag_of(Node parent, std::uint64_t hash) {
    return static_cast<std::uint32_t>(mix(hash ^ parent, kHashOdd2));
  }
  // Of more, the child is found by the hash of its name.
  static constexpr std::uint32_t kFewChildren = 4;

  static bool is_child(const NodeData& data, Node parent, TextEnds ends, const char* name, std::size_t length) {
    if (data.parent != parent || data.length != length) return false;
    return data.ends == ends && (length <= 16 || std::memcmp(data.name->data(), name, length) == 0);
  }
  Node node_at(std::string_view path);  // made when it is new
  Node find(Node parent, TextEnds ends, const char* name, std::size_t length) const;
  Node add_child(Node parent, std::string_view name);
  void grow_slots();
  void insert(Slot slot);

  CowVector<NodeData, 32> nodes_;
  CowVector<Slot, 256> slots_;
  std::size_t slot_mask_ = 0;
  std::size_t field_count_ = 0;
  std::vector<FieldId> free_fields_;
};

}  // namespace waybill::pattern
