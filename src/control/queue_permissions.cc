// AddPermission and RemovePermission of queues: statements of the queue's policy, known by their labels.
#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "control/lookups.h"
#include "control/policy.h"
#include "control/queue_attributes.h"
#include "control/queue_rows.h"
#include "control/queues.h"

namespace waybill::control {

namespace {

constexpr std::size_t kMostActions = 7;
// AWS: the actions that a permission may name.
constexpr std::array<std::string_view, 8> kActions{"*",
                                                   "SendMessage",
                                                   "ReceiveMessage",
                                                   "DeleteMessage",
                                                   "ChangeMessageVisibility",
                                                   "GetQueueAttributes",
                                                   "GetQueueUrl",
                                                   "ListDeadLetterSourceQueues"};

Fault bad_label(const std::string& label, const char* reason) {
  return {"InvalidParameterValue", "Value " + label + " for parameter Label is invalid. Reason: " + reason};
}

Answer<Json> new_statement(const Json& request, const std::string& queue_arn) {
  const std::string label = member(request, "Label");
  const bool fits = std::all_of(label.begin(), label.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
  });
  if (label.empty() || label.size() > 80 || !fits) {
    return bad_label(label, "Label must be 1 to 80 alphanumeric characters, hyphens or underscores.");
  }
  const Json names = request.value("Actions", Json::array());
  if (names.size() > kMostActions) {
    return Fault("OverLimit", std::to_string(names.size()) + " Actions were found, maximum allowed is 7.", 403);
  }
  Json actions = Json::array();
  for (const Json& name : names) {
    const std::string action = name.get<std::string>();
    if (std::find(kActions.begin(), kActions.end(), action) == kActions.end()) {
      return Fault("InvalidParameterValue", "Value SQS:" + action +
                                                " for parameter ActionName is invalid. Reason: Please refer to the "
                                                "appropriate WSDL for a list of valid actions.");
    }
    actions.push_back("SQS:" + action);
  }
  Json principals = Json::array();
  for (const Json& account : request.value("AWSAccountIds", Json::array())) {
    const std::string id = account.get<std::string>();
    if (id.size() != 12 || !std::all_of(id.begin(), id.end(), is_digit)) {
      return Fault("InvalidParameterValue",
                   "Value [" + id + "] for parameter PrincipalId is invalid. Reason: Unable to verify.");
    }
    principals.push_back("arn:aws:iam::" + id + ":root");
  }
  return Json{{"Sid", label},
              {"Effect", "Allow"},
              {"Principal", {{"AWS", std::move(principals)}}},
              {"Action", std::move(actions)},
              {"Resource", queue_arn}};
}

}  // namespace

std::string queue_name_of_url(const std::string& url) { return url.substr(url.rfind('/') + 1); }

namespace {

// Of the AWS::SQS::QueuePolicy that names it.
Json policy_of_template(const Session& session, const CatalogRow& queue) {
  for (const CatalogRow* row : session.list(kinds::kQueuePolicy)) {
    const Json queues = row->body.value("Queues", Json::array());
    const bool listed = std::any_of(queues.begin(), queues.end(), [&](const Json& url) {
      return url.is_string() && queue_name_of_url(url.get<std::string>()) == queue.resource.key.name;
    });
    if (listed) return queue_policy_object(row->body, "PolicyDocument");
  }
  return Json::object();
}

}  // namespace

Json policy_of_queue(const Session& session, const CatalogRow& queue) {
  if (Json own = queue_policy_object(queue.body, "Policy"); !own.empty()) return own;
  return policy_of_template(session, queue);
}

Answer<Json> add_queue_permission(Session& session, const Json& request) {
  WAYBILL_TRY(const CatalogRow* row, require_queue(session, request));
  const std::string arn = session.place().queue(row->resource.key.name);
  Json policy = policy_of_queue(session, *row);
  Json statements = policy_statements(policy);
  WAYBILL_TRY(Json statement, new_statement(request, arn));
  const bool taken = std::any_of(statements.begin(), statements.end(),
                                 [&](const Json& each) { return member(each, "Sid") == statement["Sid"]; });
  if (taken) return bad_label(member(request, "Label"), "Already exists.");
  if (policy.empty()) policy = {{"Version", "2008-10-17"}, {"Id", arn + "/SQSDefaultPolicy"}};
  statements.push_back(std::move(statement));
  policy["Statement"] = std::move(statements);
  Json body = row->body;
  body["Policy"] = std::move(policy);
  session.put(kinds::kQueue, row->resource.key.name, body);
  return Json::object();
}

Answer<Json> remove_queue_permission(Session& session, const Json& request) {
  WAYBILL_TRY(const CatalogRow* row, require_queue(session, request));
  Json policy = policy_of_queue(session, *row);
  Json kept = Json::array();
  const Json statements = policy_statements(policy);
  for (const Json& each : statements) {
    if (member(each, "Sid") != member(request, "Label")) kept.push_back(each);
  }
  if (kept.size() == statements.size()) return bad_label(member(request, "Label"), "can't find label.");
  // A policy without statements stays where that of a template stands behind it, which would count again otherwise.
  Json body = row->body;
  body.erase("Policy");
  if (!kept.empty() || !policy_of_template(session, *row).empty()) {
    policy["Statement"] = std::move(kept);
    body["Policy"] = std::move(policy);
  }
  session.put(kinds::kQueue, row->resource.key.name, body);
  return Json::object();
}

}  // namespace waybill::control
