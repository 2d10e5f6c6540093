#include "store/apply.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "store/apply_messages.h"

namespace waybill::store {

namespace {

using Existence = ItemCondition::Existence;
using Why = std::variant<Refusal, Error>;
using Step = boost::system::result<ChangeResult, Why>;

Refusal refusal(Refusal::Reason reason, std::string message) { return {reason, std::move(message), 0}; }

Refusal no_such_table(TableId table) {
  return refusal(Refusal::Reason::invalid_effect, "there is no table with id " + std::to_string(table.value));
}

std::optional<Refusal> size_fault(const PutItem& put) {
  const std::size_t bytes = put.row.pk.size() + put.row.sk.size() + put.row.body.size();
  if (bytes <= kMaxItemBytes) return std::nullopt;
  return refusal(Refusal::Reason::invalid_effect,
                 "Item size has exceeded the maximum allowed size: " + std::to_string(bytes) + " bytes, at most " +
                     std::to_string(kMaxItemBytes) + " are allowed");
}

std::optional<TableId> table_of(const Change& change) {
  if (const auto* put = std::get_if<PutItem>(&change)) return put->table;
  if (const auto* remove = std::get_if<DeleteItem>(&change)) return remove->table;
  if (const auto* check = std::get_if<CheckItem>(&change)) return check->table;
  return std::nullopt;
}

bool makes_table(const Change& change, TableId table) {
  const auto* put = std::get_if<PutTable>(&change);
  return put && put->spec.id == table;
}

UnitFailure refused_at(std::size_t change, Refusal why) {
  why.change = change;
  return {std::move(why), change, false};
}

// What can be known to be wrong before anything is written. It keeps a handler's bad effect from needing a rollback.
std::optional<UnitFailure> fault_before_writing(const Items& items, const Changes& changes) {
  const auto begin = changes.list.begin();
  for (auto change = begin; change != changes.list.end(); ++change) {
    const auto table = table_of(*change);
    if (!table) continue;
    const auto index = static_cast<std::size_t>(change - begin);
    const auto made_here = [&](const Change& earlier) { return makes_table(earlier, *table); };
    if (!items.has_table(*table) && std::none_of(begin, change, made_here)) {
      return refused_at(index, no_such_table(*table));
    }
    const auto* put = std::get_if<PutItem>(&*change);
    if (!put) continue;
    if (auto fault = size_fault(*put)) return refused_at(index, std::move(*fault));
  }
  return std::nullopt;
}

class UnitApplier {
 public:
  UnitApplier(Engine& engine, std::int64_t& generation) : engine_(engine), generation_(generation) {}

  bool wrote() const { return wrote_; }

  // Before the changes of a list: which payloads it archives.
  void enter(const Changes& changes) {
    for (const Change& change : changes.list) {
      if (const auto* event = std::get_if<ArchiveEvent>(&change)) {
        archived_.try_emplace(event->payload, Archived{event->event_time, false});
      }
    }
  }

  Step apply(const Change& change) { return std::visit(*this, change); }

  Step operator()(const InsertPayload& change) {
    if (!change.payload) return Why(refusal(Refusal::Reason::invalid_effect, "there is no payload to insert"));
    const auto archived = archived_.find(change.payload->id);
    if (archived == archived_.end()) return written(engine_.payloads().insert(*change.payload));
    archived->second.inserted = true;
    return written(engine_.payloads().insert_archived(*change.payload));
  }
  Step operator()(const InsertDelivery& change) { return written(engine_.deliveries().insert(change.delivery)); }

  Step operator()(const FinishDelivery& change) {
    if (auto late = other_generation(change.fence)) return Why(std::move(*late));
    return fenced(change.fence, engine_.deliveries().remove(change.fence.key, change.fence.attempts));
  }
  Step operator()(const RescheduleDelivery& change) {
    if (auto late = other_generation(change.fence)) return Why(std::move(*late));
    return fenced(change.fence,
                  engine_.deliveries().reschedule(change.fence.key, change.fence.attempts, change.due, change.error));
  }

