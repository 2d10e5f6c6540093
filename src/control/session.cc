#include "control/session.h"

namespace waybill::control {

ResourceKey Session::key(const char* kind, std::string_view name) const {
  return {place().account, place().region, kind, std::string(name)};
}

const CatalogRow* Session::find(const char* kind, std::string_view name) const {
  const auto found = catalog_.find(key(kind, name));
  return found == catalog_.end() ? nullptr : found->second.get();
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
  edit_.at = now();
  return std::move(edit_);
}

}  // namespace waybill::control
