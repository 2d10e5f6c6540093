// Faults on request: what attempts at named targets shall come to instead, so that failure can be rehearsed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/random.h"
#include "model/topology.h"

namespace waybill::delivery {

struct FaultSpec {
  std::string target;                 // ARN, name or address, with * for any characters
  std::optional<std::int64_t> count;  // attempts that it touches; none: until it is cleared
  double rate = 1;                    // how likely it touches an attempt that it could
  std::uint64_t seed = 1;             // of the dice behind rate
  bool fails = true;                  // false: the attempt is only slow
  Millis latency{0};                  // real time before the attempt, or its failure
  unsigned status = 0;                // fails as a server that answers with this status; 0: as the target itself fails
  Millis retry_after{0};
  bool permanent = false;  // of a failure without a status
  std::string error_code;  // "" for the target's own
  std::string message;
};

struct Fault {
  std::int64_t id = 0;
  FaultSpec spec;
  std::int64_t touched = 0;
};

// In memory only: a restart ends all faults. Thread-safe; a leaf lock, held for no call.
class Faults {
 public:
  Fault add(FaultSpec spec);
  std::vector<Fault> list() const;
  // Those of that id; of that target, as it was given; all. How many went.
  std::size_t remove(std::int64_t id);
  std::size_t remove(std::string_view target);
  std::size_t clear();

  // The fault that touches this attempt, the oldest that can: counted, and gone when its count is used up. Without
  // may_wait, faults with a latency are left for another attempt.
  std::optional<Fault> take(const EndpointSpec& endpoint, bool may_wait);
  // A fault with a latency may touch the endpoint's next attempt.
  bool may_slow(const EndpointSpec& endpoint) const;

  // Whether a fault for this target touches the endpoint: its ARN, the target's or function's name, its topic or
  // address.
  static bool matches(const std::string& target, const EndpointSpec& endpoint);

 private:
  struct Entry {
    Fault fault;
    std::unique_ptr<SeededRandom> dice;
  };
  struct State {
    std::int64_t last_id = 0;
    std::vector<Entry> entries;  // oldest first
  };
  Guarded<State> state_;
};

}  // namespace waybill::delivery
