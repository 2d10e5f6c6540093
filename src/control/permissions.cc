// PutPermission, RemovePermission (contract section 5, "Permissions").
#include <algorithm>

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
  Json policy = found->is_string() ? Json::parse(found->get<std::string>(), nullptr, false) : *found;
  return policy.is_object() ? policy : Json::object();
}

// One statement may stand without its list.
Json statements_of(const Json& policy) {
  const Json statements = policy.value("Statement", Json::array());
  return statements.is_object() ? Json::array({statements}) : statements;
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
  for (const Json& statement : statements_of(policy)) {
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

// The document that the request makes of the present one.
Answer<Json> policy_after(const Json& request, Json policy, const std::string& bus_arn) {
  if (const auto given = request.find("Policy"); given != request.end()) {
    Json document = Json::parse(given->get<std::string>(), nullptr, false);
    const Json statements = document.is_object() ? statements_of(document) : Json();
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
  Json statements = statements_of(policy);
  Json statement = statement_of(request, bus_arn);
  if (const auto same = find_statement(statements, member(request, "StatementId")); same != statements.end()) {
    *same = std::move(statement);
  } else {
    statements.push_back(std::move(statement));
  }
  return Json{{"Version", policy.value("Version", kPolicyVersion)}, {"Statement", std::move(statements)}};
}

}  // namespace

std::optional<std::string> policy_text(const Json& bus_body) {
  const Json policy = policy_of(bus_body);
  if (statements_of(policy).empty()) return std::nullopt;
  return text_of(policy);
}

Answer<Json> put_permission(Session& session, const Json& request) {
  WAYBILL_TRY(const CatalogRow* bus, require_bus(session, member(request, "EventBusName", kDefaultBus)));
  const std::string& name = bus->resource.key.name;
  WAYBILL_TRY(const Json policy, policy_after(request, policy_of(bus->body), session.place().event_bus(name)));
  const std::size_t limit = session.limits().policy_characters;
  if (text_of(policy).size() > limit) {
    return Fault{"PolicyLengthExceededException",
                 "The policy of event bus " + name + " exceeds limit of " + std::to_string(limit) + " characters."};
  }
  Json body = bus->body;
  body["Policy"] = policy;
  session.put(kinds::kEventBus, name, body);
  return Json::object();
}

Answer<Json> remove_permission(Session& session, const Json& request) {
  WAYBILL_TRY(const CatalogRow* bus, require_bus(session, member(request, "EventBusName", kDefaultBus)));
  Json body = bus->body;
  Json policy = policy_of(body);
  Json statements = statements_of(policy);
  body.erase("Policy");
  if (!request.value("RemoveAllPermissions", false)) {
    const auto found = find_statement(statements, member(request, "StatementId"));
    if (found == statements.end()) return not_there("Statement with the provided id does not exist.");
    statements.erase(found);
    policy["Statement"] = statements;
    if (!statements.empty()) body["Policy"] = std::move(policy);
  }
  session.put(kinds::kEventBus, bus->resource.key.name, body);
  return Json::object();
}

}  // namespace waybill::control
