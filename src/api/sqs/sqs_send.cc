// SendMessage and SendMessageBatch: acknowledged after the sync.
#include "api/sqs/batch.h"
#include "api/sqs/message_attributes.h"
#include "api/sqs/sqs_api.h"
#include "api/sqs/sqs_faults.h"

namespace waybill::api {

namespace {

constexpr const char* kTraceHeader = "AWSTraceHeader";

control::Fault too_big(std::size_t most) {
  return sqs_invalid("One or more parameters are invalid. Reason: Message must be shorter than " +
                     std::to_string(most) + " bytes.");
}

// What was read of one message, with what its answer tells of it.
struct ReadMessage {
  queue::SendEntry entry;
  std::size_t bytes = 0;  // body and attributes
  SqsJson answer = SqsJson::object();
};

// What SQS demands of the message itself is checked by the queue room; here, what the protocols say of it.
control::Answer<ReadMessage> read_message(const SqsCall& call, const SqsJson& message) {
  ReadMessage read;
  queue::SendEntry& entry = read.entry;
  entry.body = message.value("MessageBody", "");
  entry.group_id = message.value("MessageGroupId", "");
  entry.deduplication_id = message.value("MessageDeduplicationId", "");
  entry.sender = call.place.account;
  if (const auto delay = message.find("DelaySeconds"); delay != message.end()) {
    entry.delay = std::chrono::seconds{delay->get<std::int64_t>()};
  }
  WAYBILL_TRY(entry.attributes, read_message_attributes(message.value("MessageAttributes", SqsJson::object())));
  WAYBILL_TRY(const auto system, read_system_attributes(message.value("MessageSystemAttributes", SqsJson::object())));
  if (const auto trace = system.find(kTraceHeader); trace != system.end()) entry.trace_header = trace->second.value;
  read.bytes = entry.body.size() + queue::size_of(entry.attributes);
  if (const std::size_t most = call.ports->message_bytes; read.bytes > most) return too_big(most);
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

ReadBatch read_batch(const SqsCall& call, const SqsJson& entries) {
  ReadBatch batch;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto read = read_message(call, entries[i]);
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
  if (!call.ports->topology.get()->queue(arn)) return done(sqs_no_queue());
  auto read = read_message(call, call.request);
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
  if (!call.ports->topology.get()->queue(arn)) return done(sqs_no_queue());
  SqsJson ids = call.request["Entries"];
  const std::size_t most = call.ports->message_bytes;
  if (const std::size_t bytes = bytes_of_batch(ids); bytes > most) return done(too_long(most, bytes));
  ReadBatch batch = read_batch(call, ids);
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
