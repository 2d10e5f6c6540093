// Compares the engine with the plain matcher: over sets of patterns that grow and shrink, earlier snapshots included.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fuzz/pattern/case_maker.h"
#include "pattern/engine/rule_set.h"

namespace waybill::fuzz {

struct Difference {
  std::string pattern;
  std::string event;
  std::string what;  // for people
};

class Differ {
 public:
  explicit Differ(std::uint64_t seed) : maker_(seed) {}

  // One set of patterns and some events, in several states of the set.
  std::optional<Difference> round();

  std::uint64_t pairs() const { return pairs_; }      // of a set of patterns and an event
  std::uint64_t matches() const { return matches_; }  // of a pattern and an event
  std::uint64_t judged() const { return judged_; }    // patterns and events in all

 private:
  // The set as it was at one time.
  struct State {
    std::shared_ptr<const pattern::RuleMatcher> matcher;
    std::vector<bool> is_in;
  };
  std::optional<Difference> compare(const State& state, const std::string& event);

  CaseMaker maker_;
  std::vector<std::string> texts_;
  std::vector<pattern::Pattern> patterns_;
  pattern::Scratch scratch_;
  std::vector<pattern::RuleId> matching_;
  std::uint64_t pairs_ = 0;
  std::uint64_t matches_ = 0;
  std::uint64_t judged_ = 0;
};

// Every way of reading events, with the pattern alone; empty when all agree with the plain matcher.
std::string disagreement(const std::string& pattern, const std::string& event);

}  // namespace waybill::fuzz
