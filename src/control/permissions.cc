// PutPermission, RemovePermission (contract section 5, "Permissions"), and what templates declare:
// AWS::Events::EventBusPolicy is one statement in a row of its own.
#include <algorithm>

#include "base/code_points.h"
#include "base/json_tree.h"
#include "control/lookups.h"
#include "control/operations.h"
#include "control/policy.h"

namespace waybill::control {

namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr const char* kPolicyVersion = "2012-10-17";

// A template may declare the policy as text.
Json policy_of(const Json& bus_body) {
  const auto found = bus_body.find("Policy");
  if (found == bus_body.end()) return Json::object();
  Json policy = found->is_string() ? parse_json(found->get<std::string>()) : *found;
  return policy.is_object() ? policy : Json::object();
}

// The named members first, the rest after them.
OrderedJson in_order(const Json& object, std::initializer_list<const char*> names) {
  OrderedJson ordered = OrderedJson::object();
  for (const char* name : names) {
    if (const auto found = object.find(name); found != object.end()) ordered[name] = *found;
  }
  for (const auto& [name, value] : object.items()) {
    if (!ordered.contains(name)) ordered[name] = value;
  }
  return ordered;
}

std::string text_of(const Json& policy) {
  OrderedJson ordered = in_order(policy, {"Version", "Id", "Statement"});
  OrderedJson statements = OrderedJson::array();
  for (const Json& statement : policy_statements(policy)) {
    statements.push_back(in_order(statement, {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}));
  }
  ordered["Statement"] = std::move(statements);
  return ordered.dump();
}

Json statement_of(const Json& request, const std::string& bus_arn) {
  const std::string principal = member(request, "Principal");
  Json statement{{"Sid", member(request, "StatementId")},
                 {"Effect", "Allow"},
                 {"Principal", "*"},
                 {"Action", member(request, "Action")},
                 {"Resource", bus_arn}};
  if (principal != "*") statement["Principal"] = {{"AWS", "arn:aws:iam::" + principal + ":root"}};
  if (const auto condition = request.find("Condition"); condition != request.end()) {
    statement["Condition"][member(*condition, "Type")][member(*condition, "Key")] = member(*condition, "Value");
  }
  return statement;
}

auto find_statement(Json& statements, const std::string& id) {
  return std::find_if(statements.begin(), statements.end(),
                      [&](const Json& statement) { return member(statement, "Sid") == id; });
}

// The policies of templates for this bus.
std::vector<const CatalogRow*> declared_statements(const Session& session, const std::string& bus) {
  std::vector<const CatalogRow*> rows = session.list(kinds::kEventBusPolicy);
  std::erase_if(rows, [&](const CatalogRow* row) {
    return event_bus_name(member(row->body, "EventBusName", kDefaultBus)) != bus;
  });
  return rows;
}

Json declared_statement(const CatalogRow& row, const std::string& bus_arn) {
  const auto whole = row.body.find("Statement");
  if (whole == row.body.end()) return statement_of(row.body, bus_arn);
  Json statement = whole->is_string() ? parse_json(whole->get<std::string>()) : *whole;
  if (!statement.is_object()) return Json::object();
  statement["Sid"] = member(row.body, "StatementId");
  return statement;
}

void put_statement(Json& statements, Json statement) {
  const auto same = find_statement(statements, member(statement, "Sid"));
  if (same != statements.end()) {
    *same = std::move(statement);
  } else {
    statements.push_back(std::move(statement));
  }
}

// The bus's own policy, with the statements of templates.
Json whole_policy(const Session& session, const CatalogRow& bus) {
  Json policy = policy_of(bus.body);
  const std::string& name = bus.resource.key.name;
  const auto declared = declared_statements(session, name);
  if (declared.empty()) return policy;
  Json statements = policy_statements(policy);
  for (const CatalogRow* row : declared)
    put_statement(statements, declared_statement(*row, bus.place().event_bus(name)));
  policy["Version"] = policy.value("Version", kPolicyVersion);
  policy["Statement"] = std::move(statements);
  return policy;
}

// Who changes a policy through the API takes all of it over; what a template declares of it then shows as drift.
void store_policy(Session& session, const CatalogRow& bus, Json policy) {
  Json body = bus.body;
  body.erase("Policy");
  if (!policy_statements(policy).empty()) body["Policy"] = std::move(policy);
  session.put(kinds::kEventBus, bus.resource.key.name, body);
  for (const CatalogRow* row : declared_statements(session, bus.resource.key.name)) {
    session.remove(kinds::kEventBusPolicy, row->resource.key.name);
  }
}

// The document that the request makes of the present one.
Answer<Json> policy_after(const Json& request, Json policy, const std::string& bus_arn) {
  if (const auto given = request.find("Policy"); given != request.end()) {
    Json document = parse_json(given->get<std::string>());
    const Json statements = document.is_object() ? policy_statements(document) : Json();
    const bool well_formed = statements.is_array() && std::all_of(statements.begin(), statements.end(),
                                                                  [](const Json& item) { return item.is_object(); });
    if (!well_formed) {
      return not_valid(
          "Parameter Policy is not valid. Reason: Must be a JSON object with a list of Statement objects.");
    }
    return document;
  }
  if (member(request, "Action") != "events:PutEvents") {
    return not_valid("Provided value in parameter 'action' is not supported.");
  }
  for (const char* name : {"Principal", "StatementId"}) {
    if (!request.contains(name)) return not_valid("Parameter(s) " + std::string(name) + " must be specified.");
  }
  Json statements = policy_statements(policy);
  put_statement(statements, statement_of(request, bus_arn));
  return Json{{"Version", policy.value("Version", kPolicyVersion)}, {"Statement", std::move(statements)}};
}

}  // namespace

