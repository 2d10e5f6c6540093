#include "pattern/explain.h"

#include <algorithm>

#include "pattern/compiled_pattern.h"
#include "pattern/matcher_text.h"
#include "pattern/near_miss.h"

namespace waybill::pattern {
namespace {

constexpr std::size_t kMostValues = 5;  // shown of one field

std::string listed(const std::vector<std::string>& items, std::size_t count, const char* last_separator) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const bool is_last = i + 1 == items.size() && count == items.size();
    text += (i == 0 ? "" : is_last ? last_separator : ", ") + items[i];
  }
  return count > items.size() ? text + " and " + std::to_string(count - items.size()) + " more" : text;
}

class Explainer {
 public:
  Explainer(const CompiledPattern& pattern, const FlatEvent& event) : pattern_(pattern), event_(event) {}

  FieldExplanation field(const FieldTest& test) const {
    FieldExplanation result;
    result.path = test.path.text();
    for (const Matcher& matcher : test.values.matchers) result.wanted.push_back(text_of(matcher));
    if (test.values.accepts_absence) result.wanted.emplace_back("no value");
    event_.for_each_leaf(test.path, [&](const Leaf& leaf, FlatEvent::Place) {
      result.passed = result.passed || test.values.accepts(leaf);
      if (result.found.size() < kMostValues) result.found.push_back(text_of(leaf));
      ++result.found_count;
    });
    if (result.found_count == 0) result.passed = test.values.accepts_absence;
    if (!result.passed) result.why = result.found_count == 0 ? why_nothing(result) : why_not(test, result);
    return result;
  }

  // How many of the reading's fields pass.
  std::size_t passing(const std::vector<std::uint32_t>& tests) const {
    return static_cast<std::size_t>(std::count_if(
        tests.begin(), tests.end(), [this](std::uint32_t test) { return field(pattern_.tests[test]).passed; }));
  }

 private:
  std::string why_not(const FieldTest& test, const FieldExplanation& field) const {
    NearMiss nearest{NearMiss::kFar + 1, ""};
    std::string value = listed(field.found, field.found_count, " and ");
    std::string wanted = listed(field.wanted, field.wanted.size(), " or ");
    event_.for_each_leaf(test.path, [&](const Leaf& leaf, FlatEvent::Place) {
      for (const Matcher& matcher : test.values.matchers) {
        NearMiss miss = near_miss(leaf, matcher);
        if (miss.distance >= nearest.distance) continue;
        nearest = std::move(miss);
        if (nearest.what.empty()) continue;
        value = text_of(leaf);
        wanted = text_of(matcher);
      }
    });
    std::string text = "`" + field.path + "` is " + value + ", the pattern wants " + wanted;
    return nearest.what.empty() ? text : text + ": " + nearest.what;
  }

  std::string why_nothing(const FieldExplanation& field) const {
    std::string text = "`" + field.path + "` has no value in the event, the pattern wants " +
                       listed(field.wanted, field.wanted.size(), " or ");
    bool has_below = false;
    NearMiss nearest{NearMiss::kFar, ""};
    std::string path;
    for (const auto& leaf : event_.leaves()) {
      const std::string other = event_.path_text(leaf);
      if (other.starts_with(field.path + ".")) has_below = true;
      NearMiss miss = near_miss(other, field.path);
      if (miss.distance >= nearest.distance) continue;
      nearest = std::move(miss);
      path = other;
    }
    if (has_below) return text + ": what is there is an object, and only what it holds are values";
    return nearest.what.empty() ? text : text + ": there is `" + path + "`, which " + nearest.what;
  }

  const CompiledPattern& pattern_;
  const FlatEvent& event_;
};

}  // namespace

Explanation explain(const Pattern& pattern, const FlatEvent& event) {
  const CompiledPattern& compiled = pattern.compiled();
  const Explainer explainer(compiled, event);
  Explanation result;
  result.matches = pattern.matches(event);
  result.readings = compiled.readings.size();
  // Nearest is what the fewest fields keep from matching.
  std::size_t least = SIZE_MAX;
  const std::vector<std::uint32_t>* nearest = nullptr;
  for (const auto& reading : compiled.readings) {
    const std::size_t failing = reading.size() - explainer.passing(reading);
    if (failing >= least) continue;
    least = failing;
    nearest = &reading;
  }
  for (const std::uint32_t test : *nearest) result.fields.push_back(explainer.field(compiled.tests[test]));
  result.only_across_elements = least == 0 && !result.matches;
  return result;
}

std::vector<std::string> Explanation::sentences() const {
  std::vector<std::string> result;
  if (matches) {
    result.emplace_back("The event matches.");
    return result;
  }
  for (const FieldExplanation& field : fields) {
    if (!field.passed) result.push_back(field.why);
  }
  if (only_across_elements) {
    result.emplace_back(
        "Every field matches by itself, but not within one element of each array: what one match uses must not come "
        "from different elements of the same array");
  }
  return result;
}

}  // namespace waybill::pattern