  Step operator()(const InsertDeadLetter& change) { return written(engine_.dead_letters().insert(change.letter)); }
  Step operator()(const RemoveDeadLetter& change) {
    auto removed = noted(engine_.dead_letters().remove(change.id));
    if (!removed) return failed(std::move(removed).error());
    if (*removed) return Done{};
    return Why(refusal(Refusal::Reason::condition_failed,
                       "there is no dead letter " + std::to_string(change.id.value) + "; was it redriven or dropped?"));
  }

  Step operator()(const PutItem& put) {
    if (auto fault = effect_fault(put.table)) return Why(std::move(*fault));
    if (auto fault = size_fault(put)) return Why(std::move(*fault));
    if (wants_absent(put.condition)) return insert_item(put);
    const auto verdict = judge(put.table, put.row.pk, put.row.sk, put.condition);
    if (!verdict) return failed(verdict.error());
    if (*verdict != Verdict::holds) return consequence(*verdict, put);
    wrote_ = true;
    const auto version = engine_.items().put(put.table, put.row);
    if (!version) return failed(version.error());
    return ItemWritten{*version};
  }

  Step operator()(const DeleteItem& remove) {
    if (auto fault = effect_fault(remove.table)) return Why(std::move(*fault));
    const auto verdict = judge(remove.table, remove.pk, remove.sk, remove.condition);
    if (!verdict) return failed(verdict.error());
    if (*verdict != Verdict::holds) return consequence(*verdict, remove);
    const auto removed = noted(engine_.items().remove(remove.table, remove.pk, remove.sk));
    if (!removed) return failed(removed.error());
    return ItemWritten{};
  }

  Step operator()(const CheckItem& check) {
    if (auto fault = effect_fault(check.table)) return Why(std::move(*fault));
    const auto verdict = judge(check.table, check.pk, check.sk, {Existence::any, check.version});
    if (!verdict) return failed(verdict.error());
    if (*verdict == Verdict::holds) return Done{};
    return Why(version_conflict(check.table));
  }

  Step operator()(const PutTable& change) { return written(engine_.items().put_table(change.spec)); }
  Step operator()(const DropTable& change) { return written(engine_.items().drop_table(change.table)); }
  Step operator()(const PutResource& change) { return written(engine_.catalog().put(change.resource)); }
  Step operator()(const DeleteResource& change) { return written(engine_.catalog().remove(change.key)); }
  Step operator()(const PutEndpoint& change) { return written(engine_.catalog().put_endpoint(change.id, change.key)); }
  Step operator()(const PutSetting& change) {
    return written(engine_.catalog().put_setting(change.name, change.value));
  }
  Step operator()(const AppendHistory& change) { return written(engine_.history().append(change)); }

  Step operator()(const ArchiveEvent& event) {
    const Archived& archived = archived_.at(event.payload);
    if (archived.inserted && archived.event_time == event.event_time) {
      return written(engine_.archives().insert(event));
    }
    return Why(refusal(Refusal::Reason::invalid_effect,
                       "payload " + std::to_string(event.payload.value) + " cannot be archived: " +
                           (archived.inserted ? "it has another event time in another archive"
                                              : "no change before this one in its unit inserts it")));
  }

  Step operator()(const SweepPayloads& sweep) {
    return answered(engine_.payloads().sweep(sweep.after, sweep.before, sweep.limit));
  }
  Step operator()(const SweepArchive& sweep) {
    return answered(engine_.archives().sweep(sweep.archive, sweep.before, sweep.limit));
  }
  Step operator()(const DropArchive& drop) { return answered(engine_.archives().drop(drop.archive, drop.limit)); }
  Step operator()(const SweepExpiredItems& sweep) {
    if (auto fault = effect_fault(sweep.table)) return Why(std::move(*fault));
    return swept(engine_.items().sweep_expired(sweep.table, sweep.now_seconds, sweep.limit));
  }
  Step operator()(const SweepDeadLetters& sweep) {
    return swept(engine_.dead_letters().sweep(sweep.before, sweep.limit));
  }
  Step operator()(const SweepHistory& sweep) {
    return swept(engine_.history().sweep(sweep.before, sweep.keep, sweep.limit));
  }

