// How one unit of changes meets the engine: conditions, fences and their consequences, written once for every engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "base/result.h"
#include "store/changes.h"
#include "store/engine.h"

namespace waybill::store {

// A backstop. AWS's 400 KB count names and values and are held where items are encoded (table/item_codec.h); their
// typed text is up to ten times as long.
inline constexpr std::size_t kMaxItemBytes = std::size_t{4} * 1024 * 1024;
inline constexpr int kMaxAlternativeDepth = 8;  // of alternatives within alternatives

struct UnitFailure {
  // Refusal: a rule said no, this unit alone is concerned. Error: the engine failed, and with it the transaction.
  std::variant<Refusal, Error> why;
  std::size_t change = 0;  // index into Changes::list, the outermost one
  // The transaction may hold something of the unit: it must be rolled back, to a savepoint or whole.
  bool traces = false;
};

using UnitOutcome = boost::system::result<std::vector<ChangeResult>, UnitFailure>;

// Applies the unit inside the engine's open transaction. `generation` is the store's; ResetAll raises it, and the
// caller puts it back when it rolls back.
// Thread: the writer.
UnitOutcome apply_unit(Engine& engine, const Changes& changes, std::int64_t& generation);

// Whether a rule may refuse the unit after it has written something, so that it should run under a savepoint when it
// shares a transaction. Not needed for correctness: a unit that leaves traces without one costs its group a second run.
// Worth knowing, because SQLite copies every page it touches for the first time under an open savepoint: measured with
// units of one payload and one delivery, 1,000 in a transaction, savepoints take 10 to 40 % of the rate.
bool needs_savepoint(const Changes& changes);

}  // namespace waybill::store
