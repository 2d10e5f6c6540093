// FlatEvent: an event read once, so that many patterns can look at it: its leaves, found by dotted path, each
// with the array elements it lies in.
//
// It holds views: the text given to parse() must outlive it, unchanged. Immutable after that, so many threads
// may match against one. Duplicate keys all count, as if their values stood in one array.
// Cost: one pass; no path is ever spelled out, so memory is linear in the text whatever its nesting.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pattern/field_path.h"
#include "pattern/leaf.h"
#include "pattern/place_tree.h"

namespace waybill::pattern {

class FlatEvent {
 public:
  // Deeper events are refused. Above what an accepted detail may have (base/json_text.h), so that none is lost here.
  static constexpr std::size_t kMaxNesting = 1200;

  using Place = PlaceTree::Place;
  static constexpr Place kOutsideArrays = PlaceTree::kOutsideArrays;

  struct PlacedLeaf {
    std::uint64_t path_hash;
    std::uint32_t path;
    Place place;
    Leaf leaf;
  };

  // Moving keeps the views valid; a copy would look into the original.
  FlatEvent(FlatEvent&&) = default;
  FlatEvent& operator=(FlatEvent&&) = default;
  FlatEvent(const FlatEvent&) = delete;
  FlatEvent& operator=(const FlatEvent&) = delete;

  // Error: invalid, with the reason and where ("… (line 1, column 7)"), for anything but one JSON object.
  static Result<FlatEvent> parse(std::string_view json);

  // Every leaf at the path, in no particular order.
  template <class Visit>
  void for_each_leaf(const FieldPath& path, Visit&& visit) const {
    for (const PlacedLeaf& placed : same_hash(path.hash())) {
      if (is_path(placed.path, path.text())) visit(placed.leaf, placed.place);
    }
  }

  const PlaceTree& places() const { return places_; }
  std::span<const PlacedLeaf> leaves() const { return leaves_; }
  // The dotted path of a leaf, for people and tests.
  std::string path_text(const PlacedLeaf& placed) const;

 private:
  friend class EventFlattener;

  // The last name of a path; several nodes may spell the same path.
  struct PathNode {
    std::uint64_t hash;
    std::string_view name;
    std::uint32_t parent;  // kNoPath at the top
    std::uint32_t length;  // of the dotted path, in bytes
  };
  static constexpr std::uint32_t kNoPath = UINT32_MAX;

  FlatEvent() = default;
  std::span<const PlacedLeaf> same_hash(std::uint64_t hash) const;
  bool is_path(std::uint32_t node, std::string_view text) const;

  std::vector<PlacedLeaf> leaves_;  // sorted by path_hash
  std::vector<PathNode> paths_;
  PlaceTree places_;
  std::deque<std::string> decoded_;  // names and strings that had escapes; never moves its elements
};

}  // namespace waybill::pattern
