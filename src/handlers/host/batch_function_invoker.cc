#include "handlers/host/batch_function_invoker.h"

#include "base/log.h"
#include "handlers/host/handler_call.h"

namespace waybill {

namespace {

std::vector<queue::RecordResult> all_failed(const queue::BatchCall& call, const std::string& why) {
  std::vector<queue::RecordResult> results(call.messages.size());
  for (queue::RecordResult& result : results) {
    result.ok = false;
    result.error = why;
  }
  return results;
}

}  // namespace

std::vector<queue::RecordResult> BatchFunctionInvoker::invoke(const queue::BatchCall& call) {
  const FunctionSpec& function = call.function;
  const auto handler = ports_.registry.find(function.handler);
  if (!handler) {
    return all_failed(call,
                      "function " + function.name + " names the handler " + function.handler + ", which is not loaded");
  }
  auto reader = ports_.readers.lend();
  if (!reader) return all_failed(call, reader.error().message);
  const table::StoreTableReader tables(**reader, ports_.tables.get(),
                                       [&](std::string_view action, const std::string& arn) {
                                         return may_read(*ports_.topology.get(), function, action, arn);
                                       });
  Invocation invocation;
  invocation.kind = InvocationKind::batch;
  invocation.request_id = call.request_id;
  invocation.function_name = function.name;
  invocation.attempt = call.messages.front().receive_count;
  invocation.now = call.now;
  invocation.deadline = call.deadline;
  invocation.environment = &function.environment;
  invocation.random_seed = ports_.random.next();
  for (const queue::Received& each : call.messages) invocation.records.push_back({each.message_id, each.message->body});
  const Outcome outcome = call_handler(*handler, invocation, tables);
  std::vector<queue::RecordResult> results;
  results.reserve(outcome.records.size());
  for (const RecordOutcome& record : outcome.records) results.push_back(settle(call, record, tables));
  return results;
}

queue::RecordResult BatchFunctionInvoker::settle(const queue::BatchCall& call, const RecordOutcome& record,
                                                 const table::StoreTableReader& reads) const {
  log_lines(call.function, call.request_id, record.effects.logs, ports_.log_level);
  queue::RecordResult result;
  result.ok = record.ok;
  result.error = record.error;
  auto consequences = ports_.effects.build({call.function, 1, reads}, record.effects);
  if (!consequences) {
    result.ok = false;
    result.error = consequences.error().message;
    return result;
  }
  result.changes = std::move(consequences->changes);
  result.deliveries = std::move(consequences->deliveries);
  return result;
}

}  // namespace waybill
