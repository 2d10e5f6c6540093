#include "support/engine_conformance.h"

#include "support/conformance_rows.h"

namespace waybill::testing {

namespace {

void put_setting(store::Engine& engine, const std::string& value) {
  WAYBILL_REQUIRE_OK(engine.catalog().put_setting("name", value));
}

std::string setting(store::Reader& reader) { return value_of(reader.setting("name")).value_or("(none)"); }

void committed_is_there_when_opened_again(EngineHarness& store) {
  in_transaction(store.engine(), [&] { put_setting(store.engine(), "one"); });
  CHECK(setting(*store.reader()) == "one");
  store.reopen();
  CHECK(setting(*store.reader()) == "one");
  in_transaction(store.engine(), [&] { put_setting(store.engine(), "two"); });
  CHECK(setting(*store.reader()) == "two");
}

void uncommitted_is_seen_by_nobody(EngineHarness& store) {
  WAYBILL_REQUIRE_OK(store.engine().begin(store::Durability::synced));
  put_setting(store.engine(), "one");
  CHECK(setting(*store.reader()) == "(none)");
  store.reopen();
  CHECK(setting(*store.reader()) == "(none)");
}

void rollback_takes_everything_back(EngineHarness& store) {
  in_transaction(store.engine(), [&] { put_setting(store.engine(), "before"); });
  WAYBILL_REQUIRE_OK(store.engine().begin(store::Durability::synced));
  put_setting(store.engine(), "during");
  WAYBILL_REQUIRE_OK(store.engine().items().put_table(table_spec(1)));
  store.engine().rollback();
  CHECK(setting(*store.reader()) == "before");
  CHECK_FALSE(store.engine().items().has_table(TableId{1}));
  CHECK(store.engine().tables().empty());
  in_transaction(store.engine(), [&] { put_setting(store.engine(), "after"); });
  CHECK(setting(*store.reader()) == "after");
}

void empty_transactions_commit(EngineHarness& store) {
  in_transaction(store.engine(), [] {});
  in_transaction(store.engine(), [] {});
  WAYBILL_REQUIRE_OK(store.engine().begin(store::Durability::synced));
  store.engine().rollback();
  in_transaction(store.engine(), [] {});
}

void rollback_to_a_savepoint_ends_it_and_keeps_the_rest(EngineHarness& store) {
  store::Engine& engine = store.engine();
  in_transaction(engine, [&] {
    put_setting(engine, "before");
    for (int round = 0; round < 3; ++round) {
      WAYBILL_REQUIRE_OK(engine.savepoint());
      put_setting(engine, "during");
      WAYBILL_REQUIRE_OK(engine.items().put_table(table_spec(1)));
      WAYBILL_REQUIRE_OK(engine.rollback_to_savepoint());
      CHECK_FALSE(engine.items().has_table(TableId{1}));
    }
    WAYBILL_REQUIRE_OK(engine.savepoint());
    WAYBILL_REQUIRE_OK(engine.catalog().put_setting("other", "kept"));
    WAYBILL_REQUIRE_OK(engine.release_savepoint());
  });
  const auto reader = store.reader();
  CHECK(setting(*reader) == "before");
  CHECK(value_of(reader->setting("other")) == "kept");
}

void rollback_takes_back_what_a_released_savepoint_held(EngineHarness& store) {
  WAYBILL_REQUIRE_OK(store.engine().begin(store::Durability::synced));
  WAYBILL_REQUIRE_OK(store.engine().savepoint());
  put_setting(store.engine(), "during");
  WAYBILL_REQUIRE_OK(store.engine().release_savepoint());
  store.engine().rollback();
  CHECK(setting(*store.reader()) == "(none)");
  WAYBILL_REQUIRE_OK(store.engine().begin(store::Durability::synced));
  WAYBILL_REQUIRE_OK(store.engine().savepoint());
  store.engine().rollback();  // an open savepoint goes with its transaction
  in_transaction(store.engine(), [&] {
    WAYBILL_REQUIRE_OK(store.engine().savepoint());
    WAYBILL_REQUIRE_OK(store.engine().release_savepoint());
  });
}

void every_read_is_a_snapshot_of_its_own(EngineHarness& store) {
  const auto reader = store.reader();
  CHECK(setting(*reader) == "(none)");
  in_transaction(store.engine(), [&] { put_setting(store.engine(), "one"); });
  CHECK(setting(*reader) == "one");
  in_transaction(store.engine(), [&] { put_setting(store.engine(), "two"); });
  CHECK(setting(*reader) == "two");
}

void generation_is_stored_with_the_data(EngineHarness& store) {
  const std::int64_t first = value_of(store.engine().generation());
  in_transaction(store.engine(), [&] { WAYBILL_REQUIRE_OK(store.engine().set_generation(first + 1)); });
  CHECK(value_of(store.engine().generation()) == first + 1);
  WAYBILL_REQUIRE_OK(store.engine().begin(store::Durability::synced));
  WAYBILL_REQUIRE_OK(store.engine().set_generation(first + 2));
  store.engine().rollback();
  CHECK(value_of(store.engine().generation()) == first + 1);
  in_transaction(store.engine(), [&] {
    WAYBILL_REQUIRE_OK(store.engine().savepoint());
    WAYBILL_REQUIRE_OK(store.engine().set_generation(first + 3));
    WAYBILL_REQUIRE_OK(store.engine().rollback_to_savepoint());
  });
  CHECK(value_of(store.engine().generation()) == first + 1);
  store.reopen();
  CHECK(value_of(store.engine().generation()) == first + 1);
}

// A bound: an engine may answer more than the highest number it holds, never less.
void highest_sequence_covers_all_that_carries_a_number(EngineHarness& store) {
  CHECK(value_of(store.engine().highest_sequence()) >= 0);
  in_transaction(store.engine(), [&] { WAYBILL_REQUIRE_OK(store.engine().payloads().insert(payload_row(10))); });
  CHECK(value_of(store.engine().highest_sequence()) >= 10);
  in_transaction(store.engine(), [&] {
    WAYBILL_REQUIRE_OK(store.engine().deliveries().insert(delivery_row(delivery_key(9, 1, 3'000'000))));
    WAYBILL_REQUIRE_OK(store.engine().deliveries().insert(delivery_row(delivery_key(1, 99, 20))));
  });
  CHECK(value_of(store.engine().highest_sequence()) >= 3'000'000);
  in_transaction(store.engine(),
                 [&] { WAYBILL_REQUIRE_OK(store.engine().dead_letters().insert(letter_row(4'000'000))); });
  store.reopen();
  CHECK(value_of(store.engine().highest_sequence()) >= 4'000'000);
}

void clear_data_keeps_the_catalog_and_the_items(EngineHarness& store) {
  store::Engine& engine = store.engine();
  const Resource resource{{"000000000000", "us-east-1", "AWS::Events::Rule", "rule"}, "", "{}"};
  in_transaction(engine, [&] {
    WAYBILL_REQUIRE_OK(engine.payloads().insert(payload_row(1)));
    WAYBILL_REQUIRE_OK(engine.catalog().put_endpoint(EndpointId{4}, "endpoint"));
    WAYBILL_REQUIRE_OK(engine.deliveries().insert(delivery_row(delivery_key(4, 5, 2))));
    WAYBILL_REQUIRE_OK(engine.dead_letters().insert(letter_row(3)));
    WAYBILL_REQUIRE_OK(engine.history().append(history_line(7)));
    WAYBILL_REQUIRE_OK(engine.items().put_table(table_spec(1)));
    WAYBILL_REQUIRE_OK(engine.items().put(TableId{1}, item_row("p", "s")));
    WAYBILL_REQUIRE_OK(engine.catalog().put(resource));
    put_setting(engine, "kept");
  });
  in_transaction(engine, [&] { WAYBILL_REQUIRE_OK(engine.clear_data()); });
  const auto reader = store.reader();
  CHECK(value_of(reader->payloads({PayloadId{1}})).at(0) == nullptr);
  CHECK_FALSE(value_of(reader->next_delivery(delivery_key(4, 0, 0))).has_value());
  CHECK(value_of(reader->count_dead_letters()) == 0);
  CHECK(value_of(reader->history(10)).empty());
  CHECK(value_of(reader->count_items(TableId{1})) == 1);
  CHECK(value_of(reader->resources()).size() == 1);
  CHECK(value_of(reader->endpoints()).at(0).pending == 0);
  CHECK(setting(*reader) == "kept");
}

void a_checkpoint_shortens_the_log_and_loses_nothing(EngineHarness& store) {
  in_transaction(store.engine(), [&] { put_setting(store.engine(), "one"); });
  const std::int64_t before = store.engine().wal_bytes();
  CHECK(before > 0);
  WAYBILL_REQUIRE_OK(store.engine().checkpoint());
  CHECK(store.engine().wal_bytes() < before);
  CHECK(setting(*store.reader()) == "one");
  store.reopen();
  CHECK(setting(*store.reader()) == "one");
}

void a_change_that_is_wrong_does_not_poison(EngineHarness& store) {
  CHECK_FALSE(store.engine().poisons(invalid("")));
  CHECK_FALSE(store.engine().poisons(Error{ErrorCode::conflict, ""}));
  CHECK_FALSE(store.engine().poisons(Error{ErrorCode::unavailable, "the disk is full"}));
  CHECK(store.engine().poisons(Error{ErrorCode::io, "a sync failed"}));
}

}  // namespace

std::vector<ConformanceCheck> transaction_checks() {
  return {
      {"what is committed is there when opened again", committed_is_there_when_opened_again},
      {"what is not committed is seen by nobody", uncommitted_is_seen_by_nobody},
      {"rollback takes everything back", rollback_takes_everything_back},
      {"empty transactions commit", empty_transactions_commit},
      {"rollback to a savepoint ends it and keeps the rest", rollback_to_a_savepoint_ends_it_and_keeps_the_rest},
      {"rollback takes back what a released savepoint held", rollback_takes_back_what_a_released_savepoint_held},
      {"every read is a snapshot of its own", every_read_is_a_snapshot_of_its_own},
      {"the generation is stored with the data", generation_is_stored_with_the_data},
      {"the highest sequence covers all that carries a number", highest_sequence_covers_all_that_carries_a_number},
      {"clear_data keeps the catalog and the items", clear_data_keeps_the_catalog_and_the_items},
      {"a checkpoint shortens the log and loses nothing", a_checkpoint_shortens_the_log_and_loses_nothing},
      {"a change that is wrong does not poison", a_change_that_is_wrong_does_not_poison},
  };
}

void check_engine_conformance(const std::function<std::unique_ptr<EngineHarness>()>& make) {
  for (const auto& part : {transaction_checks(), delivery_checks(), item_checks(), query_checks(), catalog_checks(),
                           archive_checks(), message_checks(), group_checks()}) {
    for (const ConformanceCheck& check : part) {
      SUBCASE(check.name) {
        const auto store = make();
        check.run(*store);
      }
    }
  }
}

}  // namespace waybill::testing
