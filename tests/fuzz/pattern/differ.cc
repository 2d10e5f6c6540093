#include "fuzz/pattern/differ.h"

#include <algorithm>

namespace waybill::fuzz {

using pattern::FlatEvent;
using pattern::Pattern;
using pattern::RuleId;
using pattern::RuleSet;

std::optional<Difference> Differ::round() {
  maker_.change_vocabulary();
  texts_.clear();
  patterns_.clear();
  const std::size_t wanted = 1 + maker_.below(maker_.chance(10) ? 60 : 12);
  for (std::size_t tries = 0; patterns_.size() < wanted && tries < 4 * wanted; ++tries) {
    std::string text = maker_.pattern();
    auto pattern = Pattern::parse(text);
    if (!pattern) continue;
    texts_.push_back(std::move(text));
    patterns_.push_back(std::move(*pattern));
  }
  if (patterns_.empty()) return std::nullopt;

  RuleSet rules;
  std::vector<State> states;
  std::vector<bool> is_in(patterns_.size());
  for (int state = 0; state < 3; ++state) {
    for (std::size_t i = 0; i < patterns_.size(); ++i) {
      if (state == 0 ? maker_.chance(4) : !maker_.chance(3)) continue;
      const bool take_out = is_in[i] && maker_.chance(2);
      if (take_out) {
        rules.remove(static_cast<RuleId>(i));
      } else {
        rules.add(static_cast<RuleId>(i), patterns_[i]);
      }
      is_in[i] = !take_out;
    }
    states.push_back({rules.snapshot(), is_in});
  }
  for (int event = 0; event < 12; ++event) {
    const std::string text = maker_.event();
    if (auto difference = compare(states[maker_.below(states.size())], text)) return difference;
  }
  return std::nullopt;
}

std::optional<Difference> Differ::compare(const State& state, const std::string& event) {
  // On the heap to the byte, so that a read beyond it is seen.
  const std::vector<char> exact(event.begin(), event.end());
  const std::string_view view(exact.data(), exact.size());
  const auto flat = FlatEvent::parse(view);
  const auto& scans = pattern::event_scans();
  const auto& scan = scans[maker_.below(scans.size())];
  const bool is_read = state.matcher->match_by(scan.scan, view, scratch_, matching_);
  ++pairs_;
  if (!flat || !is_read) return Difference{"", event, std::string("not read ") + (flat ? "by the engine" : "at all")};
  std::sort(matching_.begin(), matching_.end());
  if (std::adjacent_find(matching_.begin(), matching_.end()) != matching_.end()) {
    return Difference{texts_[*std::adjacent_find(matching_.begin(), matching_.end())], event, "found twice"};
  }
  for (std::size_t i = 0; i < patterns_.size(); ++i) {
    const bool expected = state.is_in[i] && patterns_[i].matches(*flat);
    const bool found = std::binary_search(matching_.begin(), matching_.end(), static_cast<RuleId>(i));
    judged_ += state.is_in[i];
    matches_ += expected;
    if (found == expected) continue;
    return Difference{texts_[i], event,
                      std::string(scan.name) + (found ? " matches" : " does not match") +
                          (state.is_in[i] ? ", the plain matcher decides otherwise" : ", and the rule is not there")};
  }
  return std::nullopt;
}

std::string disagreement(const std::string& pattern_text, const std::string& event) {
  const auto pattern = Pattern::parse(pattern_text);
  const auto flat = FlatEvent::parse(event);
  if (!pattern || !flat) return "pattern or event is not valid";
  RuleSet rules;
  rules.add(7, *pattern);
  const auto matcher = rules.snapshot();
  for (const auto& scan : pattern::event_scans()) {
    pattern::Scratch scratch;
    std::vector<RuleId> matching;
    if (!matcher->match_by(scan.scan, event, scratch, matching)) return std::string(scan.name) + " does not read it";
    if (!matching.empty() != pattern->matches(*flat)) return std::string(scan.name) + " decides otherwise";
  }
  return "";
}

}  // namespace waybill::fuzz
