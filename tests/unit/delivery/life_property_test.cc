// Whatever happens in whatever order, a delivery ends exactly once.
#include <cstdlib>

#include <doctest/doctest.h>

#include "base/log.h"
#include "life_world.h"

using waybill::testing::LifeWorld;

namespace {

// WAYBILL_LIFE_SEED: one seed only, to look at what failed.
std::pair<std::uint64_t, std::uint64_t> seeds() {
  if (const char* seed = std::getenv("WAYBILL_LIFE_SEED")) {
    const std::uint64_t only = std::strtoull(seed, nullptr, 10);
    return {only, only + 1};
  }
  return {1, 3'001};
}

}  // namespace

TEST_CASE("deliveries end exactly once, through failures, timeouts, conflicts, crashes, resets and clock jumps") {
  const auto level = spdlog::get_level();
  spdlog::set_level(spdlog::level::off);
  const auto [first, last] = seeds();
  for (std::uint64_t seed = first; seed < last; ++seed) {
    LifeWorld world(seed);
    for (int i = 0; i < 40 && world.error().empty(); ++i) world.step();
    if (world.error().empty()) world.finish();
    if (world.error().empty()) continue;
    FAIL_CHECK("seed ", seed, ": ", world.error(), world.story(), "\nagain: WAYBILL_LIFE_SEED=", seed);
    spdlog::set_level(level);
    return;
  }
  spdlog::set_level(level);
  if (last - first == 1) return;
  for (const char* what :
       {"failed", "failed for good", "hangs", "stale read", "condition failed", "postponed", "joint", "succeeded",
        "throws", "route throws", "full disk", "crash", "reset", "jump", "ended with dead letters"}) {
    INFO(std::string(what));
    CHECK(LifeWorld::tally()[what] > 100);
  }
}
