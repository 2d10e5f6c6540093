#include "handlers/plugin/plugin_handler.h"

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include "waybill/plugin_json.h"

namespace waybill {

namespace {

// Collects what the other side writes. Runs out of memory as a failure, not as an exception through the plugin.
struct Answer {
  std::string text;
  bool complete = true;

  static void write(void* context, const char* text, std::size_t size) noexcept {
    auto& answer = *static_cast<Answer*>(context);
    try {
      answer.text.append(text, size);
    } catch (const std::exception&) {
      answer.complete = false;
    }
  }
  waybill_sink_v1 sink() { return {this, write}; }
};

// What one call of `handle` may ask of the host.
struct Call {
  const TableReader& tables;
  std::vector<LogLine> logs;
};

// Runs `work`, which gives the answer's text; what it throws becomes an error value.
template <class Work>
int answer_with(const waybill_sink_v1* answer, Work work) noexcept {
  std::string text;
  int code = 1;
  try {
    text = work();
    code = 0;
  } catch (const std::exception& error) {
    text = error.what();
  } catch (...) {
    text = "unknown exception";
  }
  answer->write(answer->context, text.data(), text.size());
  return code;
}

int table_get(void* context, const char* request, std::size_t size, const waybill_sink_v1* answer) noexcept {
  return answer_with(answer, [&] {
    const Json json = parse_exact(std::string_view(request, size));
    const plugin::Reader reader(json, "request");
    reader.only({"table", "key"});
    const auto item = static_cast<Call*>(context)->tables.get(reader.text("table"), reader.any("key"));
    return Json{{"item", item ? *item : Json(nullptr)}}.dump();
  });
}

int table_query(void* context, const char* request, std::size_t size, const waybill_sink_v1* answer) noexcept {
  return answer_with(answer, [&] {
    const TableQuery query = plugin::query_from_json(parse_exact(std::string_view(request, size)));
    return plugin::page_to_text(static_cast<Call*>(context)->tables.query(query));
  });
}

void log_line(void* context, int level, const char* text, std::size_t size) noexcept {
  try {
    const int known = std::clamp(level, 0, static_cast<int>(LogLevel::error));
    static_cast<Call*>(context)->logs.push_back({static_cast<LogLevel>(known), std::string(text, size)});
  } catch (const std::bad_alloc&) {
    // A line less is better than a daemon less.
    return;
  }
}

Outcome all_failed(std::size_t records, const std::string& error) {
  Outcome outcome;
  outcome.records.assign(records, RecordOutcome::failure(error));
  return outcome;
}

class PluginHandler final : public Handler {
 public:
  PluginHandler(const waybill_handler_v1& table, void* self, std::string full_name)
      : table_(table), self_(self), full_name_(std::move(full_name)) {}
  ~PluginHandler() override { table_.destroy(self_); }
  PluginHandler(const PluginHandler&) = delete;
  PluginHandler& operator=(const PluginHandler&) = delete;

  Outcome handle(const Invocation& invocation, const TableReader& tables) override {
    Call call{tables, {}};
    Outcome outcome = ask(invocation, call);
    if (outcome.records.empty()) return outcome;
    // Lines that the handler sent while it ran come before those of its outcome.
    auto& logs = outcome.records.front().effects.logs;
    logs.insert(logs.begin(), std::make_move_iterator(call.logs.begin()), std::make_move_iterator(call.logs.end()));
    return outcome;
  }

 private:
  Outcome ask(const Invocation& invocation, Call& call) const {
    const std::size_t records = invocation.records.size();
    const waybill_host_v1 host{sizeof(waybill_host_v1), &call, table_get, table_query, log_line};
    Answer answer;
    const waybill_sink_v1 sink = answer.sink();
    try {
      const std::string request = plugin::invocation_to_text(invocation);
      const int code = table_.handle(self_, &host, request.data(), request.size(), &sink);
      if (!answer.complete) return all_failed(records, full_name_ + ": its answer does not fit into memory");
      if (code != 0) return all_failed(records, answer.text.empty() ? full_name_ + " failed" : answer.text);
      Outcome outcome = plugin::outcome_from_text(answer.text);
      if (outcome.records.size() == records) return outcome;
      return all_failed(records, full_name_ + " answered with " + std::to_string(outcome.records.size()) +
                                     " record outcomes for " + std::to_string(records) + " records");
    } catch (const std::exception& error) {
      return all_failed(records, full_name_ + ": " + error.what());
    }
  }

  const waybill_handler_v1 table_;
  void* const self_;
  const std::string full_name_;
};

}  // namespace

Result<std::shared_ptr<Handler>> make_plugin_handler(const waybill_handler_v1& table, std::string full_name) {
  Answer answer;
  const waybill_sink_v1 sink = answer.sink();
  void* self = table.create(&sink);
  if (!self) return invalid("handler " + full_name + " could not be made: " + answer.text);
  return std::shared_ptr<Handler>(std::make_shared<PluginHandler>(table, self, std::move(full_name)));
}

}  // namespace waybill
