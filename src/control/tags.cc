// TagResource, UntagResource, ListTagsForResource (contract section 16).
#include "control/tags.h"

#include <algorithm>

#include "control/lookups.h"
#include "control/operations.h"
#include "control/rule_rows.h"

namespace waybill::control {

namespace {

Json tags_of(const CatalogRow& row) {
  const auto found = row.body.find("Tags");
  return found != row.body.end() && found->is_array() ? *found : Json::array();
}

// The bus or rule of the ARN, a managed rule too.
Answer<CatalogRowPtr> require_tagged(const Session& session, const std::string& text) {
  const auto arn = Arn::parse(text);
  const auto bus = arn ? arn->resource_of("event-bus") : std::nullopt;
  if (bus && arn->service == "events") {
    WAYBILL_TRY(const CatalogRow* row, require_bus(session, text));
    return CatalogRowPtr(CatalogRowPtr(), row);  // the catalog's, which lives as long as the session
  }
  const auto rule = arn ? arn->resource_of("rule") : std::nullopt;
  if (!rule || arn->service != "events") {
    return not_valid("Parameter ResourceARN is not valid. Reason: Must contain the ARN of a rule or an event bus.");
  }
  const std::size_t slash = rule->rfind('/');
  const std::string bus_name = slash == std::string::npos ? kDefaultBus : rule->substr(0, slash);
  // The bus of that place: a rule's ARN of another account or region names nothing here.
  const std::string bus_arn = Place{arn->account, arn->region}.event_bus(bus_name);
  const std::string name = slash == std::string::npos ? *rule : rule->substr(slash + 1);
  if (require_bus(session, bus_arn)) return named_rule(session, {{"EventBusName", bus_name}, {"Name", name}}, "Name");
  return require_rule(session, bus_arn, name).error();
}

// The same, refusing a managed rule.
Answer<CatalogRowPtr> require_taggable(const Session& session, const std::string& text) {
  WAYBILL_TRY(CatalogRowPtr row, require_tagged(session, text));
  if (row->body.contains("ManagedBy")) {
    const RuleName rule = rule_name(*row);
    return managed_rule(rule.bus, rule.rule);
  }
  return row;
}

void put_tags(Session& session, const CatalogRow& row, const Json& tags) {
  Json body = row.body;
  body.erase("Tags");
  if (!tags.empty()) body["Tags"] = tags;
  session.put(row.resource.key.kind.c_str(), row.resource.key.name, body);
}

// AWS: keys that begin with aws:, in any case, are its own.
bool is_reserved_tag(std::string_view key) {
  constexpr std::string_view kReserved = "aws:";
  const auto same = [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b + 32) : b); };
  return key.size() >= kReserved.size() && std::equal(kReserved.begin(), kReserved.end(), key.begin(), same);
}

}  // namespace

Answer<Json> merged_tags(const Session& session, const Json& present, const Json& given) {
  for (const Json& tag : given) {
    const std::string key = member(tag, "Key");
    if (is_reserved_tag(key)) {
      return not_valid("Parameter Tags is not valid. Reason: The key " + key + " begins with aws:, which is reserved.");
    }
  }
  Json tags = Json::array();
  for (const Json* list : {&present, &given}) {
    for (const Json& tag : *list) {
      const auto same = std::find_if(tags.begin(), tags.end(),
                                     [&](const Json& other) { return member(other, "Key") == member(tag, "Key"); });
      if (same == tags.end()) {
        tags.push_back(tag);
      } else {
        *same = tag;
      }
    }
  }
  if (tags.size() > session.limits().tags) return over_limit();
  return tags;
}

Answer<Json> tag_resource(Session& session, const Json& request) {
  WAYBILL_TRY(const CatalogRowPtr row, require_taggable(session, member(request, "ResourceARN")));
  WAYBILL_TRY(const Json tags, merged_tags(session, tags_of(*row), request.value("Tags", Json::array())));
  put_tags(session, *row, tags);
  return Json::object();
}

Answer<Json> untag_resource(Session& session, const Json& request) {
  WAYBILL_TRY(const CatalogRowPtr row, require_taggable(session, member(request, "ResourceARN")));
  const Json keys = request.value("TagKeys", Json::array());
  Json kept = Json::array();
  for (const Json& tag : tags_of(*row)) {
    if (std::find(keys.begin(), keys.end(), member(tag, "Key")) == keys.end()) kept.push_back(tag);
  }
  put_tags(session, *row, kept);
  return Json::object();
}

Answer<Json> list_tags_for_resource(Session& session, const Json& request) {
  WAYBILL_TRY(const CatalogRowPtr row, require_tagged(session, member(request, "ResourceARN")));
  return Json{{"Tags", tags_of(*row)}};
}

}  // namespace waybill::control
