#include "pattern/explain.h"

#include <algorithm>

#include "pattern/compiled_pattern.h"
#include "pattern/matcher_text.h"
#include "pattern/near_miss.h"

namespace waybill::pattern {
namespace {

constexpr std::size_t kMostValues = 5;  // shown of one field

// Looking for a near miss is for people's comfort: what it may cost over a whole explanation, in steps of about a
// nanosecond. An event and a pattern as large as a request may send must not hold up other calls.
constexpr std::size_t kMostSteps = 10'000'000;

// Edit distance takes at most 64 steps for each byte (near_miss.cc), folding the case a few.
std::size_t steps_of(std::string_view text) {
  return 64 + 64 * std::min<std::size_t>(text.size(), 64) + 8 * text.size();
}

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

  // REQUIRES: `passed` is what passes() says of the test.
  FieldExplanation field(const FieldTest& test, bool passed) {
    FieldExplanation result;
    result.path = test.path.text();
    result.passed = passed;
    for (const Matcher& matcher : test.values.matchers) result.wanted.push_back(text_of(matcher));
    if (test.values.accepts_absence) result.wanted.emplace_back("no value");
    event_.for_each_leaf(test.path, [&](const Leaf& leaf, FlatEvent::Place) {
      if (result.found.size() < kMostValues) result.found.push_back(text_of(leaf));
      ++result.found_count;
    });
    if (!passed) result.why = result.found_count == 0 ? why_nothing(result) : why_not(test, result);
    return result;
  }

  bool passes(const FieldTest& test) {
    bool found = false;
    bool accepted = false;
    event_.for_each_leaf(test.path, [&](const Leaf& leaf, FlatEvent::Place) {
      found = true;
      accepted = accepted || test.values.accepts(leaf);
    });
    ++effort_.tests;
    return found ? accepted : test.values.accepts_absence;
  }

  // For each test of the pattern, once: readings share most of their tests.
  std::vector<bool> passing_tests() {
    std::vector<bool> passing;
    passing.reserve(pattern_.tests.size());
    for (const FieldTest& test : pattern_.tests) passing.push_back(passes(test));
    return passing;
  }

  const Explanation::Effort& effort() const { return effort_; }

 private:
  std::string why_not(const FieldTest& test, const FieldExplanation& field) {
    NearMiss nearest{NearMiss::kFar + 1, ""};
    std::string value = listed(field.found, field.found_count, " and ");
    std::string wanted = listed(field.wanted, field.wanted.size(), " or ");
    event_.for_each_leaf(test.path, [&](const Leaf& leaf, FlatEvent::Place) {
      for (const Matcher& matcher : test.values.matchers) {
        if (!may_look(leaf.text)) return;
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

  std::string why_nothing(const FieldExplanation& field) {
    std::string text = "`" + field.path + "` has no value in the event, the pattern wants " +
                       listed(field.wanted, field.wanted.size(), " or ");
    bool has_below = false;
    NearMiss nearest{NearMiss::kFar, ""};
    std::string path;
    for (const auto& leaf : event_.leaves()) {
      const std::string other = event_.path_text(leaf);
      if (!may_look(other)) break;
      if (other.starts_with(field.path + ".")) has_below = true;
      NearMiss miss = near_miss(other, field.path);
      if (miss.distance >= nearest.distance) continue;
      nearest = std::move(miss);
      path = other;
    }
    if (has_below) return text + ": what is there is an object, and only what it holds are values";
    return nearest.what.empty() ? text : text + ": there is `" + path + "`, which " + nearest.what;
  }

  bool may_look(std::string_view text) {
    const std::size_t steps = steps_of(text);
    if (steps > steps_left_) return false;
    steps_left_ -= steps;
    ++effort_.looks;
    return true;
  }

  const CompiledPattern& pattern_;
  const FlatEvent& event_;
  std::size_t steps_left_ = kMostSteps;
  Explanation::Effort effort_;
};

// Nearest is what the fewest fields keep from matching; of several such what the most fields agree with.
const std::vector<std::uint32_t>& nearest_reading(const CompiledPattern& pattern, const std::vector<bool>& passing) {
  const auto failing = [&](const std::vector<std::uint32_t>& reading) {
    return std::count_if(reading.begin(), reading.end(), [&](std::uint32_t test) { return !passing[test]; });
  };
  const std::vector<std::uint32_t>* nearest = &pattern.readings.front();
  auto least = failing(*nearest);
  for (const auto& reading : pattern.readings) {
    const auto count = failing(reading);
    if (count > least || (count == least && reading.size() <= nearest->size())) continue;
    least = count;
    nearest = &reading;
  }
  return *nearest;
}

}  // namespace

Explanation explain(const Pattern& pattern, const FlatEvent& event) {
  const CompiledPattern& compiled = pattern.compiled();
  Explainer explainer(compiled, event);
  Explanation result;
  result.matches = pattern.matches(event);
  result.readings = compiled.readings.size();
  const std::vector<bool> passing = explainer.passing_tests();
  bool all_pass = true;
  for (const std::uint32_t test : nearest_reading(compiled, passing)) {
    all_pass = all_pass && passing[test];
    result.fields.push_back(explainer.field(compiled.tests[test], passing[test]));
  }
  result.only_across_elements = all_pass && !result.matches;
  result.effort = explainer.effort();
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
