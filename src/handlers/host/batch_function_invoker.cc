#include "handlers/host/batch_function_invoker.h"

#include "base/log.h"
#include "handlers/host/handler_call.h"
#include "handlers/host/settled_record.h"
#include "model/event.h"

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

DeliveryId key_of(const queue::Received& message) { return DeliveryId{message.fence.id.value}; }

// As the receive that is one too many would have moved it.
store::SendMessage moved(const queue::Received& received, const QueueSpec& dlq, WallTime now, store::Journal& journal) {
  auto message = std::make_shared<Message>(*received.message);
  message->id = {journal.next_sequence()};
  if (dlq.fifo) message->sent_at = now;  // what retention counts from: there the move starts it anew
  store::SendMessage change;
  change.queue = dlq.id;
  change.fifo = dlq.fifo;
  change.visible_at = now;
  change.message = std::move(message);
  change.source = received.fence.queue;
  return change;
}

DeadLetter letter_of(const queue::BatchCall& call, std::string why, store::Journal& journal) {
  const queue::Received& received = call.messages.front();
  DeadLetter letter;
  letter.id = DeadLetterId{journal.next_sequence()};
  letter.kind = PayloadKind::event;
  letter.origin = call.queue_arn;
  letter.body = received.message->body;
  letter.event_id = std::string(event_id(letter.body));
  letter.target_arn = call.function.arn;
  letter.error_code = "HANDLER_CRASHED";
  letter.error_message = std::move(why);
  letter.attempts = received.receive_count;
  letter.ingested_at = received.message->sent_at;
  letter.dead_at = call.now;
  return letter;
}

}  // namespace

bool BatchFunctionInvoker::wants_alone(const queue::Received& message) const {
  if (crashes_.crashes(key_of(message)) > 0) return true;
  return message.receive_count > 1 && crashes_.crashes(delivery::CrashLog::batch_of(message.fence.queue)) > 0;
}

// While a queue is suspected, what was received before is given alone, so that a crash tells which message it was.
std::vector<queue::RecordResult> BatchFunctionInvoker::invoke(const queue::BatchCall& call) {
  using delivery::CrashLog;
  const queue::Received& first = call.messages.front();
  const bool alone = call.messages.size() == 1;
  const DeliveryId key = alone ? key_of(first) : CrashLog::batch_of(first.fence.queue);
  const int crashes = crashes_.crashes(key);
  if (alone && crashes >= delivery::kMostCrashes) return {give_up(call)};
  if (!alone && crashes > 0) return call_function(call);  // a mark that ends well would end the suspicion
  const CrashLog::Mark mark(crashes_, key);
  return call_function(call);
}

// The message leaves the queue: to its dead-letter queue, else to Waybill's own dead letters.
queue::RecordResult BatchFunctionInvoker::give_up(const queue::BatchCall& call) const {
  const queue::Received& message = call.messages.front();
  const std::string why = "the handler " + call.function.arn + " crashed the daemon " +
                          std::to_string(delivery::kMostCrashes) + " times in a row with this message of " +
                          call.queue_arn;
  const auto topology = ports_.topology.get();
  const auto queue = topology->queue(call.queue_arn);
  const auto dlq = queue && queue->redrive ? topology->queue(queue->redrive->dlq_arn) : nullptr;
  spdlog::error("message {} is given up: {}; it goes to {}", message.message_id, why,
                dlq ? dlq->arn : "the dead letters");
  queue::RecordResult result;
  if (dlq) {
    result.changes.add(moved(message, *dlq, call.now, journal_));
  } else {
    result.changes.add(store::InsertDeadLetter{letter_of(call, why, journal_)});
  }
  crashes_.forget(delivery::CrashLog::batch_of(message.fence.queue));
  return result;
}

std::vector<queue::RecordResult> BatchFunctionInvoker::call_function(const queue::BatchCall& call) const {
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
  Outcome outcome = call_handler(*handler, invocation, tables);
  std::vector<queue::RecordResult> results;
  results.reserve(outcome.records.size());
  for (RecordOutcome& record : outcome.records) results.push_back(settle(call, std::move(record), tables));
  return results;
}

queue::RecordResult BatchFunctionInvoker::settle(const queue::BatchCall& call, RecordOutcome record,
                                                 const table::StoreTableReader& reads) const {
  SettledRecord settled = settle_record(ports_.effects, {call.function, 1, reads}, std::move(record));
  log_lines(call.function, call.request_id, settled.lines, ports_.log_level);
  queue::RecordResult result;
  result.ok = settled.ok;
  result.error = std::move(settled.error);
  result.changes = std::move(settled.consequences.changes);
  result.deliveries = std::move(settled.consequences.deliveries);
  result.on_commit = std::move(settled.consequences.on_commit);
  return result;
}

}  // namespace waybill