  Step operator()(const SendMessage& change) {
    if (!change.message) return Why(refusal(Refusal::Reason::invalid_effect, "there is no message to send"));
    return answered(MessageRules(engine_.messages()).send(change));
  }
  Step operator()(const ReceiveMessages& change) { return answered(MessageRules(engine_.messages()).receive(change)); }
  Step operator()(const DeleteMessage& change) {
    auto touched = answered(MessageRules(engine_.messages()).remove(change));
    const bool done = !touched || std::get<MessageTouched>(*touched).state == MessageTouched::State::done;
    if (done || !change.required) return touched;
    return Why(refusal(Refusal::Reason::fenced, "message " + std::to_string(change.fence.id.value) + " of queue " +
                                                    std::to_string(change.fence.queue.value) +
                                                    " is gone, or was received again since"));
  }
  Step operator()(const ChangeVisibility& change) {
    return answered(MessageRules(engine_.messages()).change_visibility(change));
  }
  Step operator()(const MoveMessages& change) { return answered(MessageRules(engine_.messages()).move(change)); }
  Step operator()(const PurgeQueue& change) { return answered(MessageRules(engine_.messages()).purge(change)); }
  Step operator()(const DropQueue& change) { return answered(MessageRules(engine_.messages()).drop(change)); }
  Step operator()(const SweepMessages& change) { return answered(MessageRules(engine_.messages()).sweep(change)); }
  Step operator()(const SweepDeduplication& change) {
    return swept(engine_.messages().sweep_sendings(change.before, change.limit));
  }

  // Every table is emptied; dropping those that nobody owns is for the caller, who knows the owners: it adds a
  // DropTable for each to the same unit.
  Step operator()(const ResetAll&) {
    wrote_ = true;
    if (auto status = engine_.clear_data(); !status) return failed(std::move(status).error());
    for (const TableId table : engine_.tables()) {
      if (auto status = engine_.items().clear_table(table); !status) return failed(std::move(status).error());
    }
    if (auto status = engine_.catalog().remove_unowned(); !status) return failed(std::move(status).error());
    auto status = engine_.set_generation(generation_ + 1);
    if (!status) return failed(std::move(status).error());
    ++generation_;
    return Done{};
  }

 private:
  enum class Verdict { holds, version_differs, existence_differs };

  static bool wants_absent(const ItemCondition& condition) {
    if (condition.version) return *condition.version == 0 && condition.existence != Existence::present;
    return condition.existence == Existence::absent;
  }

  // One call where the general way takes two: most writes of handlers are of new items.
  Step insert_item(const PutItem& put) {
    const auto version = noted(engine_.items().insert(put.table, put.row));
    if (!version) return failed(version.error());
    if (*version != 0) return ItemWritten{*version};
    return consequence(put.condition.version ? Verdict::version_differs : Verdict::existence_differs, put);
  }

  Result<Verdict> judge(TableId table, const std::string& pk, const std::string& sk, const ItemCondition& condition) {
    if (condition.existence == Existence::any && !condition.version) return Verdict::holds;
    WAYBILL_TRY(const std::int64_t version, engine_.items().version(table, pk, sk));
    if (condition.version && *condition.version != version) return Verdict::version_differs;
    if (condition.existence == Existence::absent && version != 0) return Verdict::existence_differs;
    if (condition.existence == Existence::present && version == 0) return Verdict::existence_differs;
    return Verdict::holds;
  }

  // A version that differs always refuses the unit, whatever on_failed says: what the handler decided, the condition
  // included, rests on something it read and that is no longer so.
  template <class ItemChange>
  Step consequence(Verdict verdict, const ItemChange& change) {
    if (verdict == Verdict::version_differs) return Why(version_conflict(change.table));
    switch (change.on_failed) {
      case OnConditionFailed::skip: return ConditionSkipped{};
      case OnConditionFailed::alternative: return take_alternative(change.alternative.get());
      case OnConditionFailed::fail_attempt: break;
    }
    const bool absent = change.condition.existence == Existence::absent;
    return Why(refusal(Refusal::Reason::condition_failed, std::string("The conditional request failed: the item ") +
                                                              (absent ? "is there already" : "is not there") +
                                                              " (table id " + std::to_string(change.table.value) +
                                                              ")"));
  }

