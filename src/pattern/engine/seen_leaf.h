// SeenLeaf: a leaf of an event at a field that some pattern names, as the scan found it.
#pragma once

#include <cstdint>
#include <string_view>

#include "pattern/engine/path_tree.h"
#include "pattern/engine/text_hash.h"
#include "pattern/leaf.h"
#include "pattern/place_tree.h"

namespace waybill::pattern {

struct SeenLeaf {
  static constexpr std::uint32_t kNone = UINT32_MAX;
  enum class Number : std::uint8_t { unread, read, comparable, incomparable };

  const char* text;  // a string's decoded text; a number or literal as spelled
  std::uint32_t length;
  FieldId field;
  PlaceTree::Place place;
  LeafKind kind;
  TextEnds ends = {};              // of a string
  std::uint32_t next = kNone;      // of the same field
  Number number = Number::unread;  // read: `value` is known, whether it is comparable not yet
  double value = 0;

  std::string_view view() const { return {text, length}; }
  // A string's.
  std::uint64_t hash() const {
    const std::uint64_t hash = hash_ends(ends, length);
    return length <= 16 ? hash : hash_middle(hash, text, length);
  }
  bool is_alone_outside_arrays() const { return next == kNone && place == PlaceTree::kOutsideArrays; }
};

// The leaf's number; false if it has none. Whether it is comparable is found out when it matters.
bool read_number(SeenLeaf& leaf);
bool is_comparable(SeenLeaf& leaf);

}  // namespace waybill::pattern
