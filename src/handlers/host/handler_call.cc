#include "handlers/host/handler_call.h"

#include "base/json_text.h"
#include "base/log.h"
#include "handlers/host/permissions.h"

namespace waybill {

namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warn: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

Outcome all_failed(const Invocation& invocation, const std::string& why) {
  Outcome outcome;
  for (std::size_t i = 0; i < invocation.records.size(); ++i) outcome.records.push_back(RecordOutcome::failure(why));
  return outcome;
}

Outcome ask(Handler& handler, const Invocation& invocation, const TableReader& tables) {
  try {
    Outcome outcome = handler.handle(invocation, tables);
    if (outcome.records.size() == invocation.records.size()) return outcome;
    return all_failed(invocation, "the handler answered for " + std::to_string(outcome.records.size()) +
                                      " records; it was given " + std::to_string(invocation.records.size()));
  } catch (const std::exception& error) {
    return all_failed(invocation, error.what());
  } catch (...) {
    return all_failed(invocation, "the handler threw something that is no std::exception");
  }
}

}  // namespace

Outcome call_handler(Handler& handler, const Invocation& invocation, const TableReader& tables) {
  Outcome outcome = ask(handler, invocation, tables);
  for (RecordOutcome& record : outcome.records) {
    if (!is_valid_utf8(record.error)) record.error = valid_utf8(record.error);
  }
  if (!is_valid_utf8(outcome.response)) outcome.response = valid_utf8(outcome.response);
  return outcome;
}

Status may_read(const Topology& topology, const FunctionSpec& function, std::string_view action,
                const std::string& arn) {
  const std::size_t index = arn.find("/index/");
  if (is_allowed(topology, function, action, arn)) return {};
  const bool by_table = index != std::string::npos && !is_denied(function, action, arn);
  if (by_table && is_allowed(topology, function, action, arn.substr(0, index))) return {};
  return Error{ErrorCode::denied, not_allowed(function, action, arn)};
}

void log_lines(const FunctionSpec& function, const std::string& request_id, const std::vector<LogLine>& lines,
               LogLevel from) {
  for (const LogLine& line : lines) {
    if (line.level < from) continue;
    spdlog::log(spdlog_level(line.level), "{} {}: {}", function.name, request_id, line.message);
  }
}

}  // namespace waybill
