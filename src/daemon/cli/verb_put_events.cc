#include <iostream>

#include "daemon/cli/daemon_client.h"
#include "daemon/cli/event_calls.h"
#include "daemon/cli/input.h"
#include "daemon/cli/verbs.h"

namespace waybill::cli {

namespace {

struct PutEventsOptions {
  std::string file;
  std::string endpoint;
};

std::string entry_range(const EventCall& call) {
  const std::string first = std::to_string(call.first + 1);
  return call.count == 1 ? "entry " + first : "entries " + first + " to " + std::to_string(call.first + call.count);
}

// How many entries of the call failed; says so of each. Errors: no daemon answers.
Result<std::size_t> send(const DaemonClient& daemon, EventCall& call) {
  const auto body = daemon.post("/events", std::move(call.body));
  if (!body && body.error().code != ErrorCode::invalid) return body.error();
  const auto answers = body ? read_answers(*body, call.count) : Result<std::vector<EntryAnswer>>(body.error());
  if (!answers) {
    std::cerr << entry_range(call) << ": " << answers.error().message << "\n";
    return call.count;
  }
  std::size_t failed = 0;
  for (std::size_t i = 0; i < answers->size(); ++i) {
    const EntryAnswer& answer = (*answers)[i];
    if (answer.error.empty()) {
      std::cout << answer.event_id << "\n";
      continue;
    }
    ++failed;
    std::cerr << "entry " << call.first + i + 1 << ": " << answer.error << "\n";
  }
  std::cout.flush();
  return failed;
}

Result<int> run_put_events(const PutEventsOptions& options) {
  WAYBILL_TRY(const std::string text, read_input(options.file));
  const std::string name = options.file == "-" ? "standard input" : options.file;
  const auto entries = read_entries(text);
  if (!entries) return invalid(name + ": " + entries.error().message);
  const DaemonClient daemon(options.endpoint);
  std::size_t failed = 0;
  for (EventCall& call : make_calls(*entries)) {
    const auto more = send(daemon, call);
    if (!more) return Error{more.error().code, entry_range(call) + " and what follows: " + more.error().message};
    failed += *more;
  }
  if (failed == 0) return kOk;
  std::cerr << failed << " of " << entries->size() << " entries failed\n";
  return kFailed;
}

constexpr const char* kPutEventsExamples =
    R"(Takes {"Entries":[...]}, an array of entries, one bare entry, or JSON lines of these, and sends them in
calls of at most 10. Detail may be an object or a string that holds one. Prints the id of each event,
and the error of each entry that failed on standard error; then it exits with 1.

Examples:
  waybill put-events events.json
  echo '{"Source":"shop.web","DetailType":"Order","Detail":{"id":7}}' | waybill put-events -)";

}  // namespace

void add_put_events(CLI::App& root, Choice& choice) {
  const auto options = std::make_shared<PutEventsOptions>();
  CLI::App* verb = add_verb(root, choice, "put-events", "Send events to a daemon", options, run_put_events);
  verb->footer(kPutEventsExamples);
  verb->add_option("FILE", options->file, "Entries as JSON; - is standard input")->required()->type_name("");
  add_endpoint(*verb, options->endpoint);
}

}  // namespace waybill::cli
