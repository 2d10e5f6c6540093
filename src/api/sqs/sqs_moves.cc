// Message move tasks: they edit the catalog, so they run on a worker.
#include "api/sqs/sqs_api.h"
#include "api/sqs/sqs_faults.h"

namespace waybill::api {

namespace {

constexpr std::int64_t kMostPerSecond = 500;
constexpr std::int64_t kMostMoveResults = 10;

SqsJson shown_task(const queue::MoveTask& task) {
  SqsJson shown{{"Status", task.status},
                {"SourceArn", task.source_arn},
                {"ApproximateNumberOfMessagesMoved", task.moved},
                {"ApproximateNumberOfMessagesToMove", task.to_move},
                {"StartedTimestamp", to_millis(task.started_at)}};
  // AWS: the handle is told of a task that can be cancelled.
  if (task.status == "RUNNING") shown["TaskHandle"] = task.handle;
  if (!task.destination_arn.empty()) shown["DestinationArn"] = task.destination_arn;
  if (task.max_per_second) shown["MaxNumberOfMessagesPerSecond"] = *task.max_per_second;
  if (!task.failure_reason.empty()) shown["FailureReason"] = task.failure_reason;
  return shown;
}

SqsAnswer start_move(const SqsCall& call) {
  std::optional<int> rate;
  if (const auto given = call.request.find("MaxNumberOfMessagesPerSecond"); given != call.request.end()) {
    const std::int64_t number = given->get<std::int64_t>();
    if (number < 1 || number > kMostPerSecond) {
      return sqs_invalid_value(std::to_string(number), "MaxNumberOfMessagesPerSecond",
                               "Value for parameter MaxNumberOfMessagesPerSecond must be between 1 and 500.");
    }
    rate = static_cast<int>(number);
  }
  WAYBILL_TRY(const std::string handle, call.ports->moves.start(call.request["SourceArn"].get<std::string>(),
                                                                call.request.value("DestinationArn", ""), rate));
  return SqsJson{{"TaskHandle", handle}};
}

SqsAnswer cancel_move(const SqsCall& call) {
  WAYBILL_TRY(const std::int64_t moved, call.ports->moves.cancel(call.request["TaskHandle"].get<std::string>()));
  return SqsJson{{"ApproximateNumberOfMessagesMoved", moved}};
}

SqsAnswer list_moves(const SqsCall& call) {
  const std::int64_t most = call.request.value("MaxResults", std::int64_t{1});
  if (most < 1 || most > kMostMoveResults) {
    return sqs_invalid_value(std::to_string(most), "MaxResults",
                             "Value for parameter MaxResults must be between 1 and 10.");
  }
  WAYBILL_TRY(const auto tasks,
              call.ports->moves.list(call.request["SourceArn"].get<std::string>(), static_cast<int>(most)));
  SqsJson results = SqsJson::array();
  for (const queue::MoveTask& task : tasks) results.push_back(shown_task(task));
  return SqsJson{{"Results", std::move(results)}};
}

void on_worker(SqsAnswer (*operation)(const SqsCall&), SqsCall call, SqsDone done) {
  Executor& workers = call.ports->workers;
  workers.post([operation, call = std::move(call), done = std::move(done)]() mutable { done(operation(call)); });
}

}  // namespace

void sqs_start_message_move_task(SqsCall call, SqsDone done) {
  on_worker(start_move, std::move(call), std::move(done));
}

void sqs_cancel_message_move_task(SqsCall call, SqsDone done) {
  on_worker(cancel_move, std::move(call), std::move(done));
}

void sqs_list_message_move_tasks(SqsCall call, SqsDone done) {
  on_worker(list_moves, std::move(call), std::move(done));
}

}  // namespace waybill::api
