#include "bus/entry.h"

#include "base/json_text.h"

namespace waybill::bus {

namespace {

EntryResult required(const char* name) {
  const std::string parameter(name);
  return {"", "InvalidArgument",
          "Parameter " + parameter + " is not valid. Reason: " + parameter + " is a required argument."};
}

}  // namespace

std::optional<EntryResult> check_entry(const Entry& entry, std::string& detail) {
  if (entry.source.empty()) return required("Source");
  if (entry.detail_type.empty()) return required("DetailType");
  if (entry.detail.empty()) return required("Detail");
  if (!append_compact_object(entry.detail, detail)) return EntryResult{"", "MalformedDetail", "Detail is malformed."};
  if (entry.source.starts_with("aws.")) {
    return EntryResult{"", "NotAuthorizedForSourceException", "Not authorized for the source."};
  }
  return std::nullopt;
}

}  // namespace waybill::bus
