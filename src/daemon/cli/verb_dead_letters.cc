#include <iostream>

#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "daemon/cli/arn_text.h"
#include "daemon/cli/daemon_client.h"
#include "daemon/cli/dead_letter_filter.h"
#include "daemon/cli/input.h"
#include "daemon/cli/text_table.h"
#include "daemon/cli/verbs.h"

namespace waybill::cli {

namespace {

using nlohmann::json;
constexpr const char* kRoute = "/_waybill/dead-letters";

struct Options {
  std::string endpoint;
  std::int64_t id = 0;
  std::vector<std::string> filter;
  std::string detail;
  bool all = false, dry_run = false, as_json = false;
};

std::string with_id(const Options& options) { return std::string(kRoute) + "/" + std::to_string(options.id); }

Result<json> list_page(const DaemonClient& daemon, const FilterPairs& filter, std::int64_t after) {
  FilterPairs pairs = filter;
  pairs.emplace_back("limit", "1000");
  if (after > 0) pairs.emplace_back("after", std::to_string(after));
  WAYBILL_TRY(const std::string body, daemon.get(kRoute + query_text(pairs)));
  json answer = json::parse(body, nullptr, false);
  if (!answer.is_object() || !answer.contains("dead_letters")) {
    return Error{ErrorCode::io, "the answer is no list of dead letters"};
  }
  return Result<json>(boost::system::in_place_value, std::move(answer));
}

Result<int> run_list(const Options& options) {
  WAYBILL_TRY(const FilterPairs filter, parse_filter(options.filter));
  const DaemonClient daemon(options.endpoint);
  TextTable table{{{"ID", true, true}, {"DEAD AT"}, {"CODE"}, {"ATTEMPTS", true}, {"TARGET"}, {"EVENT"}, {"MESSAGE"}},
                  {}};
  std::int64_t after = 0;
  do {
    WAYBILL_TRY(const json page, list_page(daemon, filter, after));
    for (const json& letter : page["dead_letters"]) {
      if (options.as_json) {
        std::cout << letter.dump() << "\n";
        continue;
      }
      table.add({std::to_string(letter.value("id", std::int64_t{0})), letter.value("dead_at", ""),
                 letter.value("error_code", ""), std::to_string(letter.value("attempts", 0)),
                 resource_of(letter.value("target_arn", "")), letter.value("event_id", ""),
                 letter.value("error_message", "")});
    }
    after = page.value("next", std::int64_t{0});
  } while (after > 0);
  if (!options.as_json) std::cout << (table.rows.empty() ? "no dead letters\n" : layout(table, terminal_width()));
  return kOk;
}

Result<int> run_show(const Options& options) {
  WAYBILL_TRY(const std::string body, DaemonClient(options.endpoint).get(with_id(options)));
  const json letter = json::parse(body, nullptr, false);
  std::cout << letter.dump(2, ' ', false, json::error_handler_t::replace) << "\n";
  return kOk;
}

Result<int> run_drop(const Options& options) {
  WAYBILL_CHECK(DaemonClient(options.endpoint).remove(with_id(options)));
  std::cout << "dropped " << options.id << "\n";
  return kOk;
}

// The body is put together as text: the detail stays as it is spelled.
Result<std::string> redrive_body(const Options& options) {
  std::string body = "{";
  if (options.id > 0) {
    body += "\"id\":" + std::to_string(options.id);
  } else {
    WAYBILL_TRY(const FilterPairs filter, parse_filter(options.filter));
    body += "\"limit\":100,\"filter\":" + json(std::map<std::string, std::string>(filter.begin(), filter.end())).dump();
  }
  if (!options.detail.empty()) {
    WAYBILL_TRY(const std::string text, read_input(options.detail));
    body += ",\"detail\":";
    if (!is_valid_utf8(text) || !append_compact_object(text, body)) {
      return invalid(options.detail + ": the detail must be one JSON object");
    }
  }
  return body + (options.dry_run ? ",\"dry_run\":true" : "");
}

// One request to the daemon: as many letters as it redrives well within its client's patience.
Result<json> redrive_page(const DaemonClient& daemon, const std::string& body, const std::string& after) {
  std::string page = body;
  if (!after.empty()) page += ",\"after\":" + json(after).dump();
  WAYBILL_TRY(const std::string text, daemon.post(std::string(kRoute) + "/redrive", page + "}"));
  json answer = json::parse(text, nullptr, false);
  if (!answer.is_object()) return Error{ErrorCode::io, "the daemon's answer is no JSON object"};
  return Result<json>(boost::system::in_place_value, std::move(answer));
}

Result<int> run_redrive(const Options& options) {
  const int ways = (options.id > 0 ? 1 : 0) + (options.filter.empty() ? 0 : 1) + (options.all ? 1 : 0);
  if (ways != 1) {
    std::cerr << "waybill dead-letters redrive: name what to redrive, in one way: an ID, --filter or --all\n";
    return kUsage;
  }
  WAYBILL_TRY(const std::string body, redrive_body(options));
  const DaemonClient daemon(options.endpoint);
  std::int64_t redriven = 0;
  std::string ids, after;
  bool all_went = true;
  do {
    WAYBILL_TRY(const json answer, redrive_page(daemon, body, after));
    redriven += answer.value("redriven", std::int64_t{0});
    for (const json& id : answer.value("ids", json::array())) ids += (ids.empty() ? ": " : ", ") + id.dump();
    for (const json& each : answer.value("failed", json::array())) {
      std::cerr << each.value("id", std::int64_t{0}) << ": " << printable(each.value("message", "")) << "\n";
      all_went = false;
    }
    after = answer.value("next", "");
  } while (!after.empty());
  std::cout << (options.dry_run ? "would redrive " : "redriven ") << redriven << ids << std::endl;
  return all_went ? kOk : kFailed;
}

void add_id(CLI::App& verb, Options& options, bool required) {
  CLI::Option* option = verb.add_option("ID", options.id, "As the list shows it")->type_name("");
  option->check(CLI::PositiveNumber)->required(required);
}

void add_filter(CLI::App& verb, Options& options) {
  verb.add_option("--filter", options.filter, "Only these: target=ARN,rule=ARN,code=CODE,event=ID (any of them)")
      ->type_name("NAME=VALUE,...")
      ->check([](const std::string& text) -> std::string {
        const auto filter = parse_filter({text});
        return filter ? "" : filter.error().message;
      });
}

CLI::App* add(CLI::App& parent, Choice& choice, const char* name, const char* does,
              const std::shared_ptr<Options>& options, Result<int> (*run)(const Options&)) {
  CLI::App* verb = add_verb(parent, choice, name, does, options, run);
  add_endpoint(*verb, options->endpoint);
  return verb;
}

constexpr const char* kDeadLettersExamples =
    R"(A delivery that failed for good is kept as a dead letter for 14 days (setting dead_letters.retention).

Examples:
  waybill dead-letters list --filter code=TIMEOUT
  waybill dead-letters show 12
  waybill dead-letters redrive 12 --detail fixed.json
  waybill dead-letters redrive --all --dry-run
  waybill dead-letters drop 12)";

constexpr const char* kRedriveExamples =
    R"(Delivers dead letters once more, with all retries, to the targets that failed. --detail replaces the
event's detail by the JSON object in FILE (- is standard input).

Examples:
  waybill dead-letters redrive 12
  echo '{"shipment_id":"SHIP-7"}' | waybill dead-letters redrive 12 --detail -
  waybill dead-letters redrive --filter rule=arn:aws:events:us-east-1:000000000000:rule/orders --dry-run)";

}  // namespace

