// What a unit of changes must do, said once more and as plainly as possible, to hold the Journal against.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/apply.h"
#include "unit/store/journal_fixture.h"

namespace waybill::testing {

// The state that the random units play with: one table, deliveries of one endpoint, settings.
struct Truth {
  struct Item {
    std::int64_t version = 0;
    std::string body;
    bool operator==(const Item&) const = default;
  };
  std::map<std::string, Item> items;
  std::map<DeliveryKey, int> deliveries;  // attempts
  std::map<std::string, std::string> settings;
  std::int64_t generation = 1;
  std::int64_t last_version = 0;
  bool operator==(const Truth&) const = default;
};

// Either why the unit is refused, or one word for each change.
struct Verdict {
  std::optional<Refusal::Reason> refused;
  std::vector<std::string> results;
};

inline std::string word_for(const ChangeResult& result) {
  if (const auto* written = std::get_if<ItemWritten>(&result)) {
    return "version " + std::to_string(written->version);
  }
  if (std::holds_alternative<ConditionSkipped>(result)) return "skipped";
  if (std::holds_alternative<AlternativeApplied>(result)) return "alternative";
  return "done";
}

// Works on a copy of the truth; the caller takes it when the unit is not refused.
class UnitOracle {
 public:
  explicit UnitOracle(Truth truth) : truth_(std::move(truth)) {}

  Verdict apply(const Changes& changes) {
    for (const Change& change : changes.list) {
      if (wrong_for_sure(change)) return {Refusal::Reason::invalid_effect, {}};
    }
    Verdict verdict;
    for (const Change& change : changes.list) {
      verdict.results.push_back(std::visit(*this, change));
      if (refused_) return {refused_, {}};
    }
    return verdict;
  }
  const Truth& truth() const { return truth_; }

  std::string operator()(const PutItem& put) {
    if (wrong_for_sure(put)) return refuse(Refusal::Reason::invalid_effect);
    if (!condition_holds(put.row.pk, put.condition)) return otherwise(put);
    truth_.items[put.row.pk] = {++truth_.last_version, put.row.body};
    return "version " + std::to_string(truth_.last_version);
  }
  std::string operator()(const DeleteItem& remove) {
    if (!condition_holds(remove.pk, remove.condition)) return otherwise(remove);
    truth_.items.erase(remove.pk);
    return "version 0";
  }
  std::string operator()(const CheckItem& check) {
    return condition_holds(check.pk, {Existence::any, check.version}) ? "done" : "";
  }
  std::string operator()(const InsertDelivery& insert) {
    const bool is_new = truth_.deliveries.emplace(insert.delivery.key, 0).second;
    return is_new ? "done" : refuse(Refusal::Reason::invalid_effect);
  }
  std::string operator()(const FinishDelivery& finish) {
    if (!stands(finish.fence)) return refuse(Refusal::Reason::fenced);
    truth_.deliveries.erase(finish.fence.key);
    return "done";
  }
  std::string operator()(const RescheduleDelivery& move) {
    if (!stands(move.fence)) return refuse(Refusal::Reason::fenced);
    DeliveryKey to = move.fence.key;
    to.due = move.due;
    if (to != move.fence.key && truth_.deliveries.contains(to)) return refuse(Refusal::Reason::invalid_effect);
    truth_.deliveries.erase(move.fence.key);
    truth_.deliveries[to] = move.fence.attempts + 1;
    return "done";
  }
  std::string operator()(const PutSetting& put) {
    truth_.settings[put.name] = put.value;
    return "done";
  }
  std::string operator()(const ResetAll&) {
    truth_.items.clear();
    truth_.deliveries.clear();
    ++truth_.generation;
    return "done";
  }
  template <class Other>
  std::string operator()(const Other&) {
    FAIL("the random units have no such change");
    return {};
  }

 private:
  static bool wrong_for_sure(const Change& change) {
    const auto* put = std::get_if<PutItem>(&change);
    return put && wrong_for_sure(*put);
  }
  static bool wrong_for_sure(const PutItem& put) {
    return put.table != kTable || put.row.pk.size() + put.row.sk.size() + put.row.body.size() > 409'600;
  }
  std::string refuse(Refusal::Reason reason) {
    if (!refused_) refused_ = reason;
    return {};
  }
  bool stands(const DeliveryFence& fence) const {
    const auto found = truth_.deliveries.find(fence.key);
    return fence.generation == truth_.generation && found != truth_.deliveries.end() && found->second == fence.attempts;
  }
  bool condition_holds(const std::string& pk, const ItemCondition& condition) {
    const auto found = truth_.items.find(pk);
    const std::int64_t version = found == truth_.items.end() ? 0 : found->second.version;
    if (condition.version && *condition.version != version) {
      refuse(Refusal::Reason::version_conflict);
      return false;
    }
    return condition.existence == Existence::any || (condition.existence == Existence::present) == (version > 0);
  }
  template <class ItemChange>
  std::string otherwise(const ItemChange& change) {
    if (refused_) return {};
    if (change.on_failed == OnConditionFailed::skip) return "skipped";
    if (change.on_failed == OnConditionFailed::fail_attempt) return refuse(Refusal::Reason::condition_failed);
    for (const Change& alternative : change.alternative->list) {
      std::visit(*this, alternative);
      if (refused_) return {};
    }
    return "alternative";
  }

  Truth truth_;
  std::optional<Refusal::Reason> refused_;
};

}  // namespace waybill::testing
