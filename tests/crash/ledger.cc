#include "crash/ledger.h"

#include <algorithm>
#include <future>

namespace waybill::testing {

using namespace store;

bool Ledger::unit(Lane lane, Changes changes, Promise promise) {
  return unit(lane, std::move(changes),
              [promise = std::move(promise)](const Results&) { return std::vector<Promise>{promise}; })
      .has_value();
}

bool Ledger::accept(Changes changes, Promise promise) {
  std::promise<bool> promise_of_answer;
  std::promise<void> promise_of_storing;
  auto answer = promise_of_answer.get_future();
  auto stored = promise_of_storing.get_future();
  journal_.accept(
      std::move(changes),
      [this, promise = std::move(promise), answered = std::move(promise_of_answer)](Journal::Durable durable) mutable {
        const Applied result = durable ? Applied(Results{}) : Applied(durable.error());
        note(result, [&](const Results&) { return std::vector<Promise>{promise}; });
        answered.set_value(durable.has_value());
      },
      [storing = std::move(promise_of_storing)]() mutable { storing.set_value(); });
  if (!answer.get()) return false;
  // Two groups: the unit is in the first of them. A promise that is broken was of a Journal that is poisoned.
  for (int i = 0; i < 2; ++i) static_cast<void>(journal_.apply(Lane::internal, {}));
  if (stored.wait_for(std::chrono::seconds{0}) != std::future_status::ready) return false;
  try {
    stored.get();
  } catch (const std::future_error&) {
    return false;
  }
  return true;
}

Applied Ledger::unit(Lane lane, Changes changes, MakePromises make) {
  // The callback owns the promise: it may still be at work in set_value() when the waiting thread goes on.
  std::promise<Applied> promise_of_answer;
  auto answer = promise_of_answer.get_future();
  journal_.submit(lane, std::move(changes),
                  [this, make = std::move(make), answered = std::move(promise_of_answer)](Applied result) mutable {
                    note(result, make);
                    answered.set_value(std::move(result));
                  });
  return answer.get();
}

Applied Ledger::whole_unit(Lane lane, Changes changes, const Promise& whole, MakePromises make) {
  {
    const std::lock_guard lock(mutex_);
    tell_locked(whole);
  }
  Applied result = unit(lane, std::move(changes), std::move(make));
  // Of a poisoned Journal nobody knows: it may be on the disk. Another refusal leaves the messages to later units.
  if (result.has_error() && result.error().reason != Refusal::Reason::poisoned) forget(whole);
  return result;
}

void Ledger::note(const Applied& result, const MakePromises& make) {
  const std::lock_guard lock(mutex_);
  if (result.has_error()) {
    refusals_.push_back(result.error().reason);
    return;
  }
  for (const Promise& promise : make(*result)) tell_locked(promise);
}

void Ledger::tell_locked(const Promise& promise) {
  promises_.push_back(promise);
  if (told_) told_(promise);
}

void Ledger::forget(const Promise& whole) {
  const std::lock_guard lock(mutex_);
  std::erase_if(promises_, [&](const Promise& each) {
    return each.what == whole.what && each.goes_by == whole.goes_by && each.together == whole.together;
  });
}

}  // namespace waybill::testing
