#include "store/apply.h"

namespace waybill::store {

namespace {

// Walks a unit in the order it will be applied and remembers whether something was written so far.
class SavepointSearch {
 public:
  bool needed(const Changes& changes, int depth) {
    if (depth > kMaxAlternativeDepth) return true;
    for (const Change& change : changes.list) {
      if (std::visit([&](const auto& c) { return refusable(c, depth > 0); }, change) && wrote_) return true;
      if (std::visit([&](const auto& c) { return needed_within(c, depth); }, change)) return true;
      wrote_ = wrote_ || !std::holds_alternative<CheckItem>(change);
    }
    return false;
  }

 private:
  template <class C>
  static bool refusable(const C& change, bool in_alternative) {
    if constexpr (std::is_same_v<C, PutItem> || std::is_same_v<C, DeleteItem>) {
      // Table and size of an item are looked at before the unit writes anything, but for alternatives, which are
      // looked at only when they are taken.
      if (in_alternative || change.condition.version) return true;
      return conditional(change) && change.on_failed == OnConditionFailed::fail_attempt;
    } else if constexpr (std::is_same_v<C, DeleteMessage>) {
      return change.required;
    } else {
      return std::is_same_v<C, FinishDelivery> || std::is_same_v<C, RescheduleDelivery> ||
             std::is_same_v<C, RemoveDeadLetter> || std::is_same_v<C, CheckItem> || std::is_same_v<C, PutTable>;
    }
  }

  template <class C>
  bool needed_within(const C& change, int depth) {
    if constexpr (std::is_same_v<C, PutItem> || std::is_same_v<C, DeleteItem>) {
      if (!conditional(change) || change.on_failed != OnConditionFailed::alternative || !change.alternative)
        return false;
      return needed(*change.alternative, depth + 1);
    } else {
      return false;
    }
  }

  template <class C>
  static bool conditional(const C& change) {
    return change.condition.existence != ItemCondition::Existence::any;
  }

  bool wrote_ = false;
};

}  // namespace

bool needs_savepoint(const Changes& changes) { return SavepointSearch().needed(changes, 0); }

}  // namespace waybill::store
