#include "api/admin_queues.h"

#include "api/answers.h"
#include "api/sqs/message_attributes.h"
#include "base/clock.h"
#include "base/edit_distance.h"
#include "net/url.h"

namespace waybill::api {

namespace {

constexpr int kPeekDefault = 10;
constexpr int kPeekMost = 1000;

SqsJson line_of(const QueueSpec& spec, const queue::Counts& counts, WallTime now) {
  SqsJson line{{"name", spec.name},
               {"arn", spec.arn},
               {"fifo", spec.fifo},
               {"visible", counts.visible},
               {"in_flight", counts.in_flight},
               {"delayed", counts.delayed}};
  if (counts.oldest)
    line["oldest_seconds"] = std::max<std::int64_t>(0, (to_millis(now) - to_millis(*counts.oldest)) / 1000);
  if (spec.redrive) line["dead_letters_to"] = spec.redrive->dlq_arn;
  return line;
}

const char* state_of(const queue::Peeked& peeked, WallTime now) {
  if (peeked.visible_at <= now) return "visible";
  return peeked.receive_count > 0 ? "in_flight" : "delayed";
}

SqsJson line_of(const queue::Peeked& peeked, WallTime now) {
  const Message& message = *peeked.message;
  SqsJson line{{"id", peeked.message_id},
               {"state", state_of(peeked, now)},
               {"receives", peeked.receive_count},
               {"sent_at", iso8601_millis(message.sent_at)},
               {"visible_at", iso8601_millis(peeked.visible_at)},
               {"body", message.body}};
  if (!message.attributes.empty()) {
    line["attributes"] = shown_message_attributes(queue::decode_attributes(message.attributes));
  }
  if (!message.group.empty()) line["group"] = message.group;
  if (!message.dedup.empty()) line["deduplication_id"] = message.dedup;
  return line;
}

std::shared_ptr<const QueueSpec> named_queue(const Topology& topology, const std::string& name) {
  return topology.queue(name.starts_with("arn:") ? name : topology.place().queue(name));
}

std::string no_such_queue(const Topology& topology, const std::string& name) {
  std::string nearest;
  std::size_t least = static_cast<std::size_t>(-1);
  for (const auto& [arn, spec] : topology.queues()) {
    const std::size_t distance = edit_distance(spec->name, name);
    if (distance >= least) continue;
    least = distance;
    nearest = spec->name;
  }
  return "there is no queue '" + name + "'" + (nearest.empty() ? "" : "; the nearest is " + nearest);
}

}  // namespace

void QueuesApi::list(net::Reply reply) const {
  const auto topology = topology_.get();
  queue::QueueSpecs specs;
  for (const auto& [arn, spec] : topology->queues()) specs.push_back(spec);
  queues_.counts(specs, [specs, now = wall_.now(),
                         reply = std::move(reply)](queue::Answer<std::vector<queue::Counts>> counts) mutable {
    if (!counts) return reply(error_answer(counts.error().status, counts.error().code, counts.error().message));
    SqsJson lines = SqsJson::array();
    for (std::size_t i = 0; i < specs.size(); ++i) lines.push_back(line_of(*specs[i], (*counts)[i], now));
    reply(json_answer({{"queues", std::move(lines)}}));
  });
}

void QueuesApi::peek(const std::string& queue, const std::string& query, net::Reply reply) const {
  int limit = kPeekDefault;
  const auto pairs = net::parse_query(query);
  if (!pairs) return reply(error_answer(pairs.error()));
  if (const auto given = net::find_query(*pairs, "limit")) {
    const auto number = number_parameter("limit", *given, 1, kPeekMost);
    if (!number) return reply(error_answer(number.error()));
    limit = static_cast<int>(*number);
  }
  const auto topology = topology_.get();
  const auto spec = named_queue(*topology, queue);
  if (!spec) return reply(error_answer(not_found(no_such_queue(*topology, queue))));
  queues_.peek(spec->arn, limit,
               [now = wall_.now(), reply = std::move(reply)](queue::Answer<std::vector<queue::Peeked>> peeked) mutable {
                 if (!peeked)
                   return reply(error_answer(peeked.error().status, peeked.error().code, peeked.error().message));
                 SqsJson messages = SqsJson::array();
                 for (const queue::Peeked& each : *peeked) messages.push_back(line_of(each, now));
                 reply(json_answer({{"messages", std::move(messages)}}));
               });
}

}  // namespace waybill::api
