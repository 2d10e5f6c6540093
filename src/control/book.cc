#include "control/book.h"

namespace waybill::control {

Status Book::load() {
  const std::lock_guard editing(editing_);
  WAYBILL_TRY(const auto reader, readers_.lend());
  WAYBILL_TRY(auto resources, reader->resources());
  auto catalog = std::make_shared<Catalog>();
  for (Resource& resource : resources) {
    WAYBILL_TRY(auto row, CatalogRow::read(std::move(resource)));
    catalog->emplace(row->resource.key, std::move(row));
  }
  const std::lock_guard lock(mutex_);
  catalog_ = std::move(catalog);
  return {};
}

std::shared_ptr<const Catalog> Book::get() const {
  const std::lock_guard lock(mutex_);
  return catalog_;
}

Status Book::edit(const std::function<Result<Edit>(const Catalog&)>& make_edit) {
  const std::lock_guard editing(editing_);
  const auto before = get();
  WAYBILL_TRY(Edit edit, make_edit(*before));
  if (!edit.changes_anything()) return {};
  WAYBILL_TRY(Catalog next, apply(*before, edit));
  WAYBILL_TRY(Wiring wiring, wire_(next));
  store::Changes changes = std::move(wiring.changes);
  for (const ResourceKey& key : edit.deletes) changes.add(store::DeleteResource{key});
  for (Resource& put : edit.puts) changes.add(store::PutResource{std::move(put)});
  for (store::Change& change : edit.more.list) changes.list.push_back(std::move(change));
  const auto applied = journal_.apply(store::Lane::internal, std::move(changes));
  if (!applied) return Error{ErrorCode::unavailable, "the change could not be stored: " + applied.error().message};
  {
    const std::lock_guard lock(mutex_);
    catalog_ = std::make_shared<const Catalog>(std::move(next));
  }
  wiring.publish();
  return {};
}

Result<Catalog> Book::apply(const Catalog& before, Edit& edit) const {
  Catalog next = before;
  for (const ResourceKey& key : edit.deletes) next.erase(key);
  for (Resource& put : edit.puts) {
    WAYBILL_TRY(auto row, stamped(next, std::move(put)));
    put = row->resource;
    next[put.key] = std::move(row);
  }
  return next;
}

// A put without a state of its own keeps what the service knew of the resource.
Result<CatalogRowPtr> Book::stamped(const Catalog& before, Resource put) const {
  const std::int64_t now = to_millis(clock_.now());
  const auto found = before.find(put.key);
  const bool is_new = found == before.end();
  WAYBILL_TRY(const auto row, CatalogRow::read(std::move(put)));
  nlohmann::json state = row->resource.state.empty() && !is_new ? found->second->state : row->state;
  if (is_new) {
    state["Created"] = now;
    state["Id"] = journal_.next_sequence();
  }
  state["Modified"] = now;
  const std::string schedule = row->body.value("ScheduleExpression", "");
  const bool rescheduled = is_new || found->second->body.value("ScheduleExpression", "") != schedule;
  if (!schedule.empty() && rescheduled) state["ScheduledAt"] = now;
  Resource stored = row->resource;
  stored.state = state.dump();
  return std::make_shared<const CatalogRow>(CatalogRow{std::move(stored), row->body, std::move(state)});
}

}  // namespace waybill::control
