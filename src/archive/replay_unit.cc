#include "archive/replay_unit.h"

#include <algorithm>

#include "archive/replayed_event.h"
#include "base/log.h"

namespace waybill::archive {

namespace {

constexpr int kPage = 25;  // events read at a time: each may be as large as a request

class UnitMaker {
 public:
  UnitMaker(const Replay& replay, const bus::RuleTable::Bus& bus, store::Journal& journal, Random& random, WallTime now)
      : replay_(replay), bus_(bus), journal_(journal), random_(random), now_(now) {}

  void add(const store::ArchivedEvent& archived) {
    unit_.last = archived.at;
    auto event = replayed_event(archived.body, uuid_v7(now_, random_), replay_.key.name);
    if (!event) {
      spdlog::warn("replay {}: the archived event {} cannot be read and is left out", replay_.key.name,
                   archived.at.payload.value);
      return;
    }
    if (!bus_.match(*event, matching_)) return;
    std::vector<EndpointId> endpoints;
    for (const RuleSpec* rule : matching_.rules) {
      if (!is_wanted(replay_, *rule)) continue;
      for (const TargetSpec& target : rule->targets) endpoints.push_back(target.endpoint);
    }
    if (!endpoints.empty()) deliver(std::move(*event), endpoints);
  }

  ReplayUnit take(bool is_last) {
    unit_.is_last = is_last;
    return std::move(unit_);
  }

 private:
  void deliver(std::string event, const std::vector<EndpointId>& endpoints) {
    const auto payload = std::make_shared<const Payload>(
        Payload{PayloadId{journal_.next_sequence()}, PayloadKind::event, now_, bus_.spec()->arn, std::move(event)});
    unit_.changes.add(store::InsertPayload{payload});
    for (const EndpointId endpoint : endpoints) {
      Delivery delivery{{endpoint, now_, DeliveryId{journal_.next_sequence()}}, payload->id, 0, 0, now_, ""};
      unit_.changes.add(store::InsertDelivery{delivery});
      unit_.deliveries.push_back({std::move(delivery), payload});
    }
  }

  const Replay& replay_;
  const bus::RuleTable::Bus& bus_;
  store::Journal& journal_;
  Random& random_;
  const WallTime now_;
  ReplayUnit unit_;
  bus::RuleTable::Matching matching_;
};

}  // namespace

bool is_wanted(const Replay& replay, const RuleSpec& rule) {
  const auto& wanted = replay.rule_arns;
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), rule.arn) != wanted.end();
}

Result<ReplayUnit> make_unit(const Replay& replay, store::Reader& reader, const bus::RuleTable::Bus& bus,
                             store::Journal& journal, Random& random, WallTime now, const UnitLimits& limits) {
  UnitMaker maker(replay, bus, journal, random, now);
  store::ArchiveQuery query = replay.rest(kPage);
  int events = 0;
  std::size_t bytes = 0;
  while (events < limits.events && bytes < limits.bytes) {
    query.limit = std::min(kPage, limits.events - events);
    WAYBILL_TRY(const auto page, reader.archive_events(query));
    for (const store::ArchivedEvent& archived : page) {
      maker.add(archived);
      bytes += archived.body.size();
    }
    if (static_cast<int>(page.size()) < query.limit) return maker.take(true);
    events += query.limit;
    query.after = page.back().at;
  }
  return maker.take(false);
}

}  // namespace waybill::archive
