// TagQueue, UntagQueue, ListQueueTags.
#include <algorithm>

#include "base/code_points.h"
#include "control/lookups.h"
#include "control/queue_rows.h"
#include "control/queues.h"

namespace waybill::control {

namespace {

void put_queue_tags(Session& session, const CatalogRow& row, const Json& tags) {
  Json body = row.body;
  body.erase("Tags");
  if (!tags.empty()) body["Tags"] = tags;
  session.put(kinds::kQueue, row.resource.key.name, body);
}

Json without_key(const Json& tags, const std::string& key) {
  Json kept = Json::array();
  for (const Json& tag : tags) {
    if (member(tag, "Key") != key) kept.push_back(tag);
  }
  return kept;
}

}  // namespace

Json queue_tags(const Json& body) {
  const auto found = body.find("Tags");
  if (found == body.end()) return Json::array();
  if (found->is_array()) return *found;
  Json list = Json::array();
  for (const auto& [key, value] : found->items()) list.push_back({{"Key", key}, {"Value", value}});
  return list;
}

Answer<> check_queue_tags(const std::string& queue, const Json& tags, const Limits& limits) {
  if (tags.size() > limits.tags) {
    return Fault("InvalidParameterValue", "Too many tags added for queue " + queue + ".");
  }
  for (const Json& tag : tags) {
    const std::string key = member(tag, "Key");
    if (key.empty() || code_points(key) > 128) {
      return Fault("InvalidParameterValue", "Tag keys must be between 1 and 128 characters in length.");
    }
    if (key.starts_with("aws:")) {
      return Fault("InvalidParameterValue", "Tag keys must not start with the reserved prefix aws:.");
    }
    if (code_points(member(tag, "Value")) > 256) {
      return Fault("InvalidParameterValue", "Tag values must be between 0 and 256 characters in length.");
    }
  }
  return {};
}

Answer<Json> tag_queue(Session& session, const Json& request) {
  WAYBILL_TRY(const CatalogRow* row, require_queue(session, request));
  Json tags = queue_tags(row->body);
  const Json given = request.value("Tags", Json::object());
  for (const auto& [key, value] : given.items()) {
    tags = without_key(tags, key);
    tags.push_back({{"Key", key}, {"Value", value}});
  }
  WAYBILL_CHECK(check_queue_tags(row->resource.key.name, tags, session.limits()));
  put_queue_tags(session, *row, tags);
  return Json::object();
}

Answer<Json> untag_queue(Session& session, const Json& request) {
  WAYBILL_TRY(const CatalogRow* row, require_queue(session, request));
  Json tags = queue_tags(row->body);
  for (const Json& key : request.value("TagKeys", Json::array())) tags = without_key(tags, key.get<std::string>());
  put_queue_tags(session, *row, tags);
  return Json::object();
}

Answer<Json> list_queue_tags(Session& session, const Json& request) {
  WAYBILL_TRY(const CatalogRow* row, require_queue(session, request));
  Json tags = Json::object();
  for (const Json& tag : queue_tags(row->body)) tags[member(tag, "Key")] = tag.value("Value", Json(""));
  if (tags.empty()) return Json::object();
  return Json{{"Tags", std::move(tags)}};
}

}  // namespace waybill::control
