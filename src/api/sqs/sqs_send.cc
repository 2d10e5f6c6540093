// SendMessage and SendMessageBatch: acknowledged after the sync.
#include <algorithm>

#include "api/sqs/batch.h"
#include "api/sqs/message_attributes.h"
#include "api/sqs/sqs_api.h"
#include "api/sqs/sqs_faults.h"

namespace waybill::api {

namespace {

constexpr std::size_t kLongestToken = 128;
constexpr const char* kTraceHeader = "AWSTraceHeader";

// What was read of one message, with what its answer tells of it.
struct ReadMessage {
  queue::SendEntry entry;
  std::size_t bytes = 0;  // body and attributes
  SqsJson answer = SqsJson::object();
};

// AWS: MessageGroupId and MessageDeduplicationId.
control::Answer<std::string> read_token(const SqsJson& message, const char* name) {
  const auto found = message.find(name);
  if (found == message.end()) return std::string();
  const std::string text = found->get<std::string>();
  const bool fits = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
  if (text.empty() || text.size() > kLongestToken || !fits) {
    return sqs_invalid_value(
        text, name,
        std::string(name) + " can only include alphanumeric and punctuation characters. 1 to 128 in length.");
  }
  return text;
}

control::Answer<> read_delay(const SqsJson& message, const QueueSpec& spec, queue::SendEntry& entry) {
  const auto found = message.find("DelaySeconds");
  if (found == message.end()) return {};
  const std::int64_t seconds = found->get<std::int64_t>();
  if (seconds < 0 || seconds > queue::kMaxDelay.count()) {
    return sqs_invalid_value(std::to_string(seconds), "DelaySeconds", "DelaySeconds must be >= 0 and <= 900.");
  }
  if (spec.fifo && seconds != 0) {
    return sqs_invalid_value(std::to_string(seconds), "DelaySeconds",
                             "The request include parameter that is not valid for this queue type.");
  }
  if (!spec.fifo) entry.delay = std::chrono::seconds{seconds};
  return {};
}

control::Answer<> read_fifo_members(const SqsJson& message, const QueueSpec& spec, queue::SendEntry& entry) {
  WAYBILL_TRY(entry.group_id, read_token(message, "MessageGroupId"));
  WAYBILL_TRY(entry.deduplication_id, read_token(message, "MessageDeduplicationId"));
  if (!spec.fifo) {
    if (entry.deduplication_id.empty()) return {};
    return sqs_invalid_value(entry.deduplication_id, "MessageDeduplicationId",
                             "The request includes a parameter that is not valid for this queue type.");
  }
  if (entry.group_id.empty()) return sqs_missing("MessageGroupId");
  if (entry.deduplication_id.empty() && !spec.content_dedup) {
    return sqs_invalid(
        "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided "
        "explicitly");
  }
  return {};
}

control::Answer<ReadMessage> read_message(const SqsCall& call, const QueueSpec& spec, const SqsJson& message) {
  ReadMessage read;
  queue::SendEntry& entry = read.entry;
  entry.body = message.value("MessageBody", "");
  if (entry.body.empty()) return sqs_missing("MessageBody");
  WAYBILL_CHECK(read_delay(message, spec, entry));
  if (!is_message_text(entry.body)) {
    return control::Fault("InvalidMessageContents",
                          "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | "
                          "#xE000 to #xFFFD | #x10000 to #x10FFFF.");
  }
  WAYBILL_TRY(entry.attributes, read_message_attributes(message.value("MessageAttributes", SqsJson::object())));
  WAYBILL_TRY(const auto system, read_system_attributes(message.value("MessageSystemAttributes", SqsJson::object())));
  if (const auto trace = system.find(kTraceHeader); trace != system.end()) entry.trace_header = trace->second.value;
  WAYBILL_CHECK(read_fifo_members(message, spec, entry));
  entry.sender = call.place.account;
  read.bytes = entry.body.size() + queue::size_of(entry.attributes);
  const std::size_t most = std::min(spec.max_message_bytes, call.ports->message_bytes);
  if (read.bytes > most) {
    return sqs_invalid("One or more parameters are invalid. Reason: Message must be shorter than " +
                       std::to_string(most) + " bytes.");
  }
  read.answer["MD5OfMessageBody"] = md5_hex(entry.body);
  if (!entry.attributes.empty()) read.answer["MD5OfMessageAttributes"] = md5_of_attributes(entry.attributes);
  if (!system.empty()) read.answer["MD5OfMessageSystemAttributes"] = md5_of_attributes(system);
  return read;
}

SqsAnswer sent_answer(SqsJson answer, const queue::Answer<queue::Sent>& sent) {
  if (!sent) return sent.error();
  answer["MessageId"] = sent->message_id;
  if (!sent->sequence_number.empty()) answer["SequenceNumber"] = sent->sequence_number;
  return answer;
}

// Entries that could be read, and where each stands in the request.
struct ReadBatch {
  std::vector<SqsAnswer> answers;  // one per entry of the request; of those that were read, what is known so far
  std::vector<std::size_t> places;
  std::vector<queue::SendEntry> entries;
  std::size_t bytes = 0;
};

ReadBatch read_batch(const SqsCall& call, const QueueSpec& spec, const SqsJson& entries) {
  ReadBatch batch;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto read = read_message(call, spec, entries[i]);
    if (!read) {
      batch.answers.emplace_back(read.error());
      continue;
    }
    batch.bytes += read->bytes;
    batch.answers.emplace_back(std::move(read->answer));
    batch.places.push_back(i);
    batch.entries.push_back(std::move(read->entry));
  }
  return batch;
}

// Whatever is wrong with single entries, a batch that is too long is refused whole.
std::size_t bytes_of_batch(const SqsJson& entries) {
  std::size_t bytes = 0;
  for (const SqsJson& entry : entries) bytes += entry.value("MessageBody", "").size();
  return bytes;
}

control::Fault too_long(std::size_t most, std::size_t bytes) {
  return {"BatchRequestTooLong", "Batch requests cannot be longer than " + std::to_string(most) +
                                     " bytes. You have sent " + std::to_string(bytes) + " bytes."};
}

}  // namespace

