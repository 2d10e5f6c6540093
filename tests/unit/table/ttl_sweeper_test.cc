#include "table/ttl_sweeper.h"

#include <doctest/doctest.h>

#include "sample_tables.h"
#include "support/model_engine.h"
#include "table/item_codec.h"

namespace waybill::table {
namespace {

TEST_CASE("one change for each table with a TTL attribute") {
  const TableCatalog catalog({testing::shipments(), testing::blobs()});
  const auto sweeps = plan_ttl_sweep(catalog, from_millis(1'700'000'000'999), 50);
  REQUIRE(sweeps.size() == 1);
  CHECK(sweeps[0].table == TableId{7});
  CHECK(sweeps[0].now_seconds == 1'700'000'000);
  CHECK(sweeps[0].limit == 50);
  CHECK(plan_ttl_sweep(TableCatalog(), WallTime()).empty());
}

TEST_CASE("repeated while the answer is full, until every expired item is gone and no other is") {
  const TableSpec table = testing::shipments();
  const std::int64_t now = 1'700'000'000;
  waybill::testing::ModelEngine engine(std::make_shared<waybill::testing::ModelDisk>());
  REQUIRE(engine.begin(store::Durability::synced).has_value());
  REQUIRE(engine.items().put_table(table).has_value());
  const auto put = [&](int id, nlohmann::json ttl) {
    const nlohmann::json item = {{"event_id", "e"}, {"timestamp", id}, {"ttl", std::move(ttl)}};
    REQUIRE(engine.items().put(table.id, *encode_item(table, item, from_millis(now * 1000))).has_value());
  };
  for (int i = 0; i < 25; ++i) put(i, now - 1 - i);
  put(100, now + 60);
  put(101, "never");
  put(102, now - kMaxTtlAgeSeconds - 1);

  int asked = 0;
  std::int64_t removed = 0;
  for (auto sweep : plan_ttl_sweep(TableCatalog({table}), from_millis(now * 1000), 10)) {
    std::optional<store::SweepExpiredItems> next = sweep;
    while (next && asked < 100) {
      const auto rows = engine.items().sweep_expired(next->table, next->now_seconds, next->limit);
      REQUIRE(rows.has_value());
      ++asked;
      removed += *rows;
      next = next_ttl_sweep(*next, {*rows, {}});
    }
  }
  CHECK(removed == 25);
  CHECK(asked == 3);
  for (const int id : {100, 101, 102}) {
    const auto key = encode_item_key(table, {{"event_id", "e"}, {"timestamp", id}});
    CHECK(*engine.items().version(table.id, key->pk, key->sk) != 0);
  }
}

}  // namespace
}  // namespace waybill::table
