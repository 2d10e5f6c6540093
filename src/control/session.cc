#include "control/session.h"

#include <algorithm>

#include "control/lookups.h"

namespace waybill::control {

namespace {

bool is_default_bus(const ResourceKey& key) { return key.kind == kinds::kEventBus && key.name == kDefaultBus; }

}  // namespace

Session::Session(const Catalog& catalog, Context context) : catalog_(catalog), context_(context) {
  CatalogRow row;
  row.resource.key = key(kinds::kEventBus, kDefaultBus);
  if (catalog_.contains(row.resource.key)) return;
  row.body = {{"Name", kDefaultBus}};
  row.resource.body = row.body.dump();
  row.state = {{"Created", to_millis(now())}, {"Modified", to_millis(now())}};
  default_bus_ = std::make_shared<const CatalogRow>(std::move(row));
}

ResourceKey Session::key(const char* kind, std::string_view name) const {
  return {place().account, place().region, kind, std::string(name)};
}

const CatalogRow* Session::find(const char* kind, std::string_view name) const {
  const ResourceKey wanted = key(kind, name);
  const auto found = catalog_.find(wanted);
  if (found != catalog_.end()) return found->second.get();
  return is_default_bus(wanted) ? default_bus_.get() : nullptr;
}

std::vector<const CatalogRow*> Session::list(const char* kind, std::string_view prefix) const {
  const ResourceKey first = key(kind, prefix);
  std::vector<const CatalogRow*> rows;
  for (auto at = catalog_.lower_bound(first); at != catalog_.end(); ++at) {
    const ResourceKey& found = at->first;
    if (found.account != first.account || found.region != first.region || found.kind != first.kind) break;
    if (!found.name.starts_with(prefix)) break;
    rows.push_back(at->second.get());
  }
  if (default_bus_ && first.kind == kinds::kEventBus && std::string_view(kDefaultBus).starts_with(prefix)) {
    const auto after = std::find_if(rows.begin(), rows.end(),
                                    [](const CatalogRow* row) { return row->resource.key.name > kDefaultBus; });
    rows.insert(after, default_bus_.get());
  }
  return rows;
}

void Session::put(const char* kind, std::string_view name, const Json& body, const std::optional<Json>& state) {
  Resource resource;
  resource.key = key(kind, name);
  if (const CatalogRow* present = find(kind, name)) resource.owner = present->resource.owner;
  resource.body = body.dump();
  if (state) resource.state = state->dump();
  edit_.puts.push_back(std::move(resource));
}

void Session::remove(const char* kind, std::string_view name) { edit_.deletes.push_back(key(kind, name)); }

Edit Session::take_edit() {
  const bool is_put =
      std::any_of(edit_.puts.begin(), edit_.puts.end(), [](const Resource& each) { return is_default_bus(each.key); });
  if (default_bus_ && edit_.changes_anything() && !is_put) {
    put(kinds::kEventBus, kDefaultBus, default_bus_->body);
  }
  edit_.at = now();
  return std::move(edit_);
}

}  // namespace waybill::control
