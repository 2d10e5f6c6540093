// ReceiveMessage: answered after the sync that makes the messages invisible to others.
#include <algorithm>
#include <array>

#include "api/sqs/message_attributes.h"
#include "api/sqs/sqs_api.h"
#include "api/sqs/sqs_faults.h"

namespace waybill::api {

namespace {

constexpr std::array<std::string_view, 11> kSystemAttributes{"All",
                                                             "SenderId",
                                                             "SentTimestamp",
                                                             "ApproximateReceiveCount",
                                                             "ApproximateFirstReceiveTimestamp",
                                                             "SequenceNumber",
                                                             "MessageDeduplicationId",
                                                             "MessageGroupId",
                                                             "AWSTraceHeader",
                                                             "DeadLetterQueueSourceArn",
                                                             "SqsManagedSseEnabled"};

// What a receive shows of messages.
struct Asked {
  SqsJson system;      // names of system attributes
  SqsJson attributes;  // names of message attributes
  bool fifo = false;
};

control::Answer<std::optional<std::int64_t>> read_sqs_number(const SqsJson& request, const char* name,
                                                             std::int64_t least, std::int64_t most,
                                                             const char* reason) {
  const auto found = request.find(name);
  if (found == request.end()) return std::optional<std::int64_t>();
  const std::int64_t number = found->get<std::int64_t>();
  if (number < least || number > most) return sqs_invalid_value(std::to_string(number), name, reason);
  return std::optional(number);
}

std::optional<std::chrono::seconds> in_seconds(const std::optional<std::int64_t>& number) {
  if (!number) return std::nullopt;
  return std::chrono::seconds{*number};
}

control::Answer<queue::ReceiveRequest> read_receive(const SqsJson& request) {
  queue::ReceiveRequest receive;
  WAYBILL_TRY(const auto most,
              read_sqs_number(request, "MaxNumberOfMessages", 1, 10, "Must be between 1 and 10, if provided."));
  WAYBILL_TRY(const auto visibility, read_sqs_number(request, "VisibilityTimeout", 0, queue::kMaxVisibility.count(),
                                                     "Must be >= 0 and <= 43200, if provided."));
  WAYBILL_TRY(const auto wait, read_sqs_number(request, "WaitTimeSeconds", 0, queue::kMaxWait.count(),
                                               "Must be >= 0 and <= 20, if provided."));
  receive.max_messages = static_cast<int>(most.value_or(1));
  receive.visibility = in_seconds(visibility);
  receive.wait = in_seconds(wait);
  receive.attempt_id = request.value("ReceiveRequestAttemptId", "");
  return receive;
}

control::Answer<Asked> read_asked(const SqsJson& request) {
  Asked asked{SqsJson::array(), request.value("MessageAttributeNames", SqsJson::array())};
  for (const char* list : {"AttributeNames", "MessageSystemAttributeNames"}) {
    for (const SqsJson& name : request.value(list, SqsJson::array())) {
      const std::string& text = name.get_ref<const std::string&>();
      if (std::find(kSystemAttributes.begin(), kSystemAttributes.end(), text) == kSystemAttributes.end()) {
        return control::Fault("InvalidAttributeName", "Unknown Attribute " + text + ".");
      }
      asked.system.push_back(name);
    }
  }
  return asked;
}

std::string millis_text(WallTime time) { return std::to_string(to_millis(time)); }

SqsJson system_attributes(const queue::Received& received, const Asked& asked) {
  const Message& message = *received.message;
  SqsJson all{{"SenderId", message.sender},
              {"SentTimestamp", millis_text(message.sent_at)},
              {"ApproximateReceiveCount", std::to_string(received.receive_count)},
              {"ApproximateFirstReceiveTimestamp", millis_text(received.first_received_at)}};
  if (asked.fifo) {
    all["SequenceNumber"] = queue::sequence_number(message.id);
    all["MessageDeduplicationId"] = message.dedup;
  }
  if (!message.group.empty()) all["MessageGroupId"] = message.group;
  if (!message.trace_header.empty()) all["AWSTraceHeader"] = message.trace_header;
  if (!received.dead_letter_source_arn.empty()) all["DeadLetterQueueSourceArn"] = received.dead_letter_source_arn;
  SqsJson shown = SqsJson::object();
  for (const SqsJson& name : asked.system) {
    if (name == "All") return all;
    const auto found = all.find(name.get_ref<const std::string&>());
    if (found != all.end()) shown[name.get<std::string>()] = *found;
  }
  return shown;
}

SqsJson shown_message(const queue::Received& received, const Asked& asked) {
  const Message& message = *received.message;
  SqsJson shown{{"MessageId", received.message_id},
                {"ReceiptHandle", received.receipt_handle},
                {"MD5OfBody", md5_hex(message.body)},
                {"Body", message.body}};
  if (SqsJson system = system_attributes(received, asked); !system.empty()) shown["Attributes"] = std::move(system);
  if (asked.attributes.empty() || message.attributes.empty()) return shown;
  const auto attributes = asked_message_attributes(queue::decode_attributes(message.attributes), asked.attributes);
  if (attributes.empty()) return shown;
  shown["MD5OfMessageAttributes"] = md5_of_attributes(attributes);
  shown["MessageAttributes"] = shown_message_attributes(attributes);
  return shown;
}

SqsAnswer shown_messages(const std::vector<queue::Received>& received, const Asked& asked) {
  if (received.empty()) return SqsJson::object();  // as AWS: no empty list
  SqsJson messages = SqsJson::array();
  for (const queue::Received& each : received) messages.push_back(shown_message(each, asked));
  return SqsJson{{"Messages", std::move(messages)}};
}

}  // namespace

void sqs_receive_message(SqsCall call, SqsDone done) {
  const std::string arn = call.queue_arn();
  const auto spec = call.ports->topology.get()->queue(arn);
  if (!spec) return done(sqs_no_queue());
  auto receive = read_receive(call.request);
  if (!receive) return done(receive.error());
  auto asked = read_asked(call.request);
  if (!asked) return done(asked.error());
  asked->fifo = spec->fifo;
  receive->wanted = [peer = std::move(call.peer)] { return peer.is_there(); };
  // The messages' texts are made on an io thread: the callback's is the writer's.
  call.ports->queues.receive(arn, std::move(*receive),
                             [&io = call.ports->io, asked = std::move(*asked),
                              done = std::move(done)](queue::Answer<std::vector<queue::Received>> received) mutable {
                               if (!received) return done(received.error());
                               io.post([asked = std::move(asked), received = std::move(*received),
                                        done = std::move(done)]() mutable { done(shown_messages(received, asked)); });
                             });
}

}  // namespace waybill::api
