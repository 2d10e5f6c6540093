// Readers match while rules come and go: run under ThreadSanitizer, this shows that they share nothing that changes.
#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "pattern/engine/rule_set.h"

namespace waybill::pattern {
namespace {

// Rule i wants x<i> at "a", and is in the set or not; rule 1000 always is.
Pattern wanting(RuleId id) {
  return *Pattern::parse(R"({"a":["x)" + std::to_string(id) + R"("],"b":[{"exists":true}]})");
}

constexpr RuleId kAlways = 1'000;

}  // namespace

TEST_CASE("matching goes on while rules are added and removed") {
  RuleSet rules;
  rules.add(kAlways, wanting(kAlways));
  std::shared_ptr<const RuleMatcher> current = rules.snapshot();
  std::mutex mutex;
  std::atomic<bool> is_done = false;
  std::atomic<int> wrong = 0;
  const auto read = [&] {
    Scratch scratch;
    std::vector<RuleId> matching;
    for (RuleId id = 0; !is_done; id = (id + 1) % 300) {
      std::shared_ptr<const RuleMatcher> matcher;
      {
        const std::lock_guard lock(mutex);
        matcher = current;
      }
      const std::string event = R"({"a":["x1000","x)" + std::to_string(id) + R"("],"b":1})";
      if (!matcher->match(event, scratch, matching)) ++wrong;
      bool has_always = false;
      for (const RuleId one : matching) {
        has_always |= one == kAlways;
        if (one != kAlways && one != id) ++wrong;
      }
      if (!has_always) ++wrong;
    }
  };
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) readers.emplace_back(read);
  for (int round = 0; round < 2'000; ++round) {
    const auto id = static_cast<RuleId>((round * 7) % 300);
    if (!rules.remove(id)) rules.add(id, wanting(id));
    auto next = rules.snapshot();
    const std::lock_guard lock(mutex);
    current = std::move(next);
  }
  is_done = true;
  for (std::thread& reader : readers) reader.join();
  CHECK(wrong == 0);
}

}  // namespace waybill::pattern
