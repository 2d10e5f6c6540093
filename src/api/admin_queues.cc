#include "api/admin_queues.h"

#include <array>
#include <limits>
#include <map>

#include "api/answers.h"
#include "api/sqs/message_attributes.h"
#include "base/clock.h"
#include "base/edit_distance.h"
#include "base/json_tree.h"
#include "net/url.h"

namespace waybill::api {

namespace {

constexpr int kPeekDefault = 10;
constexpr int kPeekMost = 1000;
constexpr std::int64_t kRedriveMost = 1000;  // messages that one call looks at

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

// Where a page ended, as text: until, visible_at, id and group.
std::string cursor_of(MessageId until, const store::MessageRow& row) {
  return std::to_string(until.value) + "." + std::to_string(to_millis(row.visible_at)) + "." +
         std::to_string(row.id.value) + "." + row.group;
}

Status read_cursor(const std::string& cursor, queue::HandBack::PageQuery& into) {
  std::array<std::int64_t, 3> numbers{};
  std::size_t at = 0;
  for (std::int64_t& number : numbers) {
    const std::size_t dot = cursor.find('.', at);
    if (dot == std::string::npos) return invalid("after: it is no \"next\" of an earlier answer");
    WAYBILL_TRY(number, number_parameter("after", std::string_view(cursor).substr(at, dot - at), 0,
                                         std::numeric_limits<std::int64_t>::max()));
    at = dot + 1;
  }
  store::MessageRow row;
  into.until = MessageId{numbers[0]};
  row.visible_at = from_millis(numbers[1]);
  row.id = MessageId{numbers[2]};
  row.group = cursor.substr(at);
  into.after = std::move(row);
  return {};
}

Result<std::string> text_member(const char* name, const SqsJson& value) {
  if (!value.is_string()) return invalid(std::string(name) + " must be a string");
  return value.get<std::string>();
}

Result<queue::LeftFilter> left_filter(const SqsJson& given) {
  if (!given.is_object()) return invalid("filter must be an object with any of rule, target, code");
  queue::LeftFilter filter;
  for (const auto& [name, value] : given.items()) {
    std::string* const into = name == "rule"     ? &filter.rule_arn
                              : name == "target" ? &filter.target_arn
                              : name == "code"   ? &filter.error_code
                                                 : nullptr;
    if (!into) return invalid("filter." + name + ": there is no such filter; there are rule, target and code");
    WAYBILL_TRY(*into, text_member(("filter." + name).c_str(), value));
  }
  return filter;
}

Result<queue::HandBack::PageQuery> redrive_request(const std::string& body) {
  queue::HandBack::PageQuery request;
  if (body.empty()) return request;
  const SqsJson given = parse_json(body);
  if (!given.is_object()) return invalid("the body must be a JSON object, e.g. {\"dry_run\":true}");
  for (const auto& [name, value] : given.items()) {
    if (name == "filter") {
      WAYBILL_TRY(request.filter, left_filter(value));
    } else if (name == "dry_run") {
      if (!value.is_boolean()) return invalid("dry_run must be true or false");
      request.dry_run = value.get<bool>();
    } else if (name == "after") {
      WAYBILL_TRY(const std::string cursor, text_member("after", value));
      WAYBILL_CHECK(read_cursor(cursor, request));
    } else {
      return invalid("'" + name + "' is no member of a redrive; there are filter, dry_run and after");
    }
  }
  return request;
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

net::HttpResponse QueuesApi::redrive(const std::string& queue, const std::string& body) const {
  auto request = redrive_request(body);
  if (!request) return error_answer(request.error());
  if (!request->after) request->until = moves_.newest();
  const auto topology = topology_.get();
  const auto spec = named_queue(*topology, queue);
  if (!spec) return error_answer(not_found(no_such_queue(*topology, queue)));
  std::int64_t looked_at = 0, redriven = 0, unknown = 0;
  std::map<std::string, std::int64_t> to;
  do {
    const auto page = moves_.pick(spec->arn, *request);
    if (!page) return error_answer(page.error());
    looked_at += page->looked_at;
    unknown += page->unknown;
    for (const auto& [arn, count] : page->to) {
      to[arn] += count;
      redriven += count;
    }
    request->after = page->next;
  } while (request->after && looked_at < kRedriveMost);
  SqsJson answer{{"redriven", redriven}, {"to", to}, {"unknown", unknown}, {"dry_run", request->dry_run}};
  if (request->after) answer["next"] = cursor_of(request->until, *request->after);
  return json_answer(answer);
}

}  // namespace waybill::api
