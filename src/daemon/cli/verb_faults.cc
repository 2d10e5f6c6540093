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

constexpr const char* kFaultsRoute = "/_waybill/faults";

struct FaultOptions {
  std::string endpoint;
  std::string target;
  std::int64_t fail = 0, count = 0, id = 0, seed = -1;
  unsigned status = 0;
  std::string latency, retry_after, error_code, message;
  double rate = 0;
  bool permanent = false, all = false, as_json = false;
};

std::string fault_member(const json& fault, const char* member) {
  const auto found = fault.find(member);
  if (found == fault.end() || found->is_null()) return "";
  return printable(found->is_string() ? found->get<std::string>() : found->dump());
}

// "status 429, retry after 30000ms, rate 0.1"
std::string fault_text(const json& fault) {
  std::string text = fault_member(fault, "does");
  if (fault.contains("status")) text += " " + fault_member(fault, "status");
  for (const auto& [member, words] : {std::pair{"latency", " after "},
                                      {"retry_after", ", retry after "},
                                      {"error_code", " "},
                                      {"message", ": "},
                                      {"rate", ", rate "}}) {
    if (fault.contains(member)) text += words + fault_member(fault, member);
  }
  return text;
}

Result<int> run_list_faults(const FaultOptions& options) {
  WAYBILL_TRY(const std::string body, DaemonClient(options.endpoint).get(kFaultsRoute));
  const json answer = json::parse(body, nullptr, false);
  if (!answer.is_object()) return Error{ErrorCode::io, "the answer is no list of faults"};
  TextTable table{{{"ID", true, true}, {"TARGET"}, {"DOES"}, {"TOUCHED", true}, {"LEFT", true}}, {}};
  for (const json& fault : answer.value("faults", json::array())) {
    if (options.as_json) {
      std::cout << fault.dump() << "\n";
      continue;
    }
    const std::string left = fault_member(fault, "left");
    table.add({fault_member(fault, "id"), shorten_arns(fault_member(fault, "target")), fault_text(fault),
               fault_member(fault, "touched"), left.empty() ? "all" : left});
  }
  if (!options.as_json) std::cout << (table.rows.empty() ? "no faults\n" : layout(table, terminal_width()));
  return kOk;
}

json fault_request(const FaultOptions& options) {
  json request{{"target", options.target}};
  if (options.fail > 0) request["fail"] = options.fail;
  if (options.count > 0) request["count"] = options.count;
  if (options.status > 0) request["status"] = options.status;
  if (options.rate > 0) request["rate"] = options.rate;
  if (options.seed >= 0) request["seed"] = static_cast<std::uint64_t>(options.seed);
  if (options.permanent) request["permanent"] = true;
  if (!options.latency.empty()) request["latency"] = options.latency;
  if (!options.retry_after.empty()) request["retry_after"] = options.retry_after;
  if (!options.error_code.empty()) request["error_code"] = options.error_code;
  if (!options.message.empty()) request["message"] = options.message;
  return request;
}

Result<int> run_add_fault(const FaultOptions& options) {
  WAYBILL_TRY(const std::string body, DaemonClient(options.endpoint).post(kFaultsRoute, fault_request(options).dump()));
  const json fault = json::parse(body, nullptr, false);
  if (!fault.is_object()) return Error{ErrorCode::io, "the daemon's answer is no fault"};
  if (options.as_json) {
    std::cout << fault.dump() << "\n";
    return kOk;
  }
  std::cout << "fault " << fault_member(fault, "id") << ": " << fault_text(fault) << "\n";
  const json touches = fault.value("touches", json::array());
  for (const json& arn : touches) std::cout << "  " << printable(arn.get<std::string>()) << "\n";
  if (touches.empty()) std::cerr << "nothing is called '" << printable(options.target) << "' at present\n";
  return kOk;
}

