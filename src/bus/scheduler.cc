#include "bus/scheduler.h"

#include <algorithm>
#include <charconv>

#include "base/log.h"
#include "model/event.h"

namespace waybill::bus {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

// The latest time in (after, now]; `first` is the earliest one. Looks back step by step, so that a minute's schedule
// does not count through the years that a daemon was away.
WallTime latest(const expr::Schedule& schedule, WallTime anchor, WallTime after, WallTime first, WallTime now) {
  for (const Millis back : {Millis{minutes{1}}, Millis{hours{1}}, Millis{days{1}}, Millis{days{31}}}) {
    const auto found = schedule.next_after(anchor, std::max(after, now - back));
    if (found && *found <= now) {
      first = *found;
      break;
    }
  }
  while (const auto next = schedule.next_after(anchor, first)) {
    if (*next > now) break;
    first = *next;
  }
  return first;
}

const RuleSpec* find_rule(const BusSpec& bus, const std::string& arn) {
  const auto found = std::find_if(bus.rules.begin(), bus.rules.end(), [&](const RuleSpec& r) { return r.arn == arn; });
  return found == bus.rules.end() ? nullptr : &*found;
}

std::string scheduled_event(const std::string& id, const std::string& rule_arn, WallTime at) {
  const auto arn = Arn::parse(rule_arn);
  const std::vector<std::string> resources{rule_arn};
  std::string event;
  append_event_head({id, "Scheduled Event", "aws.events", arn->account, at, arn->region, &resources}, event);
  return event + "{}}";
}

}  // namespace

void Scheduler::start(const std::map<std::string, std::string>& fired) {
  const std::lock_guard lock(mutex_);
  for (const auto& [arn, text] : fired) {
    std::int64_t millis = 0;
    std::from_chars(text.data(), text.data() + text.size(), millis);
    fired_[arn] = from_millis(millis);
  }
  reconfigure_locked(true);
}

void Scheduler::reconfigure() {
  const std::lock_guard lock(mutex_);
  reconfigure_locked(false);
}

void Scheduler::reset() {
  const std::lock_guard lock(mutex_);
  fired_.clear();
  entries_.clear();
  reset_at_ = ports_.clock.now();
}

void Scheduler::reconfigure_locked(bool starting) {
  const auto topology = ports_.topology.get();
  std::map<std::string, Entry> entries;
  for (const auto& [bus_arn, bus] : topology->buses()) {
    for (const RuleSpec& rule : bus.rules) {
      if (!rule.enabled || rule.schedule.empty()) continue;
      const auto before = entries_.find(rule.arn);
      if (before != entries_.end() && before->second.text == rule.schedule &&
          before->second.anchor == rule.scheduled_at) {
        entries.emplace(rule.arn, before->second);
      } else if (auto entry = entry_locked(bus, rule, starting)) {
        entries.emplace(rule.arn, std::move(*entry));
      }
    }
  }
  entries_ = std::move(entries);
}

std::optional<Scheduler::Entry> Scheduler::entry_locked(const BusSpec& bus, const RuleSpec& rule, bool starting) const {
  const auto schedule = expr::Schedule::parse(rule.schedule);
  if (!schedule) {
    spdlog::error("rule {} never fires: {}", rule.arn, schedule.error().message);
    return std::nullopt;
  }
  const auto fired = fired_.find(rule.arn);
  // The daemon ran when the rule was changed last: what was due before that has fired, or was not to fire.
  WallTime after = std::max({rule.scheduled_at, rule.modified_at, reset_at_});
  if (fired != fired_.end()) after = std::max(after, fired->second);
  auto next = schedule->next_after(rule.scheduled_at, after);
  if (!next) return std::nullopt;
  const WallTime now = ports_.clock.now();
  if (starting && *next <= now) next = latest(*schedule, rule.scheduled_at, after, *next, now);
  return Entry{bus.arn, rule.schedule, *schedule, rule.scheduled_at, *next};
}

std::vector<Scheduler::Firing> Scheduler::take_due_locked(WallTime now) {
  std::vector<Firing> due;
  for (auto at = entries_.begin(); at != entries_.end();) {
    Entry& entry = at->second;
    std::optional<WallTime> next = entry.next;
    if (!ports_.is_virtual && *next <= now) {
      next = latest(entry.schedule, entry.anchor, *next - Millis{1}, *next, now);
    }
    for (; next && *next <= now; next = entry.schedule.next_after(entry.anchor, *next)) {
      due.push_back({*next, at->first, entry.bus_arn});
      fired_[at->first] = *next;
    }
    if (next) entry.next = *next;
    at = next ? std::next(at) : entries_.erase(at);
  }
  std::sort(due.begin(), due.end());
  return due;
}

std::optional<WallTime> Scheduler::tick() {
  std::vector<Firing> due;
  {
    const std::lock_guard lock(mutex_);
    due = take_due_locked(ports_.clock.now());
  }
  const auto topology = ports_.topology.get();
  for (const Firing& firing : due) fire(*topology, firing);
  return next();
}

std::optional<WallTime> Scheduler::next() const {
  const std::lock_guard lock(mutex_);
  std::optional<WallTime> next;
  for (const auto& [arn, entry] : entries_) next = next ? std::min(*next, entry.next) : entry.next;
  return next;
}

void Scheduler::fire(const Topology& topology, const Firing& firing) {
  const BusSpec* bus = topology.bus_at(firing.bus_arn);
  const RuleSpec* rule = bus ? find_rule(*bus, firing.rule_arn) : nullptr;
  if (!rule) return;  // it went meanwhile
  const WallTime now = ports_.clock.now();
  const std::string id = uuid_v7(now, ports_.random);
  const auto payload =
      std::make_shared<const Payload>(Payload{PayloadId{ports_.journal.next_sequence()}, PayloadKind::event, now,
                                              bus->arn, scheduled_event(id, rule->arn, firing.at)});
  store::Changes changes;
  std::vector<NewDelivery> deliveries;
  if (!rule->targets.empty()) changes.add(store::InsertPayload{payload});
  for (const TargetSpec& target : rule->targets) {
    Delivery delivery{{target.endpoint, now, DeliveryId{ports_.journal.next_sequence()}}, payload->id, 0, 0, now, ""};
    changes.add(store::InsertDelivery{delivery});
    deliveries.push_back({std::move(delivery), payload});
  }
  changes.add(store::PutSetting{std::string(kSettingPrefix) + rule->arn, std::to_string(to_millis(firing.at))});
  ports_.journal.submit(store::Lane::internal, std::move(changes),
                        [&sink = ports_.sink, deliveries = std::move(deliveries),
                         arn = rule->arn](const store::Applied& applied) mutable {
                          if (applied) {
                            sink.committed(std::move(deliveries));
                          } else {
                            spdlog::error("rule {} could not fire: {}", arn, applied.error().message);
                          }
                        });
}

}  // namespace waybill::bus