  Step take_alternative(const Changes* changes) {
    if (!changes) return Why(refusal(Refusal::Reason::invalid_effect, "the alternative of a condition is missing"));
    if (depth_ == kMaxAlternativeDepth) {
      return Why(refusal(Refusal::Reason::invalid_effect,
                         "alternatives are nested more than " + std::to_string(kMaxAlternativeDepth) + " levels deep"));
    }
    ++depth_;
    enter(*changes);
    for (const Change& change : changes->list) {
      auto step = apply(change);
      if (!step) return std::move(step).error();
    }
    --depth_;
    return AlternativeApplied{};
  }

  std::optional<Refusal> effect_fault(TableId table) {
    if (engine_.items().has_table(table)) return std::nullopt;
    return no_such_table(table);
  }

  static Refusal version_conflict(TableId table) {
    return refusal(Refusal::Reason::version_conflict,
                   "an item of table id " + std::to_string(table.value) + " changed since it was read");
  }

  static std::string name_of(const DeliveryFence& fence) {
    return "attempt " + std::to_string(fence.attempts + 1) + " of delivery " + std::to_string(fence.key.id.value) +
           " to endpoint " + std::to_string(fence.key.endpoint.value);
  }

  std::optional<Refusal> other_generation(const DeliveryFence& fence) const {
    if (fence.generation == generation_) return std::nullopt;
    return refusal(Refusal::Reason::fenced, name_of(fence) + " began before a reset: it is of generation " +
                                                std::to_string(fence.generation) + ", the store is at " +
                                                std::to_string(generation_));
  }

  Step fenced(const DeliveryFence& fence, Result<bool> stood_there) {
    stood_there = noted(std::move(stood_there));
    if (!stood_there) return failed(std::move(stood_there).error());
    if (*stood_there) return Done{};
    return Why(refusal(Refusal::Reason::fenced, name_of(fence) + " came too late: the delivery has moved on"));
  }

  // A call that answers false or 0 changed nothing; one that failed may have.
  template <class T>
  Result<T> noted(Result<T> changed) {
    wrote_ = wrote_ || !changed || *changed != T{};
    return changed;
  }

  Step written(Status status) {
    wrote_ = true;
    if (!status) return failed(std::move(status).error());
    return Done{};
  }

  // What the rules of queues say.
  template <class T>
  Step answered(Result<T> result) {
    wrote_ = true;
    if (!result) return failed(std::move(result).error());
    return ChangeResult(std::move(*result));
  }

  Step swept(Result<std::int64_t> rows) {
    wrote_ = true;
    if (!rows) return failed(std::move(rows).error());
    return Swept{*rows, {}, false};
  }

  // An engine that says what is wrong with the change concerns this unit alone; anything else, the transaction.
  Step failed(Error error) const {
    switch (error.code) {
      case ErrorCode::invalid:
      case ErrorCode::not_found:
      case ErrorCode::conflict:
      case ErrorCode::limit:
        if (engine_.poisons(error)) break;
        return Why(refusal(Refusal::Reason::invalid_effect, std::move(error.message)));
      default: break;
    }
    return Why(std::move(error));
  }

  struct Archived {
    WallTime event_time;
    bool inserted = false;
  };

  Engine& engine_;
  std::int64_t& generation_;
  std::map<PayloadId, Archived> archived_;  // of the lists entered so far
  bool wrote_ = false;
  int depth_ = 0;
};

}  // namespace

UnitOutcome apply_unit(Engine& engine, const Changes& changes, std::int64_t& generation) {
  if (auto fault = fault_before_writing(engine.items(), changes)) return std::move(*fault);
  UnitApplier applier(engine, generation);
  applier.enter(changes);
  std::vector<ChangeResult> results;
  results.reserve(changes.list.size());
  for (std::size_t i = 0; i < changes.list.size(); ++i) {
    auto step = applier.apply(changes.list[i]);
    if (step) {
      results.push_back(std::move(*step));
      continue;
    }
    UnitFailure failure{std::move(step).error(), i, applier.wrote()};
    if (auto* refused = std::get_if<Refusal>(&failure.why)) refused->change = i;
    return failure;
  }
  return results;
}

}  // namespace waybill::store
