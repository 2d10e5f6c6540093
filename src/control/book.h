// The catalog, and the one way to change it: an edit is checked against the wiring that it would give, stored, and only
// then published.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/function.h"
#include "base/result.h"
#include "model/catalog.h"
#include "store/journal.h"
#include "store/reader_pool.h"

namespace waybill::control {

struct Edit {
  std::vector<ResourceKey> deletes;  // before the puts
  std::vector<Resource> puts;
  store::Changes more;  // commits with them
  // Runs on the writer thread after the commit, in order with all other commits: must not block.
  UniqueFunction<void()> committed;
  std::optional<WallTime> at;  // when it was decided; none: when it is applied

  bool changes_anything() const { return !deletes.empty() || !puts.empty() || !more.list.empty(); }
};

// The catalog after the edit. Keeps the times and ids of rows (CatalogRow::state: Created, Modified, Id; ScheduledAt of
// a rule), also in the edit's puts; next_id numbers new rows. Error: corrupt, when a put's text is no JSON object.
Result<Catalog> apply_edit(const Catalog& before, Edit& edit, WallTime now,
                           const std::function<std::int64_t()>& next_id);

// What follows from a catalog: changes to be stored with it (numbers of new endpoints), and how to make it known.
struct Wiring {
  store::Changes changes;
  std::function<void()> publish;
};

// Thread-safe; edits run one at a time. Never on the writer thread: a commit is waited for.
class Book {
 public:
  // Error: what is wrong with the catalog that would be.
  using Wire = std::function<Result<Wiring>(const Catalog&)>;

  Book(store::Journal& journal, store::ReaderPool& readers, const WallClock& clock, Wire wire)
      : journal_(journal), readers_(readers), clock_(clock), wire_(std::move(wire)) {}

  // Calls `changed` after every edit that touched a row of the kind, on the thread that edited. Before the first edit.
  void watch(std::string kind, std::function<void()> changed);

  // Reads what is stored and publishes its wiring: at start.
  Status load();
  // The same after a change that goes past the book (a reset); no edit comes between the two.
  Status load_after(const std::function<Status()>& change);
  std::shared_ptr<const Catalog> get() const;

  // make_edit sees the catalog as it is and answers the edit; nothing else is applied in between. An edit of rows that
  // are not wired (replays) is stored without making the wiring anew.
  Status edit(const std::function<Result<Edit>(const Catalog&)>& make_edit);

 private:
  using Kinds = std::set<std::string>;
  Result<Kinds> edit_alone(const std::function<Result<Edit>(const Catalog&)>& make_edit);
  Status commit(store::Changes changes, UniqueFunction<void()> committed);

  store::Journal& journal_;
  store::ReaderPool& readers_;
  const WallClock& clock_;
  const Wire wire_;
  std::vector<std::pair<std::string, std::function<void()>>> watchers_;  // constant after the first edit
  std::mutex editing_;                                                   // one edit at a time
  mutable std::mutex mutex_;
  std::shared_ptr<const Catalog> catalog_ = std::make_shared<Catalog>();  // guarded by mutex_
};

}  // namespace waybill::control
