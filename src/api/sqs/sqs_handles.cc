// What is done with receipt handles: DeleteMessage, ChangeMessageVisibility, and their batches.
#include "api/sqs/batch.h"
#include "api/sqs/sqs_api.h"
#include "api/sqs/sqs_faults.h"

namespace waybill::api {

namespace {

using EntryAnswers = queue::Answer<std::vector<queue::Answer<void>>>;

SqsAnswer nothing_or_fault(const queue::Answer<void>& answer) {
  return answer ? SqsAnswer(SqsJson::object()) : SqsAnswer(answer.error());
}

auto single(SqsDone done) {
  return [done = std::move(done)](EntryAnswers answers) mutable {
    done(answers ? nothing_or_fault(answers->front()) : SqsAnswer(answers.error()));
  };
}

// places: where each entry that was handed over stands in the request.
auto many(SqsJson entries, std::vector<SqsAnswer> answers, std::vector<std::size_t> places, SqsDone done) {
  return [entries = std::move(entries), answers = std::move(answers), places = std::move(places),
          done = std::move(done)](EntryAnswers given) mutable {
    if (!given) return done(given.error());
    for (std::size_t i = 0; i < places.size(); ++i) answers[places[i]] = nothing_or_fault((*given)[i]);
    done(sqs_batch_answer(entries, answers));
  };
}

control::Answer<queue::VisibilityChange> read_change(const SqsJson& entry) {
  const std::string handle = entry.value("ReceiptHandle", "");
  if (handle.empty()) return sqs_missing("ReceiptHandle");
  if (!entry.contains("VisibilityTimeout")) return sqs_missing("VisibilityTimeout");
  const std::int64_t seconds = entry["VisibilityTimeout"].get<std::int64_t>();
  if (seconds < 0 || seconds > queue::kMaxVisibility.count()) {
    return sqs_invalid_value(std::to_string(seconds), "VisibilityTimeout",
                             "VisibilityTimeout must be an integer between 0 and 43200.");
  }
  return queue::VisibilityChange{handle, std::chrono::seconds{seconds}};
}

}  // namespace

void sqs_delete_message(SqsCall call, SqsDone done) {
  const std::string arn = call.queue_arn();
  if (!call.ports->topology.get()->queue(arn)) return done(sqs_no_queue());
  call.ports->queues.remove(arn, {call.request["ReceiptHandle"].get<std::string>()}, single(std::move(done)));
}

void sqs_delete_message_batch(SqsCall call, SqsDone done) {
  if (const auto fine = check_sqs_batch(call.request, "DeleteMessageBatchRequestEntry"); !fine) {
    return done(fine.error());
  }
  const std::string arn = call.queue_arn();
  if (!call.ports->topology.get()->queue(arn)) return done(sqs_no_queue());
  SqsJson entries = call.request["Entries"];
  std::vector<SqsAnswer> answers;
  std::vector<std::size_t> places;
  std::vector<std::string> handles;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    std::string handle = entries[i].value("ReceiptHandle", "");
    answers.emplace_back(handle.empty() ? SqsAnswer(sqs_missing("ReceiptHandle")) : SqsAnswer(SqsJson::object()));
    if (handle.empty()) continue;
    places.push_back(i);
    handles.push_back(std::move(handle));
  }
  if (handles.empty()) return done(sqs_batch_answer(entries, answers));
  call.ports->queues.remove(arn, std::move(handles),
                            many(std::move(entries), std::move(answers), std::move(places), std::move(done)));
}

void sqs_change_message_visibility(SqsCall call, SqsDone done) {
  const std::string arn = call.queue_arn();
  if (!call.ports->topology.get()->queue(arn)) return done(sqs_no_queue());
  auto change = read_change(call.request);
  if (!change) return done(change.error());
  call.ports->queues.change_visibility(arn, {std::move(*change)}, single(std::move(done)));
}

void sqs_change_message_visibility_batch(SqsCall call, SqsDone done) {
  if (const auto fine = check_sqs_batch(call.request, "ChangeMessageVisibilityBatchRequestEntry"); !fine) {
    return done(fine.error());
  }
  const std::string arn = call.queue_arn();
  if (!call.ports->topology.get()->queue(arn)) return done(sqs_no_queue());
  SqsJson entries = call.request["Entries"];
  std::vector<SqsAnswer> answers;
  std::vector<std::size_t> places;
  std::vector<queue::VisibilityChange> changes;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto change = read_change(entries[i]);
    answers.emplace_back(change ? SqsAnswer(SqsJson::object()) : SqsAnswer(change.error()));
    if (!change) continue;
    places.push_back(i);
    changes.push_back(std::move(*change));
  }
  if (changes.empty()) return done(sqs_batch_answer(entries, answers));
  call.ports->queues.change_visibility(
      arn, std::move(changes), many(std::move(entries), std::move(answers), std::move(places), std::move(done)));
}

}  // namespace waybill::api
