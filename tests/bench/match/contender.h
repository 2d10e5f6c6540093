// What runs over the events in turn and is timed: simdjson's parser as the yardstick, and the engine with one group of
// rules.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "match/event_lines.h"
#include "match/rule_group.h"
#include "pattern/engine/rule_set.h"

namespace waybill::bench {

// Seconds that one pass takes, each.
struct Timings {
  std::vector<double> seconds;
  double median() const;
  double best() const;
  double worst() const;
};

class DomYardstick {
 public:
  DomYardstick();
  ~DomYardstick();
  double pass(const EventLines& events);  // seconds

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

// A group's rules in the engine.
class Contender {
 public:
  // Throws std::runtime_error for a pattern that is not valid.
  explicit Contender(const RuleGroup& group);

  // The first pass. Throws std::runtime_error when matches are not as the group says; where it says nothing, as the
  // plain matcher says for some of the events.
  void check(const EventLines& events);
  double pass(const EventLines& events);  // seconds

  const RuleGroup& group() const { return group_; }
  std::uint64_t matches() const { return matches_; }
  double parse_seconds() const { return parse_seconds_; }
  double add_seconds() const { return add_seconds_; }  // with the snapshot, without parsing
  double bytes_per_rule() const { return bytes_per_rule_; }
  double one_more_seconds() const { return one_more_seconds_; }  // one rule in place of another, and a snapshot

 private:
  void check_sample(const EventLines& events);

  const RuleGroup& group_;
  std::unique_ptr<pattern::RuleSet> rules_;
  std::shared_ptr<const pattern::RuleMatcher> matcher_;
  pattern::Scratch scratch_;
  std::vector<pattern::RuleId> matching_;
  std::uint64_t matches_ = 0;
  double parse_seconds_ = 0;
  double add_seconds_ = 0;
  double bytes_per_rule_ = 0;
  double one_more_seconds_ = 0;
};

// Events a second of the plain matcher, which the engine takes the place of; over so many events that it ends soon.
double plain_rate(const RuleGroup& group, const EventLines& events);

}  // namespace waybill::bench
