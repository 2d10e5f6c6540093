#include "pattern/flat_event.h"

#include <algorithm>
#include <utility>

#include "pattern/json_reader.h"

namespace waybill::pattern {

// Builds a FlatEvent from the tokens, with a stack of its own instead of recursion.
class EventFlattener {
 public:
  explicit EventFlattener(std::string_view json) : json_(json), reader_(json, FlatEvent::kMaxNesting) {}

  Result<FlatEvent> run() {
    if (json_.size() >= UINT32_MAX) return invalid("Event is too large");
    event_.leaves_.reserve(32);
    event_.paths_.reserve(32);
    stack_.reserve(8);
    const JsonToken first = reader_.next();
    if (first == JsonToken::error) return fail(reader_.failure());
    if (first != JsonToken::start_object) return fail("Event is not an object");
    stack_.push_back({false, FlatEvent::kNoPath, FlatEvent::kOutsideArrays, 0});
    while (!stack_.empty()) {
      if (!take(reader_.next())) return fail(reader_.failure());
    }
    if (!reader_.at_end()) return fail("Unexpected text after the event");
    std::sort(event_.leaves_.begin(), event_.leaves_.end(),
              [](const auto& left, const auto& right) { return left.path_hash < right.path_hash; });
    return std::move(event_);
  }

 private:
  struct Open {
    bool is_array;
    std::uint32_t path;
    FlatEvent::Place place;
    std::uint32_t array;  // number of the array, if it is one
  };

  // False if the token was an error.
  bool take(JsonToken token) {
    switch (token) {
      case JsonToken::field_name: name_path_ = add_path(stack_.back().path, view_of(reader_.name())); return true;
      case JsonToken::start_object: open(false); return true;
      case JsonToken::start_array: open(true); return true;
      case JsonToken::end_object:
      case JsonToken::end_array: stack_.pop_back(); return true;
      case JsonToken::string: {
        JsonString text;
        if (!reader_.read_string(text)) return false;
        add_leaf({LeafKind::string, view_of(text)});
        return true;
      }
      case JsonToken::number: add_leaf({LeafKind::number, reader_.literal()}); return true;
      case JsonToken::true_value: add_leaf({LeafKind::true_value, reader_.literal()}); return true;
      case JsonToken::false_value: add_leaf({LeafKind::false_value, reader_.literal()}); return true;
      case JsonToken::null_value: add_leaf({LeafKind::null_value, reader_.literal()}); return true;
      case JsonToken::end_of_text:
      case JsonToken::error: return false;
    }
    return false;
  }

  std::uint32_t current_path() const { return stack_.back().is_array ? stack_.back().path : name_path_; }

  void open(bool is_array) {
    const Open& around = stack_.back();
    FlatEvent::Place place = around.place;
    if (around.is_array) place = event_.places_.add(around.place, around.array);
    stack_.push_back({is_array, current_path(), place, is_array ? arrays_++ : 0});
  }

  void add_leaf(Leaf leaf) {
    const std::uint32_t path = current_path();
    event_.leaves_.push_back({event_.paths_[path].hash, path, stack_.back().place, leaf});
  }

  std::uint32_t add_path(std::uint32_t parent, std::string_view name) {
    std::uint64_t hash = PathHash::kStart;
    std::size_t length = name.size();
    if (parent != FlatEvent::kNoPath) {
      hash = PathHash::extend(event_.paths_[parent].hash, ".");
      length += event_.paths_[parent].length + 1;
    }
    event_.paths_.push_back({PathHash::extend(hash, name), name, parent, static_cast<std::uint32_t>(length)});
    return static_cast<std::uint32_t>(event_.paths_.size() - 1);
  }

  std::string_view view_of(const JsonString& text) {
    if (!text.has_escapes) return text.raw;
    return event_.decoded_.emplace_back(decode_json_string(text.raw));
  }

  Error fail(const std::string& reason) const {
    const TextPosition position = position_of(json_, reader_.offset());
    return invalid(reason + " (line " + std::to_string(position.line) + ", column " + std::to_string(position.column) +
                   ")");
  }

  std::string_view json_;
  JsonReader reader_;
  FlatEvent event_;
  std::vector<Open> stack_;
  std::uint32_t name_path_ = FlatEvent::kNoPath;
  std::uint32_t arrays_ = 0;
};

Result<FlatEvent> FlatEvent::parse(std::string_view json) { return EventFlattener(json).run(); }

std::span<const FlatEvent::PlacedLeaf> FlatEvent::same_hash(std::uint64_t hash) const {
  const auto less = [](const PlacedLeaf& leaf, std::uint64_t wanted) { return leaf.path_hash < wanted; };
  const auto first = std::lower_bound(leaves_.begin(), leaves_.end(), hash, less);
  auto last = first;
  while (last != leaves_.end() && last->path_hash == hash) ++last;
  return {first, last};
}

bool FlatEvent::is_path(std::uint32_t node, std::string_view text) const {
  if (paths_[node].length != text.size()) return false;
  for (;;) {
    const PathNode& path = paths_[node];
    if (!text.ends_with(path.name)) return false;
    text.remove_suffix(path.name.size());
    if (path.parent == kNoPath) return true;  // the lengths agree, so nothing is left
    if (!text.ends_with('.')) return false;
    text.remove_suffix(1);
    node = path.parent;
  }
}

std::string FlatEvent::path_text(const PlacedLeaf& placed) const {
  std::string text;
  for (std::uint32_t node = placed.path; node != kNoPath; node = paths_[node].parent) {
    text = std::string(paths_[node].name) + (text.empty() && node == placed.path ? "" : "." + text);
  }
  return text;
}

}  // namespace waybill::pattern
