#include "handlers/host/function_invoker.h"

#include "base/log.h"
#include "handlers/host/permissions.h"
#include "model/event.h"

namespace waybill {

namespace {

delivery::AttemptResult failure(delivery::FailureClass failure_class, const char* code, std::string message) {
  return {false, failure_class, code, std::move(message), {}};
}

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warn: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

// An index is allowed by its own ARN, or by that of its table.
Status may_read(const Topology& topology, const FunctionSpec& function, std::string_view action,
                const std::string& arn) {
  const std::size_t index = arn.find("/index/");
  if (is_allowed(topology, function, action, arn)) return {};
  if (index != std::string::npos && is_allowed(topology, function, action, arn.substr(0, index))) return {};
  return Error{ErrorCode::denied, not_allowed(function, action, arn)};
}

// A handler may throw; that is a failed record, not the end of a thread.
Outcome call(Handler& handler, const Invocation& invocation, const TableReader& tables) {
  try {
    Outcome outcome = handler.handle(invocation, tables);
    if (outcome.records.size() == invocation.records.size()) return outcome;
    return Outcome::of(RecordOutcome::failure("the handler answered for " + std::to_string(outcome.records.size()) +
                                              " records; it was given " + std::to_string(invocation.records.size())));
  } catch (const std::exception& error) {
    return Outcome::of(RecordOutcome::failure(error.what()));
  } catch (...) {
    return Outcome::of(RecordOutcome::failure("the handler threw something that is no std::exception"));
  }
}

}  // namespace

delivery::AttemptResult FunctionInvoker::invoke(const delivery::Attempt& attempt, const std::string& input) {
  using delivery::FailureClass;
  const EndpointSpec& endpoint = attempt.endpoint;
  if (!endpoint.function) {
    return failure(FailureClass::permanent, "NO_RESOURCE", "the function " + endpoint.target_arn + " does not exist");
  }
  const FunctionSpec& function = *endpoint.function;
  const auto handler = ports_.registry.find(function.handler);
  if (!handler) {
    return failure(FailureClass::permanent, "NO_RESOURCE",
                   "function " + function.name + " names the handler " + function.handler + ", which is not loaded");
  }
  auto reader = ports_.readers.lend();
  if (!reader) return failure(FailureClass::retriable, "INTERNAL_ERROR", reader.error().message);
  const table::StoreTableReader tables(**reader, ports_.tables.get(),
                                       [&](std::string_view action, const std::string& arn) {
                                         return may_read(*ports_.topology.get(), function, action, arn);
                                       });

  Invocation invocation;
  invocation.request_id = uuid_from(static_cast<std::uint64_t>(attempt.delivery.key.id.value));
  invocation.function_name = function.name;
  invocation.attempt = attempt.delivery.attempts + 1;
  invocation.now = attempt.now;
  invocation.deadline = attempt.deadline;
  invocation.environment = &function.environment;
  invocation.random_seed = ports_.random.next();
  invocation.records.push_back({std::string(event_id(attempt.payload.body)), input});

  Outcome outcome = call(*handler, invocation, tables);
  delivery::AttemptResult result = settle(attempt, invocation.request_id, outcome.records.front(), tables);
  result.response = std::move(outcome.response);
  return result;
}

delivery::AttemptResult FunctionInvoker::settle(const delivery::Attempt& attempt, const std::string& request_id,
                                                const RecordOutcome& record,
                                                const table::StoreTableReader& reads) const {
  using delivery::FailureClass;
  const FunctionSpec& function = *attempt.endpoint.function;
  log(function, request_id, record.effects.logs);
  auto consequences = ports_.effects.build({function, attempt.delivery.depth + 1, reads}, record.effects);
  if (!consequences) {
    const bool is_denied = consequences.error().code == ErrorCode::denied;
    spdlog::error("{} {}: effects refused: {}", function.name, request_id, consequences.error().message);
    return failure(FailureClass::retriable, is_denied ? "NO_PERMISSIONS" : "ERROR_FROM_TARGET",
                   consequences.error().message);
  }
  delivery::AttemptResult result;
  result.consequences = std::move(*consequences);
  if (record.ok) return result;
  result.ok = false;
  result.failure = record.retryable ? FailureClass::retriable : FailureClass::permanent;
  result.error_code = "ERROR_FROM_TARGET";
  result.error_message = record.error;
  return result;
}

void FunctionInvoker::log(const FunctionSpec& function, const std::string& request_id,
                          const std::vector<LogLine>& lines) const {
  for (const LogLine& line : lines) {
    if (line.level < ports_.log_level) continue;
    spdlog::log(spdlog_level(line.level), "{} {}: {}", function.name, request_id, line.message);
  }
}

}  // namespace waybill
