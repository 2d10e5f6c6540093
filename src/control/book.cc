#include "control/book.h"

#include <algorithm>
#include <future>

namespace waybill::control {

namespace {

// Their rows change with every bit of their progress, and nothing is wired by them.
bool is_wired(const std::string& kind) { return kind != kinds::kReplay && kind != kinds::kMessageMoveTask; }

// A put without a state of its own keeps what the service knew of the resource.
Result<CatalogRowPtr> stamped(const Catalog& before, Resource put, std::int64_t now,
                              const std::function<std::int64_t()>& next_id) {
  const auto found = before.find(put.key);
  const bool is_new = found == before.end();
  WAYBILL_TRY(const auto row, CatalogRow::read(std::move(put)));
  nlohmann::json state = row->resource.state.empty() && !is_new ? found->second->state : row->state;
  if (is_new) {
    state["Created"] = now;
    state["Id"] = next_id();
  }
  state["Modified"] = now;
  const std::string schedule = row->body.value("ScheduleExpression", "");
  const bool rescheduled = is_new || found->second->body.value("ScheduleExpression", "") != schedule;
  if (!schedule.empty() && rescheduled) state["ScheduledAt"] = now;
  Resource stored = row->resource;
  stored.state = state.dump();
  return std::make_shared<const CatalogRow>(CatalogRow{std::move(stored), row->body, std::move(state)});
}

}  // namespace

Result<Catalog> apply_edit(const Catalog& before, Edit& edit, WallTime now,
                           const std::function<std::int64_t()>& next_id) {
  Catalog next = before;
  for (const ResourceKey& key : edit.deletes) next.erase(key);
  for (Resource& put : edit.puts) {
    WAYBILL_TRY(auto row, stamped(next, std::move(put), to_millis(edit.at.value_or(now)), next_id));
    put = row->resource;
    next[put.key] = std::move(row);
  }
  return next;
}

Status Book::load() {
  return load_after([] { return Status(); });
}

Status Book::load_after(const std::function<Status()>& change) {
  const std::lock_guard editing(editing_);
  WAYBILL_CHECK(change());
  WAYBILL_TRY(const auto reader, readers_.lend());
  WAYBILL_TRY(auto resources, reader->resources());
  WAYBILL_TRY(Catalog catalog, catalog_of(std::move(resources)));
  WAYBILL_TRY(Wiring wiring, wire_(catalog));
  WAYBILL_CHECK(commit(std::move(wiring.changes), {}));
  {
    const std::lock_guard lock(mutex_);
    catalog_ = std::make_shared<const Catalog>(std::move(catalog));
  }
  if (wiring.publish) wiring.publish();
  return {};
}

std::shared_ptr<const Catalog> Book::get() const {
  const std::lock_guard lock(mutex_);
  return catalog_;
}

void Book::watch(std::string kind, std::function<void()> changed) {
  watchers_.emplace_back(std::move(kind), std::move(changed));
}

Status Book::edit(const std::function<Result<Edit>(const Catalog&)>& make_edit) {
  WAYBILL_TRY(const Kinds touched, edit_alone(make_edit));
  for (const auto& [kind, changed] : watchers_) {
    if (touched.contains(kind)) changed();
  }
  return {};
}

// Answers the kinds of the rows that it touched.
Result<Book::Kinds> Book::edit_alone(const std::function<Result<Edit>(const Catalog&)>& make_edit) {
  const std::lock_guard editing(editing_);
  const auto before = get();
  WAYBILL_TRY(Edit edit, make_edit(*before));
  if (!edit.changes_anything()) return Kinds{};
  WAYBILL_TRY(Catalog next, apply_edit(*before, edit, clock_.now(), [this] { return journal_.next_sequence(); }));
  Kinds touched;
  for (const ResourceKey& key : edit.deletes) touched.insert(key.kind);
  for (const Resource& put : edit.puts) touched.insert(put.key.kind);
  Wiring wiring;
  if (std::any_of(touched.begin(), touched.end(), is_wired)) {
    WAYBILL_TRY(wiring, wire_(next));
  }
  store::Changes changes = std::move(wiring.changes);
  for (const ResourceKey& key : edit.deletes) changes.add(store::DeleteResource{key});
  for (Resource& put : edit.puts) changes.add(store::PutResource{std::move(put)});
  for (store::Change& change : edit.more.list) changes.list.push_back(std::move(change));
  WAYBILL_CHECK(commit(std::move(changes), std::move(edit.committed)));
  {
    const std::lock_guard lock(mutex_);
    catalog_ = std::make_shared<const Catalog>(std::move(next));
  }
  if (wiring.publish) wiring.publish();
  return touched;
}

Status Book::commit(store::Changes changes, UniqueFunction<void()> committed) {
  // The callback owns the promise: the waiting thread may be gone before set_value() has returned.
  std::promise<Status> promise;
  std::future<Status> stored = promise.get_future();
  journal_.submit(store::Lane::internal, std::move(changes),
                  [promise = std::move(promise), committed = std::move(committed)](store::Applied applied) mutable {
                    if (applied && committed) committed();
                    promise.set_value(applied ? Status()
                                              : Error{ErrorCode::unavailable,
                                                      "the change could not be stored: " + applied.error().message});
                  });
  while (journal_.commit_waiting()) {  // where it is committed by hand
  }
  return stored.get();
}

}  // namespace waybill::control
