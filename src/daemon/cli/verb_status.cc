#include <iostream>

#include <nlohmann/json.hpp>

#include "daemon/cli/arn_text.h"
#include "daemon/cli/daemon_client.h"
#include "daemon/cli/input.h"
#include "daemon/cli/text_table.h"
#include "daemon/cli/verbs.h"

namespace waybill::cli {

namespace {

using nlohmann::json;

struct StatusOptions {
  std::string endpoint;
  bool as_json = false;
  std::string topic;
};

std::string text_of(const json& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end() || found->is_null()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump(-1, ' ', false, json::error_handler_t::replace);
}

void print_list(const json& status, const char* member, const char* title) {
  const json list = status.value(member, json::array());
  if (list.empty()) return;
  std::cout << "\n" << title << ":\n";
  for (const json& each : list) {
    std::cout << "  " << printable(each.is_string() ? each.get<std::string>() : each.dump()) << "\n";
  }
}

void print_templates(const json& status) {
  const json templates = status.value("templates", json::array());
  if (templates.empty()) return;
  std::cout << "\ntemplates:\n";
  for (const json& each : templates) {
    std::cout << "  " << text_of(each, "name") << ": " << text_of(each, "resources") << " resources from "
              << text_of(each, "file") << "\n";
    const json outputs = each.value("outputs", json::object());
    for (const auto& [name, value] : outputs.items()) {
      std::cout << "    " << name << " = " << (value.is_string() ? value.get<std::string>() : value.dump()) << "\n";
    }
  }
}

void print_endpoints(const json& status) {
  TextTable table{{{"WAITS FOR"}, {"PENDING", true}, {"RETRYING", true}, {"TARGET"}}, {}};
  for (const json& each : status.value("endpoints", json::array())) {
    table.add({shorten_arns(text_of(each, "key")), text_of(each, "pending"), text_of(each, "retrying"),
               each.contains("circuit") ? "down" : ""});
  }
  if (!table.rows.empty()) std::cout << "\n" << layout(table, terminal_width());
}

void print_email(const json& status) {
  const auto email = status.find("email");
  if (email == status.end()) return;
  const std::string problem = text_of(*email, "problem");
  std::cout << "e-mails leave by " << printable(text_of(*email, "server")) << "\n";
  if (!problem.empty()) std::cout << "  they wait at present: " << printable(problem) << "\n";
}

Result<int> run_status(const StatusOptions& options) {
  const DaemonClient daemon(options.endpoint);
  WAYBILL_TRY(const std::string body, daemon.get("/_waybill/status"));
  const json status = json::parse(body, nullptr, false);
  if (!status.is_object()) return Error{ErrorCode::io, "the daemon's status is no JSON object"};
  if (options.as_json) {
    std::cout << status.dump(-1, ' ', false, json::error_handler_t::replace) << "\n";
    return kOk;
  }
  std::cout << "waybill " << text_of(status, "version") << " at " << daemon.endpoint() << ", up "
            << text_of(status, "uptime_seconds") << " s\n"
            << "account " << text_of(status, "account_id") << ", region " << text_of(status, "region") << ", data in "
            << text_of(status, "data_dir") << "\n";
  if (text_of(status, "clock") == "virtual") {
    std::cout << "the clock is virtual and shows " << printable(text_of(status, "now")) << "\n";
  }
  print_email(status);
  print_templates(status);
  print_list(status, "notices", "notices");
  print_list(status, "drift", "changed since the templates were applied");
  print_list(status, "unknown_buses", "event buses that events were sent to and that do not exist");
  print_endpoints(status);
  return kOk;
}

Result<int> run_notifications(const StatusOptions& options) {
  const std::string query = query_text({{"limit", "1000"}, {"topic", options.topic}});
  WAYBILL_TRY(const std::string body, DaemonClient(options.endpoint).get("/_waybill/notifications" + query));
  const json answer = json::parse(body, nullptr, false);
  if (!answer.is_object()) return Error{ErrorCode::io, "the answer is no list of notifications"};
  TextTable table{{{"ID", true, true}, {"ACCEPTED AT"}, {"TOPIC"}, {"TO"}, {"SUBJECT"}, {"MESSAGE"}}, {}};
  for (const json& each : answer.value("notifications", json::array())) {
    if (options.as_json) {
      std::cout << each.dump(-1, ' ', false, json::error_handler_t::replace) << "\n";
      continue;
    }
    const json notification = each.value("notification", json());
    const bool is_object = notification.is_object();
    table.add({text_of(each, "id"), text_of(each, "accepted_at"), resource_of(text_of(each, "topic_arn")),
               text_of(each, "protocol") + " " + text_of(each, "endpoint"),
               is_object ? text_of(notification, "Subject") : "",
               is_object && notification.contains("Message") ? text_of(notification, "Message")
                                                             : text_of(each, "notification")});
  }
  if (!options.as_json) std::cout << (table.rows.empty() ? "no notifications\n" : layout(table, terminal_width()));
  return kOk;
}

// Docker's health check kills a probe after its timeout; this one gives up before that.
Result<int> run_health(const StatusOptions& options) {
  const DaemonClient daemon(options.endpoint, std::chrono::milliseconds(2500));
  WAYBILL_CHECK(daemon.get("/readyz"));
  std::cout << "ready\n";
  return kOk;
}

Result<int> run_reset(const StatusOptions& options) {
  WAYBILL_CHECK(DaemonClient(options.endpoint).post("/_waybill/reset", ""));
  std::cout << "reset: all data dropped, templates loaded anew\n";
  return kOk;
}

CLI::App* add_status_verb(CLI::App& root, Choice& choice, const char* name, const char* does,
                          const std::shared_ptr<StatusOptions>& options, Result<int> (*run)(const StatusOptions&)) {
  CLI::App* verb = add_verb(root, choice, name, does, options, run);
  add_endpoint(*verb, options->endpoint);
  return verb;
}

}  // namespace

void add_status(CLI::App& root, Choice& choice) {
  auto options = std::make_shared<StatusOptions>();
  CLI::App* verb =
      add_status_verb(root, choice, "status", "Say what a daemon runs, and how it stands", options, run_status);
  verb->add_flag("--json", options->as_json, "As one JSON object");

  options = std::make_shared<StatusOptions>();
  verb = add_status_verb(root, choice, "notifications", "List what was published to topics and waits for its transport",
                         options, run_notifications);
  verb->add_option("--topic", options->topic, "Only those of this topic")->type_name("ARN");
  verb->add_flag("--json", options->as_json, "One JSON object a line");
  verb->footer("Shows the oldest 1000.\n\nExamples:\n  waybill notifications --json");

  options = std::make_shared<StatusOptions>();
  verb =
      add_status_verb(root, choice, "health", "Exit with 0 when the daemon is ready, else with 1", options, run_health);
  verb->footer("For health checks of containers and scripts: until waybill health; do sleep 0.1; done");

  options = std::make_shared<StatusOptions>();
  verb = add_status_verb(root, choice, "reset", "Drop all data and what the API made, load the templates anew", options,
                         run_reset);
  verb->footer("Only where the daemon's setting allow_reset is on.");
}

}  // namespace waybill::cli
