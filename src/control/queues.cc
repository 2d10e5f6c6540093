#include "control/queues.h"

#include <algorithm>

#include "base/ascii.h"
#include "control/lookups.h"
#include "control/queue_attributes.h"
#include "control/queue_rows.h"

namespace waybill::control {

namespace {

Fault bad_queue_name(bool fifo) {
  return {"InvalidParameterValue",
          fifo ? "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end "
                 "with .fifo suffix and be 1 to 80 in length."
               : "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"};
}

Answer<> check_queue_name(const std::string& name, bool fifo) {
  std::string_view rest = name;
  if (fifo && !rest.ends_with(kFifoSuffix)) return bad_queue_name(true);
  if (fifo) rest.remove_suffix(kFifoSuffix.size());
  const bool fits = std::all_of(rest.begin(), rest.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
  });
  if (rest.empty() || name.size() > 80 || !fits) return bad_queue_name(fifo);
  return {};
}

// AWS: a queue that is there is answered when each attribute of the request is as it has it.
Answer<> check_same_attributes(const Json& wanted, const Json& present, const Json& given, const Limits& limits) {
  const auto wanted_attributes = queue_attributes(wanted, limits);
  const auto present_attributes = queue_attributes(present, limits);
  const auto value = [](const std::map<std::string, std::string>& of, const std::string& name) {
    const auto found = of.find(name);
    return found == of.end() ? std::string() : found->second;
  };
  for (const auto& [name, text] : given.items()) {
    if (value(wanted_attributes, name) != value(present_attributes, name)) {
      return Fault("QueueNameExists",
                   "A queue already exists with the same name and a different value for attribute " + name);
    }
  }
  return {};
}

}  // namespace

Answer<const CatalogRow*> require_queue(const Session& session, const Json& request) {
  if (const CatalogRow* row = session.find(kinds::kQueue, member(request, "QueueName"))) return row;
  return Fault("QueueDoesNotExist", "The specified queue does not exist.");
}

Answer<Json> create_queue(Session& session, const Json& request) {
  const std::string name = member(request, "QueueName");
  const Json attributes = request.value("Attributes", Json::object());
  const std::string fifo = member(attributes, "FifoQueue", "false");
  WAYBILL_CHECK(check_queue_name(name, fifo == "true"));
  const CatalogRow* present = session.find(kinds::kQueue, name);
  WAYBILL_TRY(Json body, with_queue_attributes(session, name, {{"QueueName", name}}, attributes));
  if (present) {
    WAYBILL_CHECK(check_same_attributes(body, present->body, attributes, session.limits()));
    return Json{{"QueueName", name}};
  }
  body["Arn"] = session.place().queue(name);
  Json tags = Json::array();
  const Json given_tags = request.value("tags", Json::object());
  for (const auto& [key, value] : given_tags.items()) {
    tags.push_back({{"Key", key}, {"Value", value}});
  }
  WAYBILL_CHECK(check_queue_tags(name, tags, session.limits()));
  if (!tags.empty()) body["Tags"] = std::move(tags);
  session.put(kinds::kQueue, name, body);
  return Json{{"QueueName", name}};
}

Answer<Json> delete_queue(Session& session, const Json& request) {
  WAYBILL_TRY(const CatalogRow* row, require_queue(session, request));
  session.remove(kinds::kQueue, row->resource.key.name);
  return Json::object();
}

Answer<Json> get_queue(Session& session, const Json& request) {
  WAYBILL_TRY(const CatalogRow* row, require_queue(session, request));
  return Json{{"QueueName", row->resource.key.name}};
}

Answer<Json> list_queues(Session& session, const Json& request) {
  Json names = Json::array();
  for (const CatalogRow* row : session.list(kinds::kQueue, member(request, "QueueNamePrefix"))) {
    names.push_back(row->resource.key.name);
  }
  return Json{{"QueueNames", std::move(names)}};
}

Answer<Json> list_dead_letter_source_queues(Session& session, const Json& request) {
  WAYBILL_TRY(const CatalogRow* row, require_queue(session, request));
  const std::string arn = session.place().queue(row->resource.key.name);
  Json names = Json::array();
  for (const CatalogRow* each : session.list(kinds::kQueue)) {
    const Json policy = queue_policy_object(each->body, "RedrivePolicy");
    if (member(policy, "deadLetterTargetArn") == arn) names.push_back(each->resource.key.name);
  }
  return Json{{"QueueNames", std::move(names)}};
}

Answer<Json> describe_queue(Session& session, const Json& request) {
  WAYBILL_TRY(const CatalogRow* row, require_queue(session, request));
  auto attributes = queue_attributes(row->body, session.limits());
  const auto in_seconds = [&](const char* name) {
    return std::to_string(row->state.value(name, std::int64_t{0}) / 1000);
  };
  attributes["QueueArn"] = session.place().queue(row->resource.key.name);
  attributes["CreatedTimestamp"] = in_seconds("Created");
  attributes["LastModifiedTimestamp"] = in_seconds("Modified");
  if (const Json policy = policy_of_queue(session, *row); !policy.empty()) attributes["Policy"] = policy.dump();
  return Json{{"Attributes", attributes}};
}

Answer<Json> set_queue_attributes(Session& session, const Json& request) {
  WAYBILL_TRY(const CatalogRow* row, require_queue(session, request));
  const std::string& name = row->resource.key.name;
  WAYBILL_TRY(const Json body,
              with_queue_attributes(session, name, row->body, request.value("Attributes", Json::object())));
  session.put(kinds::kQueue, name, body);
  return Json::object();
}

}  // namespace waybill::control
