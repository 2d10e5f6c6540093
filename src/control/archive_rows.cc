#include "control/archive_rows.h"

#include "control/lookups.h"

namespace waybill::control {

std::string archive_source(const CatalogRow& archive) {
  return member(archive.body, archive.body.contains("EventSourceArn") ? "EventSourceArn" : "SourceArn");
}

std::optional<std::string> archive_pattern(const CatalogRow& archive) {
  const auto found = archive.body.find("EventPattern");
  if (found == archive.body.end()) return std::nullopt;
  return found->is_string() ? found->get<std::string>() : found->dump();
}

ArchiveId archive_id(const CatalogRow& archive) { return ArchiveId{archive.state.value("Id", std::int64_t{0})}; }

std::string archive_name(const std::string& arn) { return arn.substr(arn.rfind('/') + 1); }

}  // namespace waybill::control