Json policy_statements(const Json& policy) {
  if (!policy.is_object()) return Json::array();
  const Json statements = policy.value("Statement", Json::array());
  return statements.is_object() ? Json::array({statements}) : statements;
}

std::optional<std::string> policy_text(const Session& session, const CatalogRow& bus) {
  const Json policy = whole_policy(session, bus);
  if (policy_statements(policy).empty()) return std::nullopt;
  return text_of(policy);
}

Answer<Json> put_permission(Session& session, const Json& request) {
  WAYBILL_TRY(const CatalogRow* bus, require_bus(session, member(request, "EventBusName", kDefaultBus)));
  const std::string& name = bus->resource.key.name;
  const auto limit = static_cast<std::int64_t>(session.limits().policy_characters);
  const Fault too_long{"PolicyLengthExceededException", "The policy of event bus " + name + " exceeds limit of " +
                                                            std::to_string(limit) + " characters."};
  if (code_points(member(request, "Policy")) > limit) return too_long;
  WAYBILL_TRY(const Json policy, policy_after(request, whole_policy(session, *bus), session.place().event_bus(name)));
  if (code_points(text_of(policy)) > limit) return too_long;
  store_policy(session, *bus, policy);
  return Json::object();
}

Answer<Json> remove_permission(Session& session, const Json& request) {
  WAYBILL_TRY(const CatalogRow* bus, require_bus(session, member(request, "EventBusName", kDefaultBus)));
  Json policy = whole_policy(session, *bus);
  Json statements = policy_statements(policy);
  if (request.value("RemoveAllPermissions", false)) {
    statements.clear();
  } else {
    // Without an id it names none, also where a statement has none.
    const auto found =
        request.contains("StatementId") ? find_statement(statements, member(request, "StatementId")) : statements.end();
    if (found == statements.end()) return not_there("Statement with the provided id does not exist.");
    statements.erase(found);
  }
  policy["Statement"] = std::move(statements);
  store_policy(session, *bus, std::move(policy));
  return Json::object();
}

}  // namespace waybill::control
