#include "bus/rule_table.h"

#include <algorithm>

#include "base/edit_distance.h"

namespace waybill::bus {

namespace {

// What a thread needs to match, kept from event to event.
struct MatchScratch {
  pattern::Scratch scratch;
  std::vector<pattern::RuleId> ids;
  std::vector<std::uint32_t> users;
};

MatchScratch& match_scratch() {
  thread_local MatchScratch scratch;
  return scratch;
}

}  // namespace

Result<std::shared_ptr<const RuleTable>> RuleTable::build(std::shared_ptr<const Topology> topology,
                                                          const RuleTable* before) {
  auto table = std::make_shared<RuleTable>();
  for (const auto& [arn, spec] : topology->buses()) {
    Bus& bus = table->buses_[arn];
    bus.spec_ = &spec;
    for (const RuleSpec& rule : spec.rules) {
      if (rule.enabled && !rule.pattern.empty()) bus.rules_.push_back(&rule);
    }
    for (const ArchiveSpec& archive : spec.archives) bus.archives_.push_back(&archive);
    const Bus* same = before ? before->bus(arn) : nullptr;
    bus.index_ = same ? same->index_ : std::make_shared<PatternIndex>();
    WAYBILL_CHECK(bus.compile(bus.index_.get()));
  }
  table->topology_ = std::move(topology);
  return std::shared_ptr<const RuleTable>(std::move(table));
}

const std::string& RuleTable::Bus::pattern(std::size_t user) const {
  return user < rules_.size() ? rules_[user]->pattern : archives_[user - rules_.size()]->pattern;
}

Status RuleTable::Bus::compile(PatternIndex* index) {
  const std::size_t users = rules_.size() + archives_.size();
  std::vector<std::uint32_t> wanting;
  std::vector<std::string_view> wanted;
  for (std::uint32_t user = 0; user < users; ++user) {
    if (pattern(user).empty()) {
      always_.push_back(user);
    } else {
      wanting.push_back(user);
      wanted.push_back(pattern(user));
    }
  }
  std::size_t failed = 0;
  auto state = index->bring_to(wanted, failed);
  if (!state) {
    const std::uint32_t user = wanting[failed];
    const std::string& arn = user < rules_.size() ? rules_[user]->arn : archives_[user - rules_.size()]->arn;
    return invalid((user < rules_.size() ? "rule " : "archive ") + arn + ": " + state.error().message);
  }
  next_user_.assign(users, kNone);
  for (std::size_t i = 0; i < wanting.size(); ++i) {
    const pattern::RuleId id = state->ids[i];
    if (id >= first_user_.size()) first_user_.resize(id + 1, kNone);
    next_user_[wanting[i]] = first_user_[id];
    first_user_[id] = wanting[i];
  }
  matcher_ = std::move(state->matcher);
  return {};
}

bool RuleTable::Bus::match(std::string_view event, Matching& matching) const {
  matching.rules.clear();
  matching.archives.clear();
  MatchScratch& mine = match_scratch();
  if (!matcher_->match(event, mine.scratch, mine.ids)) return false;
  mine.users = always_;
  for (const pattern::RuleId id : mine.ids) {
    for (std::uint32_t user = first_user_[id]; user != kNone; user = next_user_[user]) mine.users.push_back(user);
  }
  std::sort(mine.users.begin(), mine.users.end());
  for (const std::uint32_t user : mine.users) {
    if (user < rules_.size()) {
      matching.rules.push_back(rules_[user]);
    } else {
      matching.archives.push_back(archives_[user - rules_.size()]);
    }
  }
  return true;
}

const RuleTable::Bus* RuleTable::bus(std::string_view arn) const {
  const auto found = buses_.find(arn);
  return found == buses_.end() ? nullptr : &found->second;
}

std::string RuleTable::nearest_bus(const Place& place, std::string_view name) const {
  std::string best;
  std::size_t least = static_cast<std::size_t>(-1);
  for (const auto& [arn, bus] : buses_) {
    if (arn != place.event_bus(bus.spec_->name)) continue;
    const std::size_t distance = edit_distance(name, bus.spec_->name);
    if (distance < least) {
      least = distance;
      best = bus.spec_->name;
    }
  }
  return best;
}

}  // namespace waybill::bus
