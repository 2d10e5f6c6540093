// Random nested events and patterns of plain values and exists, against a second matcher written straight from
// the definition: flatten with array positions, then try every combination.
#include <map>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "pattern/pattern.h"

namespace waybill::pattern {
namespace {

using Json = nlohmann::json;
using Positions = std::map<int, int>;  // number of an array -> element taken

struct ModelLeaf {
  std::string path;
  std::string value;
  Positions positions;
};

class Model {
 public:
  explicit Model(const Json& event) { flatten("", event, {}); }

  bool matches(const Json& pattern) {
    wanted_.clear();
    collect("", pattern);
    return meet(wanted_.begin(), {});
  }

 private:
  using Wanted = std::map<std::string, Json>;  // path -> array; ASCII paths, so byte order is UTF-16 order

  void flatten(const std::string& path, const Json& value, const Positions& positions) {
    if (value.is_object()) {
      for (const auto& [name, member] : value.items())
        flatten(path.empty() ? name : path + "." + name, member, positions);
    } else if (value.is_array()) {
      const int array = arrays_++;
      for (std::size_t i = 0; i < value.size(); ++i) {
        Positions inside = positions;
        if (value[i].is_structured()) inside[array] = static_cast<int>(i);
        flatten(path, value[i], inside);
      }
    } else {
      leaves_.push_back({path, value.dump(), positions});
    }
  }

  void collect(const std::string& path, const Json& pattern) {
    for (const auto& [name, member] : pattern.items()) {
      const std::string inner = path.empty() ? name : path + "." + name;
      if (member.is_array()) {
        wanted_[inner] = member;
      } else {
        collect(inner, member);
      }
    }
  }

  static bool merge(Positions& chosen, const Positions& more) {
    for (const auto& [array, element] : more) {
      if (chosen.try_emplace(array, element).first->second != element) return false;
    }
    return true;
  }

  bool meet(Wanted::const_iterator field, const Positions& chosen) const {
    if (field == wanted_.end()) return true;
    const auto next = std::next(field);
    for (const Json& want : field->second) {
      bool is_present = false;
      for (const ModelLeaf& leaf : leaves_) {
        Positions with = chosen;
        if (leaf.path != field->first || !merge(with, leaf.positions)) continue;
        is_present = true;
        const bool accepted = want.is_object() ? want == Json{{"exists", true}} : want.dump() == leaf.value;
        if (accepted && meet(next, with)) return true;
      }
      if (!is_present && want == Json{{"exists", false}} && meet(next, chosen)) return true;
    }
    return false;
  }

  std::vector<ModelLeaf> leaves_;
  Wanted wanted_;
  int arrays_ = 0;
};

const char* const kNames[] = {"a", "b", "c"};

Json random_event(std::mt19937& random, int depth) {
  const auto kind = random() % 8;
  if (depth == 0 || kind < 2) return std::string(1, "xyz"[random() % 3]);
  if (kind < 5) {
    Json array = Json::array();
    for (std::size_t count = random() % 4; count > 0; --count) array.push_back(random_event(random, depth - 1));
    return array;
  }
  Json object = Json::object();
  for (const char* name : kNames) {
    if (random() % 2) object[name] = random_event(random, depth - 1);
  }
  return object;
}

Json random_pattern(std::mt19937& random, int depth) {
  Json object = Json::object();
  for (const char* name : kNames) {
    if (random() % 2) continue;
    if (depth > 0 && random() % 2) {
      object[name] = random_pattern(random, depth - 1);
      continue;
    }
    Json values = Json::array();
    for (std::size_t count = 1 + random() % 2; count > 0; --count) {
      const auto kind = random() % 6;
      if (kind < 4) {
        values.push_back(std::string(1, "xyz"[random() % 3]));
      } else {
        values.push_back({{"exists", kind == 4}});
      }
    }
    object[name] = values;
  }
  if (object.empty()) object["a"] = {"x"};
  return object;
}

}  // namespace

TEST_CASE("array consistency agrees with trying every combination") {
  std::mt19937 random(20260924);
  int matched = 0;
  for (int i = 0; i < 3000; ++i) {
    Json event = Json::object();
    for (const char* name : kNames) event[name] = random_event(random, 4);
    const std::string event_text = event.dump();
    const auto flat = FlatEvent::parse(event_text);
    REQUIRE(flat.has_value());
    Model model(event);
    for (int j = 0; j < 3; ++j) {
      const Json pattern = random_pattern(random, 2);
      const auto parsed = Pattern::parse(pattern.dump());
      CAPTURE(event_text);
      CAPTURE(pattern.dump());
      REQUIRE(parsed.has_value());
      const bool expected = model.matches(pattern);
      REQUIRE(parsed->matches(*flat) == expected);
      matched += expected;
    }
  }
  CHECK(matched > 500);
}

}  // namespace waybill::pattern
