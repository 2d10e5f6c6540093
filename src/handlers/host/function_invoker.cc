#include "handlers/host/function_invoker.h"

#include "base/log.h"
#include "handlers/host/handler_call.h"
#include "handlers/host/settled_record.h"
#include "model/event.h"

namespace waybill {

namespace {

delivery::AttemptResult failure(delivery::FailureClass failure_class, const char* code, std::string message) {
  return {false, failure_class, code, std::move(message), {}};
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

  Outcome outcome = call_handler(*handler, invocation, tables);
  delivery::AttemptResult result = settle(attempt, invocation.request_id, std::move(outcome.records.front()), tables);
  result.response = std::move(outcome.response);
  return result;
}

delivery::AttemptResult FunctionInvoker::settle(const delivery::Attempt& attempt, const std::string& request_id,
                                                RecordOutcome record, const table::StoreTableReader& reads) const {
  using delivery::FailureClass;
  const FunctionSpec& function = *attempt.endpoint.function;
  SettledRecord settled =
      settle_record(ports_.effects, {function, attempt.delivery.depth + 1, reads}, std::move(record));
  log_lines(function, request_id, settled.lines, ports_.log_level);
  delivery::AttemptResult result;
  result.consequences = std::move(settled.consequences);
  if (settled.ok) return result;
  result.ok = false;
  result.failure = settled.retryable ? FailureClass::retriable : FailureClass::permanent;
  result.error_code = settled.is_denied ? "NO_PERMISSIONS" : "ERROR_FROM_TARGET";
  result.error_message = std::move(settled.error);
  return result;
}

}  // namespace waybill
