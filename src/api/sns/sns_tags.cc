// ListTagsForResource, TagResource, UntagResource: of topics.
#include <algorithm>

#include "api/sns/sns_rows.h"
#include "base/code_points.h"

namespace waybill::api {

namespace {

constexpr std::size_t kMostTags = 50;

control::Answer<CatalogRowPtr> tagged_topic(const Catalog& catalog, const std::string& arn) {
  auto row = sns_topic(catalog, arn);
  if (!row && row.error().status == 404) return control::Fault("ResourceNotFound", "Resource does not exist", 404);
  return row;
}

// Templates may write tags as a map.
SnsJson tags_of_topic(const SnsJson& body) {
  const auto found = body.find("Tags");
  if (found == body.end()) return SnsJson::array();
  if (found->is_array()) return *found;
  SnsJson list = SnsJson::array();
  if (found->is_object()) {
    for (const auto& [key, value] : found->items()) list.push_back({{"Key", key}, {"Value", value}});
  }
  return list;
}

SnsAnswer change_tags(const SnsCall& call, const std::function<control::Answer<>(SnsJson& tags)>& change) {
  WAYBILL_CHECK(sns_edit(call, [&](const Catalog& catalog) -> control::Answer<control::Edit> {
    WAYBILL_TRY(const CatalogRowPtr row, tagged_topic(catalog, call.query.text("ResourceArn")));
    SnsJson tags = tags_of_topic(row->body);
    WAYBILL_CHECK(change(tags));
    SnsJson body = row->body;
    body.erase("Tags");
    if (!tags.empty()) body["Tags"] = std::move(tags);
    control::Edit edit;
    edit.puts.push_back(sns_changed(*row, body));
    return edit;
  }));
  return std::string();
}

void remove_tag(SnsJson& tags, const std::string& key) {
  SnsJson kept = SnsJson::array();
  for (SnsJson& tag : tags) {
    if (sns_property(tag, "Key") != key) kept.push_back(std::move(tag));
  }
  tags = std::move(kept);
}

}  // namespace

SnsAnswer sns_list_tags_for_resource(const SnsCall& call) {
  const auto catalog = call.ports.book.get();
  WAYBILL_TRY(const CatalogRowPtr row, tagged_topic(*catalog, call.query.text("ResourceArn")));
  Xml xml;
  xml.open("Tags");
  for (const SnsJson& tag : tags_of_topic(row->body)) {
    xml.open("member").text("Key", sns_property(tag, "Key")).text("Value", sns_property(tag, "Value")).close("member");
  }
  return xml.close("Tags").str();
}

SnsAnswer sns_tag_resource(const SnsCall& call) {
  return change_tags(call, [&](SnsJson& tags) -> control::Answer<> {
    for (const std::string& item : call.query.items("Tags")) {
      const std::string key = call.query.text(item + ".Key");
      if (key.empty() || code_points(key) > 128) return sns_invalid("Tags Reason: a key has 1 to 128 characters");
      remove_tag(tags, key);
      tags.push_back({{"Key", key}, {"Value", call.query.text(item + ".Value")}});
    }
    if (tags.size() > kMostTags) {
      return control::Fault("TagLimitExceeded", "Could not complete request: tag quota of per resource exceeded");
    }
    return {};
  });
}

SnsAnswer sns_untag_resource(const SnsCall& call) {
  return change_tags(call, [&](SnsJson& tags) -> control::Answer<> {
    for (const std::string& key : call.query.members("TagKeys")) remove_tag(tags, key);
    return {};
  });
}

}  // namespace waybill::api
