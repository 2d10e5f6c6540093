#include "queue/hand_back.h"

#include <algorithm>
#include <charconv>

namespace waybill::queue {

namespace {

constexpr int kPage = 25;  // messages, with their bodies

std::optional<DeadLetterId> letter_id(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number <= 0) return std::nullopt;
  return DeadLetterId{number};
}

std::string source_arn(const Topology& topology, QueueId source) {
  for (const auto& [arn, queue] : topology.queues()) {
    if (queue->id == source) return arn;
  }
  return "";
}

}  // namespace

HandBack::Left HandBack::left_by(const Topology& topology, const Message& message, const std::string& dlq_arn,
                                 const LeftFilter& filter) {
  const auto attributes = decode_attributes(message.attributes);
  const auto fact = [&](const char* name) {
    const auto found = attributes.find(name);
    return found == attributes.end() ? std::string() : found->second.value;
  };
  const auto is_wanted = [&](const std::string& wanted, const char* name) {
    return wanted.empty() || wanted == fact(name);
  };
  Left left;
  left.passes = is_wanted(filter.rule_arn, "RULE_ARN") && is_wanted(filter.target_arn, "TARGET_ARN") &&
                is_wanted(filter.error_code, "ERROR_CODE");
  left.letter = letter_id(fact(kDeadLetterFact));
  const std::string target = fact("TARGET_ARN"), rule = fact("RULE_ARN");
  if (target.empty()) return left;
  for (const auto& [id, endpoint] : topology.endpoints()) {
    if (endpoint->target_arn == target && endpoint->rule_arn == rule && endpoint->dlq_arn == dlq_arn) {
      left.endpoint = endpoint;
      break;
    }
  }
  return left;
}

Result<HandBack::Done> HandBack::front(const QueueSpec& source, int most) const {
  Done done;
  done.stuck = source.fifo;  // no target leaves anything there
  if (source.fifo) return done;
  WAYBILL_TRY(const auto reader, ports_.readers.lend());
  WAYBILL_TRY(auto rows, reader->messages(source.id, false, std::nullopt, std::min(most, kPage)));
  const auto topology = ports_.topology.get();
  const WallTime now = ports_.wall.now();
  LeftMessages messages;
  for (store::StoredMessage& each : rows) {
    if (!each.message || each.row.visible_at > now) break;
    // The first one has no other way back; who came from a queue that is there still goes there.
    if (!messages.empty() && each.row.source != QueueId{}) break;
    Left left = left_by(*topology, *each.message, source.arn, {});
    if (!left.endpoint) {
      done.stuck = messages.empty();
      break;
    }
    messages.emplace_back(std::move(each), std::move(left));
  }
  WAYBILL_TRY(const auto gone, hand_back(*reader, messages, source));
  done.handed_back = std::count(gone.begin(), gone.end(), true);
  return done;
}

Result<HandBack::Page> HandBack::pick(const QueueSpec& source, const PageQuery& query) const {
  Page page;
  WAYBILL_TRY(const auto reader, ports_.readers.lend());
  WAYBILL_TRY(auto rows, reader->messages(source.id, source.fifo, query.after, kPage));
  const auto topology = ports_.topology.get();
  const WallTime now = ports_.wall.now();
  if (rows.size() == kPage) page.next = rows.back().row;
  LeftMessages messages;
  for (store::StoredMessage& each : rows) {
    if (!source.fifo && each.row.visible_at > now) {  // and so are all that follow
      page.next.reset();
      break;
    }
    if (!each.message || each.row.visible_at > now || query.until < each.row.id) continue;
    ++page.looked_at;
    Left left = left_by(*topology, *each.message, source.arn, query.filter);
    if (!left.passes) continue;
    const std::string to = left.endpoint ? left.endpoint->target_arn : source_arn(*topology, each.row.source);
    if (to.empty()) ++page.unknown;
    if (query.dry_run && !to.empty()) ++page.to[to];
    if (!query.dry_run && left.endpoint && !source.fifo) messages.emplace_back(std::move(each), std::move(left));
  }
  WAYBILL_TRY(const auto gone, hand_back(*reader, messages, source));
  for (std::size_t i = 0; i < gone.size(); ++i) {
    if (gone[i]) ++page.to[messages[i].second.endpoint->target_arn];
  }
  return page;
}

Result<std::vector<bool>> HandBack::hand_back(store::Reader& reader, const LeftMessages& messages,
                                              const QueueSpec& source) const {
  const WallTime now = ports_.wall.now();
  const auto gone = std::make_shared<std::vector<bool>>(messages.size());  // written by the writer thread
  std::vector<store::Journal::Unit> units;
  for (const auto& [stored, left] : messages) {
    const EndpointSpec& endpoint = *left.endpoint;
    const PayloadKind kind =
        endpoint.kind == EndpointKind::subscription ? PayloadKind::notification : PayloadKind::shaped_input;
    auto payload = std::make_shared<const Payload>(
        Payload{PayloadId{ports_.journal.next_sequence()}, kind, now, source.arn, stored.message->body});
    Delivery delivery{{endpoint.id, now, DeliveryId{ports_.journal.next_sequence()}}, payload->id, 0, 0, now, ""};
    store::Journal::Unit unit;
    const store::MessageRow& row = stored.row;
    unit.changes.add(store::DeleteMessage{{row.queue, row.id, row.receives, row.visible_at}, false, now, true});
    unit.changes.add(store::InsertPayload{payload});
    unit.changes.add(store::InsertDelivery{delivery});
    if (left.letter) {
      // Whoever sent the message wrote the fact: only a record of the same target goes with it.
      WAYBILL_TRY(const auto letter, reader.dead_letter(*left.letter));
      if (letter && letter->endpoint == endpoint.id) unit.changes.add(store::RemoveDeadLetter{letter->id});
    }
    unit.done = [committed = ports_.committed, gone, at = units.size(),
                 fresh = NewDelivery{std::move(delivery), std::move(payload)}](const store::Applied& applied) mutable {
      if (!applied) return;  // received, or its record redriven, meanwhile
      (*gone)[at] = true;
      std::vector<NewDelivery> deliveries;
      deliveries.push_back(std::move(fresh));
      committed(std::move(deliveries));
    };
    units.push_back(std::move(unit));
  }
  if (units.empty()) return *gone;
  ports_.journal.submit_many(store::Lane::internal, std::move(units));
  // Answered after all of them.
  const auto waited = ports_.journal.apply(store::Lane::internal, {});
  if (!waited) return Error{ErrorCode::io, waited.error().message};
  return *gone;
}

}  // namespace waybill::queue
