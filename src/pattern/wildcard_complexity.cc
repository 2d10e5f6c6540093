// Which sets of automaton states can be alive together? The sets are walked breadth first from the start, one
// step per byte that makes a difference. States inside a star never die, so the sets only grow large where the
// answer is "too complex" anyway; a cap on the sets visited keeps hostile patterns cheap.
#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>

#include "pattern/wildcard.h"

namespace waybill::pattern {
namespace {

constexpr std::size_t kMaxSetsVisited = 20'000;

using StateSet = std::vector<std::uint32_t>;  // sorted indexes into Automaton

struct State {
  enum class Kind : std::uint8_t { literal, before_star, inside_star, accepted };
  Kind kind;
  char byte = 0;  // for literal: what leads to the next state; for inside_star: what leaves it
};

// All wildcards of a field one after the other; the state after a literal or star is the next in the vector.
class Automaton {
 public:
  explicit Automaton(const std::vector<const Wildcard*>& wildcards) {
    for (const Wildcard* wildcard : wildcards) add(*wildcard);
  }

  const StateSet& start() const { return start_; }

  std::set<char> bytes_leaving(const StateSet& set) const {
    std::set<char> bytes;
    for (const std::uint32_t at : set) {
      if (states_[at].kind == State::Kind::literal || states_[at].kind == State::Kind::inside_star) {
        bytes.insert(states_[at].byte);
      }
    }
    return bytes;
  }

  // After one byte, or (nullopt) after a byte that no state waits for.
  StateSet step(const StateSet& set, std::optional<char> byte) const {
    StateSet next;
    for (const std::uint32_t at : set) {
      const State& state = states_[at];
      if (state.kind == State::Kind::inside_star) next.push_back(at);
      const bool waits = state.kind == State::Kind::literal || state.kind == State::Kind::inside_star;
      if (waits && byte == state.byte) enter(next, at + 1);
    }
    std::sort(next.begin(), next.end());
    next.erase(std::unique(next.begin(), next.end()), next.end());
    return next;
  }

 private:
  // A star is entered as soon as it is reached: it may stand for nothing.
  void enter(StateSet& set, std::uint32_t at) const {
    set.push_back(at);
    if (states_[at].kind == State::Kind::before_star) set.push_back(at + 1);
  }

  void add(const Wildcard& wildcard) {
    const auto first = static_cast<std::uint32_t>(states_.size());
    for (std::size_t i = 0; i < wildcard.literals().size(); ++i) {
      const bool is_last = i + 1 == wildcard.literals().size();
      const std::string literal = wildcard.literals()[i] + (is_last ? "\"" : "");
      if (i == 0) {
        for (const char byte : literal) states_.push_back({State::Kind::literal, byte});
      } else {
        states_.push_back({State::Kind::before_star});
        states_.push_back({State::Kind::inside_star, literal.front()});
        for (const char byte : literal.substr(1)) states_.push_back({State::Kind::literal, byte});
      }
    }
    states_.push_back({State::Kind::accepted});
    enter(start_, first);
  }

  std::vector<State> states_;
  StateSet start_;
};

}  // namespace

int wildcard_complexity(const std::vector<const Wildcard*>& wildcards, int limit) {
  const Automaton automaton(wildcards);
  const auto too_complex = limit + 1;
  int most = 0;
  std::set<StateSet> seen{automaton.start()};
  std::deque<StateSet> open{automaton.start()};
  while (!open.empty()) {
    const StateSet set = std::move(open.front());
    open.pop_front();
    std::vector<std::optional<char>> inputs{std::nullopt};
    for (const char byte : automaton.bytes_leaving(set)) inputs.emplace_back(byte);
    for (const std::optional<char> input : inputs) {
      StateSet next = automaton.step(set, input);
      if (next.size() > static_cast<std::size_t>(limit)) return too_complex;
      most = std::max(most, static_cast<int>(next.size()));
      if (!seen.insert(next).second) continue;
      if (seen.size() > kMaxSetsVisited) return too_complex;
      open.push_back(std::move(next));
    }
  }
  return most;
}

}  // namespace waybill::pattern
