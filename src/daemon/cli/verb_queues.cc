#include <iostream>
#include <map>
#include <thread>

#include <nlohmann/json.hpp>

#include "daemon/cli/arn_text.h"
#include "daemon/cli/command_line.h"
#include "daemon/cli/daemon_client.h"
#include "daemon/cli/dead_letter_filter.h"
#include "daemon/cli/input.h"
#include "daemon/cli/text_table.h"
#include "daemon/cli/verbs.h"
#include "net/url.h"

namespace waybill::cli {

namespace {

using nlohmann::json;

constexpr const char* kQueuesRoute = "/_waybill/queues";
constexpr std::chrono::milliseconds kAskAgain{200};

struct QueueOptions {
  std::string endpoint;
  std::string name;
  std::string body, file, group, deduplication_id, to;
  std::vector<std::string> attributes, filter;
  std::int64_t limit = 10, delay = -1, rate = 0;
  bool no_wait = false, dry_run = false, as_json = false;
};

struct NamedQueue {
  std::string name, arn, url;  // url: its path is what counts
};

Result<json> list_queues(const DaemonClient& daemon) {
  WAYBILL_TRY(const std::string body, daemon.get(kQueuesRoute));
  const json answer = json::parse(body, nullptr, false);
  if (!answer.is_object() || !answer.contains("queues")) return Error{ErrorCode::io, "the answer is no list of queues"};
  return Result<json>(boost::system::in_place_value, answer["queues"]);
}

// By name or ARN. Two places may have a queue of one name each: then it takes the ARN.
Result<NamedQueue> find_queue(const DaemonClient& daemon, const std::string& wanted) {
  WAYBILL_TRY(const json queues, list_queues(daemon));
  std::vector<NamedQueue> found;
  std::vector<std::string> names;
  for (const json& each : queues) {
    const std::string name = each.value("name", ""), arn = each.value("arn", "");
    names.push_back(name);
    if (name != wanted && arn != wanted) continue;
    const std::string before = arn.substr(0, arn.rfind(':'));
    const std::string account = before.substr(before.rfind(':') + 1);
    found.push_back({name, arn, daemon.endpoint() + "/" + account + "/" + name});
  }
  if (found.size() == 1) return found.front();
  if (found.size() > 1)
    return invalid("there are several queues '" + wanted + "'; name one by its ARN: " + found[0].arn);
  const std::string near = nearest_name(wanted, names);
  return not_found("there is no queue '" + wanted + "'" + (near.empty() ? "" : "; did you mean " + near + "?"));
}

// A call of the SQS API, in its JSON protocol.
Result<json> call_sqs(const DaemonClient& daemon, const std::string& operation, const json& request) {
  WAYBILL_TRY(const std::string body, daemon.aws("AmazonSQS." + operation, request.dump()));
  json answer = body.empty() ? json::object() : json::parse(body, nullptr, false);
  if (!answer.is_object()) return Error{ErrorCode::io, "the daemon's answer to " + operation + " is no JSON object"};
  return Result<json>(boost::system::in_place_value, std::move(answer));
}

std::string number_of(const json& line, const char* member) {
  const auto found = line.find(member);
  return found == line.end() ? "" : found->dump();
}

std::string age_text(const json& queue) {
  const auto found = queue.find("oldest_seconds");
  if (found == queue.end()) return "";
  const std::int64_t seconds = found->get<std::int64_t>();
  if (seconds < 120) return std::to_string(seconds) + "s";
  if (seconds < 7200) return std::to_string(seconds / 60) + "m";
  return std::to_string(seconds / 3600) + "h";
}

Result<int> run_queues(const QueueOptions& options) {
  WAYBILL_TRY(const json queues, list_queues(DaemonClient(options.endpoint)));
  TextTable table{{{"QUEUE", false, true},
                   {"VISIBLE", true},
                   {"IN FLIGHT", true},
                   {"DELAYED", true},
                   {"OLDEST", true},
                   {"DEAD LETTERS TO"}},
                  {}};
  for (const json& queue : queues) {
    if (options.as_json) {
      std::cout << queue.dump() << "\n";
      continue;
    }
    table.add({printable(queue.value("name", "")), number_of(queue, "visible"), number_of(queue, "in_flight"),
               number_of(queue, "delayed"), age_text(queue),
               printable(shorten_arns(queue.value("dead_letters_to", "")))});
  }
  if (!options.as_json) std::cout << (table.rows.empty() ? "there are no queues\n" : layout(table, terminal_width()));
  return kOk;
}

Result<int> run_peek(const QueueOptions& options) {
  const DaemonClient daemon(options.endpoint);
  WAYBILL_TRY(const NamedQueue queue, find_queue(daemon, options.name));
  WAYBILL_TRY(const std::string body, daemon.get(std::string(kQueuesRoute) + "/" + net::percent_encode(queue.arn) +
                                                 "/messages" + query_text({{"limit", std::to_string(options.limit)}})));
  const json answer = json::parse(body, nullptr, false);
  if (!answer.is_object()) return Error{ErrorCode::io, "the answer is no list of messages"};
  TextTable table{{{"ID", false, true}, {"STATE"}, {"RECEIVES", true}, {"SENT"}, {"BODY"}}, {}};
  for (const json& message : answer.value("messages", json::array())) {
    if (options.as_json) {
      std::cout << message.dump() << "\n";
      continue;
    }
    table.add({message.value("id", ""), message.value("state", ""), number_of(message, "receives"),
               message.value("sent_at", ""), printable(message.value("body", ""))});
  }
  if (!options.as_json) std::cout << (table.rows.empty() ? "no messages\n" : layout(table, terminal_width()));
  return kOk;
}

// name=value is a String; name:Number=5 has a type of its own.
Result<json> message_attributes(const std::vector<std::string>& given) {
  json attributes = json::object();
  for (const std::string& each : given) {
    const std::size_t equals = each.find('=');
    if (equals == std::string::npos || equals == 0) {
      return invalid("--attribute '" + each + "' must be name=value, or name:Type=value");
    }
    const std::string name = each.substr(0, equals), value = each.substr(equals + 1);
    const std::size_t colon = name.find(':');
    const std::string type = colon == std::string::npos ? "String" : name.substr(colon + 1);
    attributes[name.substr(0, colon)] = {{"DataType", type},
                                         {type.starts_with("Binary") ? "BinaryValue" : "StringValue", value}};
  }
  return Result<json>(boost::system::in_place_value, std::move(attributes));
}

Result<int> run_send(const QueueOptions& options) {
  if (options.body.empty() == options.file.empty()) {
    std::cerr << "waybill queue send: give the message in one way: as BODY, or with --file\n";
    return kUsage;
  }
  const DaemonClient daemon(options.endpoint);
  WAYBILL_TRY(const NamedQueue queue, find_queue(daemon, options.name));
  json request{{"QueueUrl", queue.url}, {"MessageBody", options.body}};
  if (!options.file.empty()) {
    WAYBILL_TRY(request["MessageBody"], read_input(options.file));
  }
  if (options.delay >= 0) request["DelaySeconds"] = options.delay;
  if (!options.group.empty()) request["MessageGroupId"] = options.group;
  if (!options.deduplication_id.empty()) request["MessageDeduplicationId"] = options.deduplication_id;
  WAYBILL_TRY(request["MessageAttributes"], message_attributes(options.attributes));
  WAYBILL_TRY(const json answer, call_sqs(daemon, "SendMessage", request));
  std::cout << (options.as_json ? answer.dump() : answer.value("MessageId", "")) << "\n";
  return kOk;
}

Result<int> run_purge(const QueueOptions& options) {
  const DaemonClient daemon(options.endpoint);
  WAYBILL_TRY(const NamedQueue queue, find_queue(daemon, options.name));
  WAYBILL_CHECK(call_sqs(daemon, "PurgeQueue", {{"QueueUrl", queue.url}}));
  std::cout << "purged " << printable(queue.name) << "\n";
  return kOk;
}

// Asks until the newest task of the queue has ended.
Result<json> ended_move(const DaemonClient& daemon, const std::string& arn) {
  for (;;) {
    WAYBILL_TRY(const json answer, call_sqs(daemon, "ListMessageMoveTasks", {{"SourceArn", arn}}));
    const json results = answer.value("Results", json::array());
    if (results.empty()) return Error{ErrorCode::io, "the daemon does not know the move any more"};
    const std::string status = results[0].value("Status", "");
    if (status != "RUNNING" && status != "CANCELLING") {
      return Result<json>(boost::system::in_place_value, results[0]);
    }
    std::this_thread::sleep_for(kAskAgain);
  }
}

// What rules and subscriptions left there, in pages of the daemon's.
Result<int> run_picked_redrive(const QueueOptions& options) {
  WAYBILL_TRY(const FilterPairs pairs, parse_filter(options.filter));
  const DaemonClient daemon(options.endpoint);
  WAYBILL_TRY(const NamedQueue queue, find_queue(daemon, options.name));
  const std::string route = std::string(kQueuesRoute) + "/" + net::percent_encode(queue.arn) + "/redrive";
  json request{{"filter", std::map<std::string, std::string>(pairs.begin(), pairs.end())},
               {"dry_run", options.dry_run}};
  std::map<std::string, std::size_t> to;
  std::size_t total = 0, unknown = 0;
  for (bool more = true; more;) {
    WAYBILL_TRY(const std::string text, daemon.post(route, request.dump()));
    const json answer = json::parse(text, nullptr, false);
    if (!answer.is_object()) return Error{ErrorCode::io, "the daemon's answer is no JSON object"};
    total += answer.value("redriven", std::size_t{0});
    unknown += answer.value("unknown", std::size_t{0});
    const json counts = answer.value("to", json::object());
    for (const auto& [arn, count] : counts.items()) to[arn] += count.get<std::size_t>();
    more = answer.contains("next");
    if (more) request["after"] = answer["next"];
  }
  if (options.as_json) {
    std::cout << json{{"redriven", total}, {"to", to}, {"unknown", unknown}, {"dry_run", options.dry_run}}.dump()
              << "\n";
    return kOk;
  }
  std::cout << (options.dry_run ? "would move " : "moved ") << counted(total, "message") << "\n";
  for (const auto& [arn, count] : to) std::cout << "  " << count << " to " << printable(arn) << "\n";
  if (unknown > 0) std::cout << "  " << counted(unknown, "message") << " of unknown origin: name a queue with --to\n";
  return kOk;
}

Result<int> run_redrive(const QueueOptions& options) {
  if (!options.filter.empty() || options.dry_run) return run_picked_redrive(options);
  const DaemonClient daemon(options.endpoint);
  WAYBILL_TRY(const NamedQueue queue, find_queue(daemon, options.name));
  json request{{"SourceArn", queue.arn}};
  if (!options.to.empty()) {
    WAYBILL_TRY(const NamedQueue to, find_queue(daemon, options.to));
    request["DestinationArn"] = to.arn;
  }
  if (options.rate > 0) request["MaxNumberOfMessagesPerSecond"] = options.rate;
  WAYBILL_TRY(const json started, call_sqs(daemon, "StartMessageMoveTask", request));
  if (options.no_wait) {
    std::cout << (options.as_json ? started.dump() : "started") << "\n";
    return kOk;
  }
  WAYBILL_TRY(const json task, ended_move(daemon, queue.arn));
  const std::string status = task.value("Status", "");
  if (options.as_json) {
    std::cout << task.dump() << "\n";
  } else {
    const auto moved = task.value("ApproximateNumberOfMessagesMoved", std::size_t{0});
    std::cout << "moved " << counted(moved, "message") << "\n";
  }
  if (status == "COMPLETED") return kOk;
  std::cerr << "the move ended as " << printable(status) << ": " << printable(task.value("FailureReason", "")) << "\n";
  return kFailed;
}

constexpr const char* kQueueExamples =
    R"(Looks into queues, and sends, purges and redrives. NAME is a queue's name, or its ARN.

Examples:
  waybill queues
  waybill queue peek jobs --limit 3
  waybill queue send jobs '{"id": 1}' --attribute kind=test --delay 30
  waybill queue send jobs.fifo --file order.json --group customer-7
  waybill queue purge jobs
  waybill queue redrive jobs-dead
  waybill queue redrive jobs-dead --dry-run
  waybill queue redrive jobs-dead --filter code=ERROR_FROM_TARGET
  waybill queue redrive jobs-dead --to jobs --rate 10)";

CLI::App* add_queue_verb(CLI::App& group, Choice& choice, const char* name, const char* does,
                         const std::shared_ptr<QueueOptions>& options, Result<int> (*run)(const QueueOptions&)) {
  CLI::App* verb = add_verb(group, choice, name, does, options, run);
  verb->add_option("NAME", options->name, "Name or ARN of the queue")->required()->type_name("");
  add_endpoint(*verb, options->endpoint);
  verb->footer(kQueueExamples);
  return verb;
}

void add_send(CLI::App& group, Choice& choice) {
  const auto options = std::make_shared<QueueOptions>();
  CLI::App* verb = add_queue_verb(group, choice, "send", "Send a message", options, run_send);
  verb->add_option("BODY", options->body, "The message")->type_name("");
  verb->add_option("--file", options->file, "The message is in this file; - is standard input")->type_name("FILE");
  verb->add_option("--delay", options->delay, "Seconds before it becomes visible")
      ->type_name("N")
      ->check(CLI::Range(0, 900).description(""));
  verb->add_option("--group", options->group, "Its MessageGroupId: FIFO queues need one")->type_name("ID");
  verb->add_option("--deduplication-id", options->deduplication_id, "Its MessageDeduplicationId")->type_name("ID");
  verb->add_option("--attribute", options->attributes, "A message attribute; name:Number=5 has a type of its own")
      ->type_name("name=value");
  verb->add_flag("--json", options->as_json, "The answer as one JSON object");
}

void add_redrive(CLI::App& group, Choice& choice) {
  const auto options = std::make_shared<QueueOptions>();
  CLI::App* verb = add_queue_verb(
      group, choice, "redrive", "Move a dead-letter queue's messages back where they came from", options, run_redrive);
  verb->add_option("--to", options->to, "Move them to this queue instead")->type_name("QUEUE");
  verb->add_option("--rate", options->rate, "At most so many a second")
      ->type_name("N")
      ->check(CLI::Range(1, 500).description(""));
  CLI::Option* filter =
      verb->add_option("--filter", options->filter, "Only what these left: rule=ARN,target=ARN,code=CODE (any of them)")
          ->type_name("NAME=VALUE,...")
          ->check([](const std::string& text) -> std::string {
            const auto pairs = parse_filter({text});
            return pairs ? "" : pairs.error().message;
          });
  CLI::Option* dry_run = verb->add_flag("--dry-run", options->dry_run, "Only say where they would go");
  for (CLI::Option* of_pages : {filter, dry_run}) {
    for (const char* of_tasks : {"--to", "--rate"}) of_pages->excludes(of_tasks);
  }
  verb->add_flag("--no-wait", options->no_wait, "Return when the move has begun");
  verb->add_flag("--json", options->as_json, "As one JSON object");
}

}  // namespace

void add_queues(CLI::App& root, Choice& choice) {
  auto options = std::make_shared<QueueOptions>();
  CLI::App* verb = add_verb(root, choice, "queues", "List the queues and what waits in them", options, run_queues);
  verb->add_flag("--json", options->as_json, "One JSON object a line");
  add_endpoint(*verb, options->endpoint);

  CLI::App* group = root.add_subcommand("queue", "Look into a queue: peek, send, purge, redrive");
  group->require_subcommand(1);
  group->footer(kQueueExamples);
  options = std::make_shared<QueueOptions>();
  verb = add_queue_verb(*group, choice, "peek", "Show messages without receiving them", options, run_peek);
  verb->add_option("--limit", options->limit, "At most so many; default 10")
      ->type_name("N")
      ->check(CLI::Range(1, 1000).description(""));
  verb->add_flag("--json", options->as_json, "One complete JSON message a line");
  add_send(*group, choice);
  options = std::make_shared<QueueOptions>();
  add_queue_verb(*group, choice, "purge", "Delete all of its messages", options, run_purge);
  add_redrive(*group, choice);
}

}  // namespace waybill::cli
