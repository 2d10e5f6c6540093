#include "pattern/element_choice.h"

#include <algorithm>

namespace waybill::pattern {
namespace {

// Remembering dead ends costs more than it saves until a search has gone wrong a few times.
constexpr std::size_t kStepsBeforeRemembering = 64;
// Choices are independent but for duplicate keys, so remembered searches stay small; events built to defeat that
// end here, as no match.
constexpr std::size_t kMaxSteps = 20'000;

}  // namespace

bool ElementChoice::exists(const PlaceTree& places, const std::vector<const FieldOffer*>& offers) {
  places_ = &places;
  offers_ = &offers;
  chosen_.clear();
  steps_ = 0;
  dead_ends_.clear();
  return choose_from(0);
}

bool ElementChoice::choose_from(std::size_t field) {
  if (field == offers_->size()) return true;
  if (++steps_ > kMaxSteps) return false;
  if (steps_ <= kStepsBeforeRemembering) return try_choices(field);
  std::pair<std::size_t, Places> situation{field, choices_that_matter_from(field)};
  if (dead_ends_.contains(situation)) return false;
  if (try_choices(field)) return true;
  dead_ends_.insert(std::move(situation));
  return false;
}

bool ElementChoice::try_choices(std::size_t field) {
  const FieldOffer& offer = *(*offers_)[field];
  if (offer.accepts_absence && is_absent(offer) && choose_from(field + 1)) return true;
  for (const PlaceTree::Place place : offer.accepted) {
    if (!is_free(place)) continue;
    const bool binds =
        place != PlaceTree::kOutsideArrays && std::find(chosen_.begin(), chosen_.end(), place) == chosen_.end();
    if (binds) chosen_.push_back(place);
    if (choose_from(field + 1)) return true;
    if (binds) chosen_.pop_back();
  }
  return false;
}

bool ElementChoice::is_free(PlaceTree::Place place) const {
  return std::all_of(chosen_.begin(), chosen_.end(),
                     [&](PlaceTree::Place chosen) { return places_->are_compatible(chosen, place); });
}

bool ElementChoice::is_absent(const FieldOffer& offer) const {
  return std::none_of(offer.present.begin(), offer.present.end(),
                      [this](PlaceTree::Place place) { return is_free(place); });
}

// The choices made so far that rule out anything the remaining fields look at.
ElementChoice::Places ElementChoice::choices_that_matter_from(std::size_t field) const {
  Places result;
  for (const PlaceTree::Place chosen : chosen_) {
    const auto rules_out = [&](PlaceTree::Place place) { return !places_->are_compatible(chosen, place); };
    const bool matters = std::any_of(offers_->begin() + field, offers_->end(), [&](const FieldOffer* offer) {
      return std::any_of(offer->accepted.begin(), offer->accepted.end(), rules_out) ||
             std::any_of(offer->present.begin(), offer->present.end(), rules_out);
    });
    if (matters) result.push_back(chosen);
  }
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace waybill::pattern
