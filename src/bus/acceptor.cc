#include "bus/acceptor.h"

#include "model/event.h"

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
  const Place& place = entry.place ? *entry.place : rules.topology().place();
  const std::string_view bus = event_bus_name(entry.bus);
  // As the event shows it: an archive finds it by this time.
  const WallTime time = std::chrono::floor<std::chrono::seconds>(entry.time.value_or(now));
  EntryResult result{uuid_v7(now, random_), "", ""};
  std::string event;
  event.reserve(entry.detail.size() + entry.source.size() + entry.detail_type.size() + 320);
  append_event_head(
      {result.event_id, entry.detail_type, entry.source, place.account, time, place.region, &entry.resources}, event);
  if (auto refused = check_entry(entry, event)) return *refused;
  event.push_back('}');
  // Where accounts and regions are apart, an ARN may name a bus of another one.
  const bool names_place = entry.place && entry.bus.starts_with("arn:");
  std::string arn = names_place ? entry.bus : place.event_bus(bus);
  // As on AWS, an event for a bus that is not there succeeds and vanishes; people should hear of it all the same.
  if (!rules.bus(arn)) {
    if (bus == "default") {
      probe_.unmatched();  // of an account and region that nobody has used yet
    } else {
      probe_.unknown_bus(bus, rules.nearest_bus(place, bus));
    }
    return result;
  }
  if (deliver(rules, {std::move(arn), PayloadKind::event, time, std::move(event), depth}, into)) return result;
  return {"", "InternalFailure", "The event could not be read back."};
}

namespace {

// The one copy of an event that is stored, made when the first rule or archive wants it.
class StoredEvent {
 public:
  StoredEvent(Acceptor::Passing passing, WallTime now, store::Journal& journal, Prepared& into)
      : passing_(std::move(passing)), now_(now), journal_(journal), into_(into) {}

  void deliver(const TargetSpec& target) {
    const PayloadPtr payload = stored();
    Delivery delivery{
        {target.endpoint, now_, DeliveryId{journal_.next_sequence()}}, payload->id, 0, passing_.depth, now_, ""};
    into_.changes.add(store::InsertDelivery{delivery});
    into_.deliveries.push_back({std::move(delivery), payload});
  }

  void archive(const ArchiveSpec& archive) {
    const PayloadPtr payload = stored();
    into_.changes.add(store::ArchiveEvent{archive.id, passing_.time, payload->id,
                                          static_cast<std::int64_t>(payload->body.size()), now_});
  }

 private:
  const PayloadPtr& stored() {
    if (!payload_) {
      payload_ = std::make_shared<const Payload>(Payload{PayloadId{journal_.next_sequence()}, passing_.kind, now_,
                                                         std::move(passing_.bus_arn), std::move(passing_.event)});
      into_.changes.add(store::InsertPayload{payload_});
    }
    return payload_;
  }

  Acceptor::Passing passing_;
  const WallTime now_;
  store::Journal& journal_;
  Prepared& into_;
  PayloadPtr payload_;
};

}  // namespace

bool Acceptor::deliver(const RuleTable& rules, Passing passing, Prepared& into) const {
  const RuleTable::Bus* bus = rules.bus(passing.bus_arn);
  if (!bus) return false;
  RuleTable::Matching matching;
  // It cannot fail, being given what is made from checked parts; but an event must not vanish.
  if (!bus->match(passing.event, matching)) return false;
  if (matching.rules.empty()) probe_.unmatched();
  StoredEvent stored(std::move(passing), clock_.now(), journal_, into);
  for (const RuleSpec* rule : matching.rules) {
    probe_.matched(*rule);
    for (const TargetSpec& target : rule->targets) stored.deliver(target);
  }
  for (const ArchiveSpec* archive : matching.archives) stored.archive(*archive);
  return true;
}

bool Acceptor::pass(Passing passing, Prepared& into) const { return deliver(*rules_.get(), std::move(passing), into); }

void Acceptor::put_events(const std::vector<Entry>& entries, DeliverySink& sink, Reply reply) const {
  Prepared prepared = prepare(entries, 0);
  if (prepared.changes.list.empty()) {
    reply(std::move(prepared.results));
    return;
  }
  store::Journal::StoredCallback stored;
  if (!prepared.deliveries.empty()) {
    stored = [deliveries = std::move(prepared.deliveries), &sink]() mutable { sink.committed(std::move(deliveries)); };
  }
  journal_.accept(
      std::move(prepared.changes),
      [results = std::move(prepared.results), reply = std::move(reply)](auto durable) mutable {
        if (!durable) {
          reply(std::move(durable).error());
          return;
        }
        reply(std::move(results));
      },
      std::move(stored));
}

}  // namespace waybill::bus
