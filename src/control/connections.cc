// Connections (contract section 15). Secrets are in the row's body and in no answer; the row's state keeps Uuid and
// SecretSuffix of the ARNs, ConnectionState, and LastAuthorized in ms.
#include "control/connections.h"

#include "control/connection_parameters.h"
#include "control/lookups.h"
#include "control/operations.h"

namespace waybill::control {

namespace {

// What a connection keeps of the requests beside its authorization.
constexpr std::initializer_list<const char*> kConnectionSettings = {"Description", "KmsKeyIdentifier",
                                                                    "InvocationConnectivityParameters"};

constexpr const char* kAuthorized = "AUTHORIZED";
constexpr const char* kAuthorizing = "AUTHORIZING";
constexpr const char* kDeauthorized = "DEAUTHORIZED";

Fault no_connection(std::string_view name) {
  return not_there("Failed to describe the connection(s). Connection '" + std::string(name) + "' does not exist.");
}

// Recorded for describe only; the other operations word it alike.
Answer<const CatalogRow*> require_connection(const Session& session, const Json& request) {
  const std::string name = member(request, "Name");
  if (const CatalogRow* row = session.find(kinds::kConnection, name)) return row;
  return no_connection(name);
}

std::string path_of(const CatalogRow& row) { return row.resource.key.name + "/" + uuid_of(row); }

std::string secret_arn(const CatalogRow& row) {
  const Place place = row.place();
  const std::string secret =
      "secret:events!connection/" + path_of(row) + "-" + member(row.state, "SecretSuffix", uuid_of(row).substr(0, 6));
  return Arn{"aws", "secretsmanager", place.region, place.account, secret}.str();
}

std::string secret_suffix(Random& random) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string suffix;
  for (int i = 0; i < 6; ++i) suffix += kLetters[random.below(kLetters.size())];
  return suffix;
}

// What new parameters of authorization make of the state.
void authorize(const Session& session, const std::string& type, Json& state) {
  const bool is_oauth = type == "OAUTH_CLIENT_CREDENTIALS";
  state["ConnectionState"] = is_oauth ? kAuthorizing : kAuthorized;
  if (!is_oauth) state["LastAuthorized"] = to_millis(session.now());
}

Json settled_state(Session& session, const CatalogRow& row) {
  Json state = row.state;
  if (connection_state(row) != kAuthorizing) return state;
  state["ConnectionState"] = kAuthorized;
  state["LastAuthorized"] = state["Modified"] = to_millis(session.now());
  session.put(kinds::kConnection, row.resource.key.name, row.body, state);
  return state;
}

void add_times(const Json& state, Json& answer) {
  answer["CreationTime"] = seconds(state.value("Created", std::int64_t{0}));
  answer["LastModifiedTime"] = seconds(state.value("Modified", std::int64_t{0}));
  const auto authorized = state.find("LastAuthorized");
  if (authorized != state.end()) answer["LastAuthorizedTime"] = seconds(authorized->get<std::int64_t>());
}

// Of a call that changes the connection now.
Json change_answer(const Session& session, const CatalogRow& row, Json state, const std::string& shown_state) {
  Json answer{{"ConnectionArn", connection_arn(row)}, {"ConnectionState", shown_state}};
  state["Modified"] = to_millis(session.now());
  add_times(state, answer);
  return answer;
}

// Describe adds to it.
Json connection_item(Session& session, const CatalogRow& row) {
  const Json state = settled_state(session, row);
  Json item{{"ConnectionArn", connection_arn(row)},
            {"Name", row.resource.key.name},
            {"ConnectionState", state.value("ConnectionState", kAuthorized)}};
  copy_members(row.body, item, {"AuthorizationType"});
  add_times(state, item);
  return item;
}

bool has_auth_block(const Json& parameters) {
  return parameters.contains("BasicAuthParameters") || parameters.contains("ApiKeyAuthParameters") ||
         parameters.contains("OAuthParameters");
}

Answer<> check_something_to_update(const Json& request) {
  const bool authorization =
      request.contains("AuthorizationType") && has_auth_block(request.value("AuthParameters", Json::object()));
  for (const char* name : {"Description", "KmsKeyIdentifier", "InvocationConnectivityParameters"}) {
    if (authorization || request.contains(name)) return {};
  }
  return not_valid(
      "Failed to update the connection(s). At least one of the following is required: Description, KmsKeyIdentifier, "
      "AuthorizationType with BasicAuthParameters, ApiKeyAuthParameters, or OAuthParameters.");
}

// Applies AuthorizationType and AuthParameters of an update.
Answer<> reauthorize(const Session& session, const Json& request, Json& body, Json& state) {
  if (!request.contains("AuthorizationType") && !request.contains("AuthParameters")) return {};
  const std::string before = member(body, "AuthorizationType");
  const std::string type = member(request, "AuthorizationType", before);
  const Json parameters = merged_parameters(type, body.value("AuthParameters", Json::object()),
                                            request.value("AuthParameters", Json::object()));
  WAYBILL_CHECK(check_parameters(type, parameters, session.limits()));
  body["AuthorizationType"] = type;
  body["AuthParameters"] = parameters;
  authorize(session, type, state);
  return {};
}

}  // namespace

