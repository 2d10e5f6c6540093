// API destinations (contract section 15).
#include "control/connection_parameters.h"
#include "control/connections.h"
#include "control/lookups.h"
#include "control/operations.h"

namespace waybill::control {

namespace {

constexpr int kDefaultRateLimit = 300;  // calls a second

constexpr std::initializer_list<const char*> kDestinationSettings = {
    "Description", "ConnectionArn", "InvocationEndpoint", "HttpMethod", "InvocationRateLimitPerSecond"};

// Recorded for describe only; the other operations word it alike.
Answer<const CatalogRow*> require_destination(const Session& session, const Json& request) {
  const std::string name = member(request, "Name");
  if (const CatalogRow* row = session.find(kinds::kApiDestination, name)) return row;
  return not_there("Failed to describe the api-destination(s). An api-destination '" + name + "' does not exist.");
}

// Of the members that are given.
Answer<> check_destination(const Session& session, const Json& request) {
  const std::string endpoint = member(request, "InvocationEndpoint");
  if (request.contains("InvocationEndpoint") && !is_endpoint(endpoint, session.limits())) {
    return not_valid("Parameter InvocationEndpoint is not valid. Reason: Endpoint '" + endpoint + "' is not valid");
  }
  if (request.contains("ConnectionArn")) {
    WAYBILL_CHECK(require_connection_by_arn(session, member(request, "ConnectionArn")));
  }
  return {};
}

const char* destination_state(const std::string& connection_state) {
  return connection_state == "AUTHORIZED" ? "ACTIVE" : "INACTIVE";
}

// Of a call that changes the destination now.
Answer<Json> change_destination(Session& session, const CatalogRow& row, const Json& body) {
  session.put(kinds::kApiDestination, row.resource.key.name, body, row.state);
  const auto connection = require_connection_by_arn(session, member(body, "ConnectionArn"));
  return Json{{"ApiDestinationArn", destination_arn(row)},
              {"ApiDestinationState", destination_state(connection ? connection_state(**connection) : "")},
              {"CreationTime", created_seconds(row)},
              {"LastModifiedTime", seconds(session.now())}};
}

// Describe adds to it.
Json destination_item(Session& session, const CatalogRow& row) {
  const auto connection = require_connection_by_arn(session, member(row.body, "ConnectionArn"));
  Json item{
      {"ApiDestinationArn", destination_arn(row)},
      {"Name", row.resource.key.name},
      {"ApiDestinationState", destination_state(connection ? settled_connection_state(session, **connection) : "")},
      {"InvocationRateLimitPerSecond", kDefaultRateLimit},
      {"CreationTime", created_seconds(row)},
      {"LastModifiedTime", modified_seconds(row)}};
  copy_members(row.body, item, {"ConnectionArn", "InvocationEndpoint", "HttpMethod", "InvocationRateLimitPerSecond"});
  return item;
}

}  // namespace

std::string destination_arn(const CatalogRow& row) {
  const Place place = row.place();
  const std::string path = "api-destination/" + row.resource.key.name + "/" + uuid_of(row);
  return Arn{"aws", "events", place.region, place.account, path}.str();
}

Answer<Json> create_api_destination(Session& session, const Json& request) {
  const std::string name = member(request, "Name");
  WAYBILL_CHECK(check_destination(session, request));
  if (session.find(kinds::kApiDestination, name)) {
    return already_there("An api-destination '" + name + "' already exists.");
  }
  if (session.list(kinds::kApiDestination).size() >= session.limits().api_destinations) return over_limit();
  CatalogRow row;
  row.resource.key = session.key(kinds::kApiDestination, name);
  row.body = {{"Name", name}};
  copy_members(request, row.body, kDestinationSettings);
  row.state = {{"Uuid", uuid_v4(session.random())}, {"Created", to_millis(session.now())}};
  return change_destination(session, row, row.body);
}

// What is not given stays.
Answer<Json> update_api_destination(Session& session, const Json& request) {
  WAYBILL_TRY(const CatalogRow* row, require_destination(session, request));
  WAYBILL_CHECK(check_destination(session, request));
  Json body = row->body;
  copy_members(request, body, kDestinationSettings);
  return change_destination(session, *row, body);
}

Answer<Json> delete_api_destination(Session& session, const Json& request) {
  WAYBILL_TRY(const CatalogRow* row, require_destination(session, request));
  session.remove(kinds::kApiDestination, row->resource.key.name);
  return Json::object();
}

Answer<Json> describe_api_destination(Session& session, const Json& request) {
  WAYBILL_TRY(const CatalogRow* row, require_destination(session, request));
  Json shown = destination_item(session, *row);
  copy_members(row->body, shown, {"Description"});
  return shown;
}

Answer<Json> list_api_destinations(Session& session, const Json& request) {
  const std::string connection = member(request, "ConnectionArn");
  Json destinations = Json::array();
  for (const CatalogRow* row : session.list(kinds::kApiDestination, member(request, "NamePrefix"))) {
    if (connection.empty() || member(row->body, "ConnectionArn") == connection) {
      destinations.push_back(destination_item(session, *row));
    }
  }
  return Json{{"ApiDestinations", std::move(destinations)}};
}

}  // namespace waybill::control