Result<int> run_clear_faults(const FaultOptions& options) {
  if ((options.target.empty() ? 0 : 1) + (options.id > 0 ? 1 : 0) + (options.all ? 1 : 0) != 1) {
    std::cerr << "waybill faults clear: name what to clear, in one way: a TARGET, --id or --all\n";
    return kUsage;
  }
  const std::string which =
      options.id > 0 ? "/" + std::to_string(options.id) : query_text({{"target", options.target}});
  WAYBILL_TRY(const std::string body, DaemonClient(options.endpoint).remove(kFaultsRoute + which));
  const json answer = json::parse(body, nullptr, false);
  std::cout << "cleared " << fault_member(answer, "cleared") << "\n";
  return kOk;
}

constexpr const char* kFaultsExamples =
    R"(Makes deliveries fail or wait, to rehearse that. Only where the daemon's setting allow_faults is on; a restart
ends all faults.

Examples:
  waybill faults add my-function --fail 3
  waybill faults add 'arn:aws:events:*:api-destination/*' --status 429 --retry-after 30s --count 2
  waybill faults add alerts --latency 2s
  waybill faults add '*' --rate 0.1 --seed 7
  waybill faults
  waybill faults clear --all)";

void add_fault_options(CLI::App& verb, FaultOptions& options) {
  verb.add_option("TARGET", options.target, "ARN, name, topic or address; * stands for any characters")
      ->type_name("")
      ->required();
  verb.add_option("--fail", options.fail, "The next N attempts fail")->type_name("N")->check(CLI::PositiveNumber);
  verb.add_option("--count", options.count, "So many attempts; without it, until it is cleared")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  verb.add_option("--latency", options.latency, "Wait so long first, in real time")->type_name("DURATION");
  verb.add_option("--status", options.status, "Fail as a server that answers with this")->type_name("STATUS");
  verb.add_option("--retry-after", options.retry_after, "Ask for this wait")->type_name("DURATION");
  verb.add_option("--rate", options.rate, "How likely an attempt is touched: 0.1 is every tenth")->type_name("RATE");
  verb.add_option("--seed", options.seed, "Of the dice behind --rate")->type_name("N");
  verb.add_option("--error-code", options.error_code, "In place of the target's own")->type_name("CODE");
  verb.add_option("--message", options.message, "In place of the usual one")->type_name("TEXT");
  verb.add_flag("--permanent", options.permanent, "Trying again shall not help");
  verb.add_flag("--json", options.as_json, "As one JSON object");
}

}  // namespace

void add_faults(CLI::App& root, Choice& choice) {
  auto options = std::make_shared<FaultOptions>();
  CLI::App* group = root.add_subcommand("faults", "Make deliveries fail or wait: add, list, clear");
  group->footer(kFaultsExamples);
  add_endpoint(*group, options->endpoint);
  group->callback([group, options, &choice] {
    if (group->get_subcommands().empty()) choice = {"faults", [options] { return run_list_faults(*options); }};
  });

  options = std::make_shared<FaultOptions>();
  CLI::App* verb = add_verb(*group, choice, "add", "Ask for a fault", options, run_add_fault);
  add_endpoint(*verb, options->endpoint);
  add_fault_options(*verb, *options);
  verb->footer(kFaultsExamples);

  options = std::make_shared<FaultOptions>();
  verb = add_verb(*group, choice, "list", "List what is left of them", options, run_list_faults);
  add_endpoint(*verb, options->endpoint);
  verb->add_flag("--json", options->as_json, "One JSON object a line");

  options = std::make_shared<FaultOptions>();
  verb = add_verb(*group, choice, "clear", "End them", options, run_clear_faults);
  add_endpoint(*verb, options->endpoint);
  verb->add_option("TARGET", options->target, "Those of this target, as it was given")->type_name("");
  verb->add_option("--id", options->id, "This one")->type_name("ID")->check(CLI::PositiveNumber);
  verb->add_flag("--all", options->all, "All of them");
}

}  // namespace waybill::cli
