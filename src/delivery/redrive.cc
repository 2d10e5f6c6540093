#include "delivery/redrive.h"

#include <memory>

#include "base/json_text.h"
#include "model/event.h"

namespace waybill::delivery {

Result<std::string> with_detail(std::string_view event, std::string_view detail) {
  // A quote inside a string is escaped, so the first `,"detail":` is the member's.
  constexpr std::string_view kMember = ",\"detail\":";
  const std::size_t at = event.find(kMember);
  if (event_id(event).empty() || at == std::string_view::npos) {
    return invalid("the dead letter holds no event, so its detail cannot be replaced");
  }
  std::string changed(event.substr(0, at + kMember.size()));
  if (!append_compact_object(detail, changed)) {
    return invalid("detail is no JSON object; give the whole new detail, e.g. {\"shipment_id\":\"SHIP-1\"}");
  }
  changed.push_back('}');
  return changed;
}

Result<Redrive> make_redrive(const DeadLetter& letter, const std::optional<std::string>& detail,
                             const Topology& topology, WallTime now, store::Journal& journal) {
  if (letter.endpoint.value == 0) {
    return not_found("dead letter " + std::to_string(letter.id.value) + ": it was a message of the queue " +
                     letter.origin + ", not a delivery to a target; send its body there with 'waybill queue send'");
  }
  if (!topology.endpoint(letter.endpoint)) {
    return not_found("dead letter " + std::to_string(letter.id.value) + ": its target " + letter.target_arn +
                     " is no longer configured on rule " + letter.rule_arn);
  }
  std::string body = letter.body;
  if (detail) {
    WAYBILL_TRY(body, with_detail(letter.body, *detail));
  }
  Redrive redrive;
  auto payload = std::make_shared<const Payload>(
      Payload{PayloadId{journal.next_sequence()}, letter.kind, now, letter.origin, std::move(body)});
  Delivery delivery{{letter.endpoint, now, DeliveryId{journal.next_sequence()}}, payload->id, 0, 0, now, ""};
  redrive.changes.add(store::RemoveDeadLetter{letter.id});
  redrive.changes.add(store::InsertPayload{payload});
  redrive.changes.add(store::InsertDelivery{delivery});
  redrive.delivery = {std::move(delivery), std::move(payload)};
  return redrive;
}

RedriveResult redrive_many(const std::vector<DeadLetter>& letters, const RedriveOptions& order,
                           const Topology& topology, WallTime now, store::Journal& journal,
                           const std::function<void(std::vector<NewDelivery>)>& committed) {
  // By letter: what went wrong. Written here, then by the writer thread, and read when it has answered.
  const auto problems = std::make_shared<std::vector<std::optional<std::string>>>(letters.size());
  std::vector<store::Journal::Unit> units;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    auto made = make_redrive(letters[i], order.detail, topology, now, journal);
    if (!made) (*problems)[i] = made.error().message;
    if (!made || order.dry_run) continue;
    store::Journal::Unit unit;
    unit.changes = std::move(made->changes);
    unit.done = [problems, i, committed, fresh = std::move(made->delivery)](const store::Applied& applied) mutable {
      if (applied) {
        committed({std::move(fresh)});
      } else {
        (*problems)[i] = applied.error().message;
      }
    };
    units.push_back(std::move(unit));
  }
  if (!units.empty()) {
    journal.submit_many(store::Lane::internal, std::move(units));
    (void)journal.apply(store::Lane::internal, {});  // answered after all of them, whatever the answer
  }
  RedriveResult result;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if (const auto& problem = (*problems)[i]) {
      result.failed.emplace_back(letters[i].id, *problem);
    } else {
      result.redriven.push_back(letters[i].id);
    }
  }
  return result;
}

}  // namespace waybill::delivery