void add_dead_letters(CLI::App& root, Choice& choice) {
  CLI::App* group = root.add_subcommand("dead-letters", "Deliveries that failed for good: list, show, redrive, drop");
  group->footer(kDeadLettersExamples);

  auto options = std::make_shared<Options>();
  CLI::App* verb = add(*group, choice, "list", "List them, oldest first", options, run_list);
  add_filter(*verb, *options);
  verb->add_flag("--json", options->as_json, "One JSON object a line");

  options = std::make_shared<Options>();
  verb = add(*group, choice, "show", "Print one with its whole payload, as JSON", options, run_show);
  add_id(*verb, *options, true);

  options = std::make_shared<Options>();
  verb = add(*group, choice, "redrive", "Deliver them once more", options, run_redrive);
  verb->footer(kRedriveExamples);
  add_id(*verb, *options, false);
  add_filter(*verb, *options);
  verb->add_flag("--all", options->all, "All of them");
  verb->add_option("--detail", options->detail, "JSON object that replaces the event's detail")->type_name("FILE");
  verb->add_flag("--dry-run", options->dry_run, "Only say which ones it would be");

  options = std::make_shared<Options>();
  verb = add(*group, choice, "drop", "Remove one", options, run_drop);
  add_id(*verb, *options, true);
}

}  // namespace waybill::cli
