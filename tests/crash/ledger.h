// Hands units to a Journal, waits for their answers, and writes down what they promise.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "crash/promise.h"
#include "store/journal.h"

namespace waybill::testing {

// Thread-safe.
class Ledger {
 public:
  using Results = std::vector<store::ChangeResult>;
  using MakePromises = std::function<std::vector<Promise>(const Results&)>;
  using Told = std::function<void(const Promise&)>;

  // `told` hears of every promise at the moment it is made: on the writer thread, but for the promise of a whole unit.
  Ledger(store::Journal& journal, const Told& told) : journal_(journal), told_(told) {}

  bool unit(store::Lane lane, store::Changes changes, Promise promise);
  // By way of the ingress log. True once it is in the database as well; false, too, when it finds no room there for
  // now.
  bool accept(store::Changes changes, Promise promise);
  // Where the promises follow from the results.
  store::Applied unit(store::Lane lane, store::Changes changes, MakePromises make);
  // That also promises, before it is handed in, to happen wholly or not at all.
  store::Applied whole_unit(store::Lane lane, store::Changes changes, const Promise& whole, MakePromises make);

  store::Journal& journal() { return journal_; }
  std::vector<Promise> take_promises() { return std::move(promises_); }
  std::vector<store::Refusal::Reason> take_refusals() { return std::move(refusals_); }

 private:
  void note(const store::Applied& result, const MakePromises& make);
  void tell_locked(const Promise& promise);
  void forget(const Promise& whole);

  store::Journal& journal_;
  const Told& told_;
  std::mutex mutex_;
  std::vector<Promise> promises_;  // guarded by mutex_, as all below
  std::vector<store::Refusal::Reason> refusals_;
};

}  // namespace waybill::testing
