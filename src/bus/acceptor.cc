#include "bus/acceptor.h"

#include "model/event.h"
#include "pattern/flat_event.h"

namespace waybill::bus {

Prepared Acceptor::prepare(const std::vector<Entry>& entries, int depth) const {
  const auto rules = rules_.get();
  const WallTime now = clock_.now();
  Prepared prepared;
  prepared.results.reserve(entries.size());
  probe_.received(entries.size());
  for (const Entry& entry : entries) {
    prepared.results.push_back(accept(*rules, entry, now, depth, prepared));
    if (!prepared.results.back().ok()) probe_.rejected(prepared.results.back().error_code);
  }
  return prepared;
}

EntryResult Acceptor::accept(const RuleTable& rules, const Entry& entry, WallTime now, int depth,
                             Prepared& into) const {
  const Place& place = rules.topology().place();
  const std::string_view bus = event_bus_name(entry.bus);
  EntryResult result{uuid_v7(now, random_), "", ""};
  std::string event;
  event.reserve(entry.detail.size() + entry.source.size() + entry.detail_type.size() + 320);
  append_event_head({result.event_id, entry.detail_type, entry.source, place.account, entry.time.value_or(now),
                     place.region, &entry.resources},
                    event);
  if (auto refused = check_entry(entry, event)) return *refused;
  event.push_back('}');
  // As on AWS, an event for a bus that is not there succeeds and vanishes; people should hear of it all the same.
  if (!rules.has_bus(bus)) {
    probe_.unknown_bus(bus, rules.nearest_bus(bus));
    return result;
  }
  if (deliver(rules, bus, std::move(event), now, depth, into)) return result;
  return {"", "InternalFailure", "The event could not be read back."};
}

bool Acceptor::deliver(const RuleTable& rules, std::string_view bus, std::string event, WallTime now, int depth,
                       Prepared& into) const {
  const auto flat = pattern::FlatEvent::parse(event);
  if (!flat) return false;  // cannot be, being made from checked parts; but an event must not vanish
  std::vector<const RuleSpec*> matching;
  for (const RuleTable::Rule& rule : rules.rules(bus)) {
    if (rule.pattern.matches(*flat)) matching.push_back(rule.spec);
  }
  PayloadPtr payload;
  for (const RuleSpec* rule : matching) {
    probe_.matched(*rule);
    for (const TargetSpec& target : rule->targets) {
      if (!payload) {
        payload = std::make_shared<const Payload>(Payload{PayloadId{journal_.next_sequence()}, PayloadKind::event, now,
                                                          rules.topology().bus(bus)->arn, std::move(event)});
        into.changes.add(store::InsertPayload{payload});
      }
      Delivery delivery{{target.endpoint, now, DeliveryId{journal_.next_sequence()}}, payload->id, 0, depth, now, ""};
      into.changes.add(store::InsertDelivery{delivery});
      into.deliveries.push_back({std::move(delivery), payload});
    }
  }
  if (matching.empty()) probe_.unmatched();
  return true;
}

void Acceptor::put_events(const std::vector<Entry>& entries, DeliverySink& sink, Reply reply) const {
  Prepared prepared = prepare(entries, 0);
  if (prepared.changes.list.empty()) {
    reply(std::move(prepared.results));
    return;
  }
  journal_.submit(store::Lane::ingress, std::move(prepared.changes),
                  [results = std::move(prepared.results), deliveries = std::move(prepared.deliveries), &sink,
                   reply = std::move(reply)](store::Applied applied) mutable {
                    if (!applied) {
                      reply(std::move(applied).error());
                      return;
                    }
                    sink.committed(std::move(deliveries));
                    reply(std::move(results));
                  });
}

}  // namespace waybill::bus
