#include <random>

#include <doctest/doctest.h>

#include "support/failing_engine.h"
#include "unit/store/unit_oracle.h"

namespace waybill::testing {

namespace {

// Units over so few keys that they meet one another all the time.
class RandomUnits {
 public:
  explicit RandomUnits(std::uint64_t seed) : random_(seed) {}

  int below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random_); }

  Changes unit(int depth = 0) {
    Changes changes;
    for (int i = below(4); i >= 0; --i) changes.list.push_back(change(depth));
    return changes;
  }

 private:
  Change change(int depth) {
    switch (below(10)) {
      case 0:
      case 1:
      case 2: return put(depth);
      case 3: return with_consequence(delete_item(pk(), condition()), depth);
      case 4: return check_item(pk(), version());
      case 5: return InsertDelivery{Delivery{key(), PayloadId{1}, 0, 0, {}, ""}};
      case 6: return FinishDelivery{fence()};
      case 7: return RescheduleDelivery{fence(), from_millis(10 + below(3)), "failed"};
      case 8: return put_setting("setting-" + std::to_string(below(3)), std::to_string(below(1'000)));
      default: return below(8) == 0 ? Change(ResetAll{}) : Change(put(depth));
    }
  }
  PutItem put(int depth) {
    PutItem put = put_item(pk(), std::to_string(below(1'000)), condition());
    if (below(500) == 0) put.row.body.assign(kMaxItemBytes, 'x');
    if (below(60) == 0) put.table = TableId{77};
    return with_consequence(std::move(put), depth);
  }
  template <class ItemChange>
  ItemChange with_consequence(ItemChange change, int depth) {
    switch (below(3)) {
      case 0: return or_skip(std::move(change));
      case 1:
        if (depth < 3) return or_else(std::move(change), unit(depth + 1));
        break;
      default: break;
    }
    return change;
  }
  ItemCondition condition() {
    ItemCondition condition;
    condition.existence = std::vector{Existence::any, Existence::absent, Existence::present}.at(below(3));
    if (below(4) == 0) condition.version = version();
    return condition;
  }
  // "Not there", or one that some write may have had.
  std::int64_t version() { return below(2) == 0 ? 0 : below(12); }
  std::string pk() { return std::string(1, static_cast<char>('a' + below(3))); }
  DeliveryKey key() { return key_of(1 + below(3), 10 + below(2)); }
  DeliveryFence fence() { return {key(), below(2), 1 + (below(4) == 0 ? 1 : 0)}; }

  std::mt19937_64 random_;
};

struct Answered {
  std::size_t unit;
  Applied applied;
};

// What the units of one seed were told, in the order in which they were told it.
std::vector<Answered> run(std::unique_ptr<Engine> engine, const std::vector<Changes>& all, RandomUnits& random) {
  std::vector<Answered> told;
  JournalProbe probe;
  Journal journal(std::move(engine), {}, probe, nullptr);
  std::vector<Journal::Unit> batch;
  for (std::size_t i = 0; i < all.size(); ++i) {
    batch.push_back({all[i], [&told, i](Applied applied) { told.push_back({i, std::move(applied)}); }});
    if (random.below(6) == 0) journal.submit_many(Lane::internal, std::exchange(batch, {}));
  }
  journal.submit_many(Lane::internal, std::move(batch));
  journal.stop();
  return told;
}

// Plays what was told against the oracle, and answers how the state must be now.
Truth replay(const std::vector<Changes>& all, const std::vector<Answered>& told, bool disk_may_be_full) {
  Truth truth;
  REQUIRE(told.size() == all.size());
  for (std::size_t i = 0; i < told.size(); ++i) {
    CAPTURE(i);
    const auto& [unit, applied] = told[i];
    CHECK(unit == i);  // in order of submission
    if (disk_may_be_full && !applied && applied.error().reason == Refusal::Reason::unavailable) continue;
    UnitOracle oracle(truth);
    const Verdict verdict = oracle.apply(all[unit]);
    REQUIRE(applied.has_value() == !verdict.refused.has_value());
    if (!applied) {
      CHECK(applied.error().reason == *verdict.refused);
      CHECK_FALSE(applied.error().message.empty());
      continue;
    }
    std::vector<std::string> results;
    for (const auto& result : *applied) results.push_back(word_for(result));
    CHECK(results == verdict.results);
    truth = oracle.truth();
  }
  return truth;
}

Truth stored(const ModelState& state) {
  Truth truth;
  for (const auto& [key, row] : state.tables.at(kTable).rows) truth.items[key.first] = {row.version, row.body};
  for (const auto& [key, delivery] : state.deliveries) truth.deliveries[key] = delivery.attempts;
  truth.settings = state.settings;
  truth.generation = state.generation;
  truth.last_version = state.last_version;
  return truth;
}

std::shared_ptr<ModelDisk> disk_with_table() {
  auto disk = std::make_shared<ModelDisk>();
  ModelState state;
  state.tables[kTable] = {make_table().spec, {}};
  disk->set(std::make_shared<const ModelState>(state));
  return disk;
}

std::vector<Changes> random_units(RandomUnits& random) {
  std::vector<Changes> all;
  for (int i = 0; i < 25; ++i) all.push_back(random.unit());
  return all;
}

}  // namespace

TEST_CASE("random units do what the oracle says, and refused ones leave no trace") {
  for (std::uint64_t seed = 1; seed <= 1'500; ++seed) {
    CAPTURE(seed);
    RandomUnits random(seed);
    const auto all = random_units(random);
    const auto disk = disk_with_table();
    const auto told = run(std::make_unique<ModelEngine>(disk), all, random);
    const Truth truth = replay(all, told, false);
    REQUIRE(stored(*disk->state()) == truth);
  }
}

TEST_CASE("on a disk that is full now and then, what was told is what is stored") {
  const QuietLog quiet;
  int unavailable = 0;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    CAPTURE(seed);
    RandomUnits random(seed);
    const auto all = random_units(random);
    const auto disk = disk_with_table();
    const auto plan = std::make_shared<FailurePlan>();
    plan->fail_at = 4 + random.below(100);
    plan->kind = random.below(2) == 0 ? FailurePlan::Kind::disk_full : FailurePlan::Kind::stays_full;
    const auto told = run(make_failing_engine(std::make_unique<ModelEngine>(disk), plan), all, random);
    const Truth truth = replay(all, told, true);
    REQUIRE(stored(*disk->state()) == truth);
    unavailable += static_cast<int>(std::count_if(told.begin(), told.end(), [](const Answered& one) {
      return !one.applied && one.applied.error().reason == Refusal::Reason::unavailable;
    }));
  }
  CHECK(unavailable > 500);  // the failures do hit
}

}  // namespace waybill::testing