std::string uuid_of(const CatalogRow& row) {
  const std::string arn = member(row.body, "Arn");
  return member(row.state, "Uuid", arn.substr(arn.rfind('/') + 1));
}

std::string connection_arn(const CatalogRow& row) {
  const Place place = row.place();
  return Arn{"aws", "events", place.region, place.account, "connection/" + path_of(row)}.str();
}

Answer<const CatalogRow*> require_connection_by_arn(const Session& session, std::string_view text) {
  const auto arn = Arn::parse(text);
  const std::string path = arn ? arn->resource_of("connection").value_or("") : "";
  const std::string name = path.substr(0, path.find('/'));
  const CatalogRow* row = session.find(kinds::kConnection, name);
  if (row && connection_arn(*row) == text) return row;
  return no_connection(name);
}

std::string connection_state(const CatalogRow& row) { return member(row.state, "ConnectionState", kAuthorized); }

std::string settled_connection_state(Session& session, const CatalogRow& row) {
  return member(settled_state(session, row), "ConnectionState", kAuthorized);
}

Answer<Json> create_connection(Session& session, const Json& request) {
  const std::string name = member(request, "Name");
  const std::string type = member(request, "AuthorizationType");
  const Json parameters = merged_parameters(type, Json::object(), request.value("AuthParameters", Json::object()));
  WAYBILL_CHECK(check_parameters(type, parameters, session.limits()));
  if (session.find(kinds::kConnection, name)) return already_there("Connection " + name + " already exists.");
  if (session.list(kinds::kConnection).size() >= session.limits().connections) return over_limit();
  CatalogRow row;
  row.resource.key = session.key(kinds::kConnection, name);
  row.body = {{"Name", name}, {"AuthorizationType", type}, {"AuthParameters", parameters}};
  copy_members(request, row.body, kConnectionSettings);
  row.state = {{"Uuid", uuid_v4(session.random())},
               {"SecretSuffix", secret_suffix(session.random())},
               {"Created", to_millis(session.now())}};
  authorize(session, type, row.state);
  session.put(kinds::kConnection, name, row.body, row.state);
  Json answer = change_answer(session, row, row.state, connection_state(row));
  answer.erase("LastAuthorizedTime");
  return answer;
}

Answer<Json> update_connection(Session& session, const Json& request) {
  WAYBILL_CHECK(check_something_to_update(request));
  WAYBILL_TRY(const CatalogRow* row, require_connection(session, request));
  Json body = row->body;
  Json state = row->state;
  copy_members(request, body, kConnectionSettings);
  WAYBILL_CHECK(reauthorize(session, request, body, state));
  session.put(kinds::kConnection, row->resource.key.name, body, state);
  return change_answer(session, *row, state, member(state, "ConnectionState", kAuthorized));
}

// An API destination that uses it stays, and is INACTIVE.
Answer<Json> delete_connection(Session& session, const Json& request) {
  WAYBILL_TRY(const CatalogRow* row, require_connection(session, request));
  session.remove(kinds::kConnection, row->resource.key.name);
  return change_answer(session, *row, row->state, "DELETING");
}

// The secrets go; the connection can be given new ones.
Answer<Json> deauthorize_connection(Session& session, const Json& request) {
  WAYBILL_TRY(const CatalogRow* row, require_connection(session, request));
  Json body = row->body;
  Json state = row->state;
  body.erase("AuthParameters");
  state["ConnectionState"] = kDeauthorized;
  session.put(kinds::kConnection, row->resource.key.name, body, state);
  return change_answer(session, *row, state, "DEAUTHORIZING");
}

Answer<Json> describe_connection(Session& session, const Json& request) {
  WAYBILL_TRY(const CatalogRow* row, require_connection(session, request));
  Json shown = connection_item(session, *row);
  copy_members(row->body, shown, kConnectionSettings);
  if (const auto parameters = row->body.find("AuthParameters"); parameters != row->body.end()) {
    shown["AuthParameters"] = shown_parameters(*parameters);
    shown["SecretArn"] = secret_arn(*row);
  }
  return shown;
}

Answer<Json> list_connections(Session& session, const Json& request) {
  const std::string state = member(request, "ConnectionState");
  Json connections = Json::array();
  for (const CatalogRow* row : session.list(kinds::kConnection, member(request, "NamePrefix"))) {
    Json item = connection_item(session, *row);
    if (state.empty() || item["ConnectionState"] == state) connections.push_back(std::move(item));
  }
  return Json{{"Connections", std::move(connections)}};
}

}  // namespace waybill::control
