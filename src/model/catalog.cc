#include "model/catalog.h"

#include "base/json_tree.h"

namespace waybill {

namespace {

nlohmann::json object_of(const std::string& text) {
  return text.empty() ? nlohmann::json::object() : parse_json(text, kMaxPayloadDepth);
}

}  // namespace

Result<CatalogRowPtr> CatalogRow::read(Resource resource) {
  nlohmann::json body = object_of(resource.body);
  nlohmann::json state = object_of(resource.state);
  if (!body.is_object() || !state.is_object()) {
    return Error{ErrorCode::corrupt, "the catalog's " + resource.key.kind + " " + resource.key.name +
                                         " cannot be read: its text is no JSON object, or nested too deep"};
  }
  return std::make_shared<const CatalogRow>(CatalogRow{std::move(resource), std::move(body), std::move(state)});
}

Result<Catalog> catalog_of(std::vector<Resource> resources) {
  Catalog catalog;
  for (Resource& resource : resources) {
    WAYBILL_TRY(auto row, CatalogRow::read(std::move(resource)));
    catalog.emplace(row->resource.key, std::move(row));
  }
  return catalog;
}

}  // namespace waybill