void sqs_send_message(SqsCall call, SqsDone done) {
  const std::string arn = call.queue_arn();
  const auto spec = call.ports->topology.get()->queue(arn);
  if (!spec) return done(sqs_no_queue());
  auto read = read_message(call, *spec, call.request);
  if (!read) return done(read.error());
  std::vector<queue::SendEntry> entries;
  entries.push_back(std::move(read->entry));
  call.ports->queues.send(arn, std::move(entries),
                          [answer = std::move(read->answer), done = std::move(done)](
                              queue::Answer<std::vector<queue::Answer<queue::Sent>>> sent) mutable {
                            if (!sent) return done(sent.error());
                            done(sent_answer(std::move(answer), sent->front()));
                          });
}

void sqs_send_message_batch(SqsCall call, SqsDone done) {
  if (const auto fine = check_sqs_batch(call.request, "SendMessageBatchRequestEntry"); !fine) {
    return done(fine.error());
  }
  const std::string arn = call.queue_arn();
  const auto spec = call.ports->topology.get()->queue(arn);
  if (!spec) return done(sqs_no_queue());
  SqsJson ids = call.request["Entries"];
  const std::size_t most = call.ports->message_bytes;
  if (const std::size_t bytes = bytes_of_batch(ids); bytes > most) return done(too_long(most, bytes));
  ReadBatch batch = read_batch(call, *spec, ids);
  if (batch.bytes > most) return done(too_long(most, batch.bytes));
  if (batch.entries.empty()) return done(sqs_batch_answer(ids, batch.answers));
  call.ports->queues.send(
      arn, std::move(batch.entries),
      [ids = std::move(ids), answers = std::move(batch.answers), places = std::move(batch.places),
       done = std::move(done)](queue::Answer<std::vector<queue::Answer<queue::Sent>>> sent) mutable {
        if (!sent) return done(sent.error());
        for (std::size_t i = 0; i < places.size(); ++i) {
          SqsAnswer& answer = answers[places[i]];
          answer = sent_answer(std::move(*answer), (*sent)[i]);
        }
        done(sqs_batch_answer(ids, answers));
      });
}

}  // namespace waybill::api
