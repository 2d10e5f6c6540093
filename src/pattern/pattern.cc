#include "pattern/pattern.h"

#include <algorithm>
#include <optional>

#include "pattern/compiled_pattern.h"
#include "pattern/element_choice.h"

namespace waybill::pattern {
namespace {

using Place = FlatEvent::Place;

void add_once(std::vector<Place>& places, Place place) {
  if (places.empty() || places.back() != place) places.push_back(place);
}

void make_unique(std::vector<Place>& places) {
  if (places.size() < 2) return;
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
}

FieldOffer offer_of(const FieldTest& test, const FlatEvent& event) {
  FieldOffer offer;
  offer.accepts_absence = test.values.accepts_absence;
  event.for_each_leaf(test.path, [&](const Leaf& leaf, Place place) {
    if (offer.accepts_absence) add_once(offer.present, place);
    // A leaf outside all arrays goes with every other choice: no need for a better one.
    if (!offer.accepted.empty() && offer.accepted.front() == FlatEvent::kOutsideArrays) return;
    if (!test.values.accepts(leaf)) return;
    if (place == FlatEvent::kOutsideArrays) offer.accepted.clear();
    add_once(offer.accepted, place);
  });
  make_unique(offer.accepted);
  make_unique(offer.present);
  return offer;
}

// The offers of the pattern's fields to one event, made when first asked for: readings share them.
class Offers {
 public:
  Offers(const CompiledPattern& pattern, const FlatEvent& event)
      : pattern_(pattern), event_(event), offers_(pattern.tests.size()) {}

  const FieldOffer& of(std::uint32_t test) {
    if (!offers_[test]) offers_[test] = offer_of(pattern_.tests[test], event_);
    return *offers_[test];
  }

 private:
  const CompiledPattern& pattern_;
  const FlatEvent& event_;
  std::vector<std::optional<FieldOffer>> offers_;
};

bool reading_matches(const std::vector<std::uint32_t>& tests, Offers& offers, const FlatEvent& event) {
  std::vector<const FieldOffer*> chosen_from;
  chosen_from.reserve(tests.size());
  for (const std::uint32_t test : tests) {
    const FieldOffer& offer = offers.of(test);
    if (offer.accepted.empty() && !offer.accepts_absence) return false;
    chosen_from.push_back(&offer);
  }
  return ElementChoice().exists(event.places(), chosen_from);
}

}  // namespace

Result<Pattern> Pattern::parse(std::string_view text, const PatternLimits& limits) {
  auto compiled = compile_pattern(text, limits);
  if (!compiled) return to_error(compiled.error());
  return Pattern(std::make_shared<const CompiledPattern>(std::move(*compiled)));
}

bool Pattern::matches(const FlatEvent& event) const {
  Offers offers(*compiled_, event);
  return std::any_of(compiled_->readings.begin(), compiled_->readings.end(),
                     [&](const auto& tests) { return reading_matches(tests, offers, event); });
}

}  // namespace waybill::pattern
