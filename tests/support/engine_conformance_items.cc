#include "support/conformance_rows.h"

namespace waybill::testing {

namespace {

constexpr TableId kTable{1};

void make_table(EngineHarness& store, std::size_t indexes = 0) {
  in_transaction(store.engine(),
                 [&] { WAYBILL_REQUIRE_OK(store.engine().items().put_table(table_spec(kTable.value, indexes))); });
}

// What was asked for is refused as the caller's mistake.
template <class T>
void check_refused(const Result<T>& result, ErrorCode code) {
  REQUIRE(result.has_error());
  CHECK(result.error().code == code);
  CHECK_FALSE(result.error().message.empty());
}

void an_item_has_the_version_of_its_last_write(EngineHarness& store) {
  make_table(store);
  auto& items = store.engine().items();
  std::int64_t last = 0;
  in_transaction(store.engine(), [&] {
    CHECK(value_of(items.version(kTable, "p", "s")) == 0);
    const std::int64_t first = value_of(items.put(kTable, item_row("p", "s", "one")));
    CHECK(first > 0);
    CHECK(value_of(items.version(kTable, "p", "s")) == first);
    last = value_of(items.put(kTable, item_row("p", "s", "two")));
    CHECK(last > first);
    CHECK(value_of(items.version(kTable, "p", "s")) == last);
    CHECK(value_of(items.version(kTable, "p", "")) == 0);
    CHECK(value_of(items.version(kTable, "p", "t")) == 0);
  });
  const auto row = value_of(store.reader()->get_item(kTable, "p", "s"));
  REQUIRE(row.has_value());
  CHECK(row->pk == "p");
  CHECK(row->sk == "s");
  CHECK(row->body == "two");
  CHECK(row->version == last);
  CHECK_FALSE(row->expires_at.has_value());
  CHECK_FALSE(value_of(store.reader()->get_item(kTable, "p", "t")).has_value());
}

void the_version_in_a_row_to_write_does_not_count(EngineHarness& store) {
  make_table(store);
  store::ItemRow row = item_row("p", "s");
  row.version = 4'000'000'000'000'000'000;
  std::int64_t version = 0;
  in_transaction(store.engine(), [&] { version = value_of(store.engine().items().put(kTable, row)); });
  CHECK(version < row.version);
  CHECK(value_of(store.reader()->get_item(kTable, "p", "s"))->version == version);
}

void a_version_never_comes_twice(EngineHarness& store) {
  make_table(store);
  in_transaction(store.engine(), [&] { WAYBILL_REQUIRE_OK(store.engine().items().put_table(table_spec(2))); });
  std::int64_t highest = 0;
  const auto check_newer = [&](std::int64_t version) {
    CHECK(version > highest);
    highest = version;
  };
  for (int start = 0; start < 3; ++start) {
    auto& items = store.engine().items();
    in_transaction(store.engine(), [&] {
      check_newer(value_of(items.insert(kTable, item_row("p", "s"))));
      check_newer(value_of(items.put(kTable, item_row("p", "s"))));
      CHECK(value_of(items.remove(kTable, "p", "s")));
      check_newer(value_of(items.insert(kTable, item_row("p", "s"))));
      check_newer(value_of(items.put(TableId{2}, item_row("p", "s"))));  // tables share the numbers
      WAYBILL_REQUIRE_OK(items.clear_table(TableId{2}));
      // With the ids of others between them.
      WAYBILL_REQUIRE_OK(store.engine().payloads().insert(payload_row(100 + highest)));
      check_newer(value_of(items.put(kTable, item_row("q", "s"))));
      CHECK(value_of(items.remove(kTable, "p", "s")));  // nothing left that had the highest
      CHECK(value_of(items.remove(kTable, "q", "s")));
    });
    in_transaction(store.engine(), [&] { WAYBILL_REQUIRE_OK(store.engine().clear_data()); });
    store.reopen();
  }
}

void insert_never_replaces(EngineHarness& store) {
  make_table(store, 1);
  auto& items = store.engine().items();
  in_transaction(store.engine(), [&] {
    const auto version = value_of(items.insert(kTable, indexed_row("p", "s", "open", "1")));
    CHECK(version > 0);
    CHECK(value_of(items.insert(kTable, indexed_row("p", "s", "closed", "2"))) == 0);
    CHECK(value_of(items.version(kTable, "p", "s")) == version);
  });
  store::ItemQuery query;
  query.table = kTable;
  query.index = 0;
  query.pk = "open";
  CHECK(keys_of(value_of(store.reader()->query(query))) == Strings{"p/s"});
  query.pk = "closed";
  CHECK(keys_of(value_of(store.reader()->query(query))).empty());
}

void removed_items_are_gone(EngineHarness& store) {
  make_table(store);
  auto& items = store.engine().items();
  in_transaction(store.engine(), [&] {
    CHECK_FALSE(value_of(items.remove(kTable, "p", "s")));
    WAYBILL_REQUIRE_OK(items.put(kTable, item_row("p", "s")));
    CHECK(value_of(items.remove(kTable, "p", "s")));
    CHECK(value_of(items.version(kTable, "p", "s")) == 0);
  });
  CHECK(value_of(store.reader()->count_items(kTable)) == 0);
  in_transaction(store.engine(), [&] { CHECK(value_of(items.insert(kTable, item_row("p", "s"))) > 0); });
}

void keys_are_bytes_and_bodies_are_text(EngineHarness& store) {
  make_table(store);
  const std::string zero("\0", 1);
  const std::string key = std::string("a\0b\xff\xfe", 5);
  const std::string body = "{\"name\":{\"S\":\"caf\xc3\xa9 ' \\\" \\u0000\"}}";
  in_transaction(store.engine(), [&] {
    WAYBILL_REQUIRE_OK(store.engine().items().put(kTable, item_row(key, zero, body)));
    WAYBILL_REQUIRE_OK(store.engine().items().put(kTable, item_row(key, "", "empty sort key")));
    WAYBILL_REQUIRE_OK(store.engine().items().put(kTable, item_row("a", zero, "short")));
  });
  CHECK(value_of(store.reader()->get_item(kTable, key, zero))->body == body);
  CHECK(value_of(store.reader()->get_item(kTable, key, zero))->pk == key);
  CHECK(value_of(store.reader()->get_item(kTable, key, ""))->body == "empty sort key");
  CHECK(value_of(store.reader()->get_item(kTable, "a", zero))->body == "short");
  CHECK(value_of(store.reader()->count_items(kTable)) == 3);
}

void tables_do_not_see_one_another(EngineHarness& store) {
  auto& items = store.engine().items();
  in_transaction(store.engine(), [&] {
    WAYBILL_REQUIRE_OK(items.put_table(table_spec(1)));
    WAYBILL_REQUIRE_OK(items.put_table(table_spec(2, 1)));
    WAYBILL_REQUIRE_OK(items.put(TableId{1}, item_row("p", "s", "first")));
    WAYBILL_REQUIRE_OK(items.put(TableId{2}, indexed_row("p", "s", "i", "1")));
    WAYBILL_REQUIRE_OK(items.clear_table(TableId{1}));
  });
  CHECK(value_of(store.reader()->count_items(TableId{1})) == 0);
  CHECK(value_of(store.reader()->count_items(TableId{2})) == 1);
}

void specs_come_back_as_they_went_in(EngineHarness& store) {
  TableSpec full = table_spec(7, 2);
  full.ttl_attribute = "expires";
  full.indexes[1].key.sort.reset();
  TableSpec plain = table_spec(3);
  plain.key.sort.reset();
  plain.key.partition.type = KeyType::binary;
  in_transaction(store.engine(), [&] {
    WAYBILL_REQUIRE_OK(store.engine().items().put_table(full));
    WAYBILL_REQUIRE_OK(store.engine().items().put_table(plain));
    CHECK(store.engine().items().has_table(TableId{7}));
  });
  CHECK(value_of(store.reader()->tables()) == std::vector<TableSpec>{plain, full});
  store.reopen();
  CHECK(value_of(store.reader()->tables()) == std::vector<TableSpec>{plain, full});
  CHECK(store.engine().items().has_table(TableId{7}));
  CHECK_FALSE(store.engine().items().has_table(TableId{1}));
  CHECK(store.engine().tables() == std::vector<TableId>{TableId{3}, TableId{7}});
}

void an_empty_table_may_change_its_indexes(EngineHarness& store) {
  make_table(store, 0);
  auto& items = store.engine().items();
  in_transaction(store.engine(), [&] {
    WAYBILL_REQUIRE_OK(items.put_table(table_spec(1, 2)));
    WAYBILL_REQUIRE_OK(items.put_table(table_spec(1, 1)));
    WAYBILL_REQUIRE_OK(items.put(kTable, indexed_row("p", "s", "open", "1")));
  });
  store::ItemQuery query;
  query.table = kTable;
  query.index = 0;
  query.pk = "open";
  CHECK(keys_of(value_of(store.reader()->query(query))) == Strings{"p/s"});
  CHECK(value_of(store.reader()->tables()) == std::vector<TableSpec>{table_spec(1, 1)});
}

// The store does not look into bodies, so it could not fill a new index.
void a_filled_table_keeps_its_keys_and_indexes(EngineHarness& store) {
  make_table(store, 1);
  auto& items = store.engine().items();
  in_transaction(store.engine(), [&] {
    WAYBILL_REQUIRE_OK(items.put(kTable, indexed_row("p", "s", "open", "1")));
    check_refused(items.put_table(table_spec(1, 2)), ErrorCode::invalid);
    check_refused(items.put_table(table_spec(1, 0)), ErrorCode::invalid);
    TableSpec other_key = table_spec(1, 1);
    other_key.key.sort.reset();
    check_refused(items.put_table(other_key), ErrorCode::invalid);
    TableSpec other_names = table_spec(1, 1);
    other_names.ttl_attribute = "expires";
    other_names.arn = "arn:other";
    WAYBILL_REQUIRE_OK(items.put_table(other_names));
  });
  TableSpec expected = table_spec(1, 1);
  expected.ttl_attribute = "expires";
  expected.arn = "arn:other";
  CHECK(value_of(store.reader()->tables()) == std::vector<TableSpec>{expected});
  CHECK(value_of(store.reader()->count_items(kTable)) == 1);
  in_transaction(store.engine(), [&] {
    WAYBILL_REQUIRE_OK(items.clear_table(kTable));
    WAYBILL_REQUIRE_OK(items.put_table(table_spec(1, 2)));
  });
}

void a_row_has_one_key_for_each_index(EngineHarness& store) {
  make_table(store, 1);
  auto& items = store.engine().items();
  in_transaction(store.engine(), [&] {
    check_refused(items.put(kTable, item_row("p", "s")), ErrorCode::invalid);
    check_refused(items.insert(kTable, item_row("p", "s")), ErrorCode::invalid);
    store::ItemRow two = indexed_row("p", "s", "open", "1");
    two.index_keys.emplace_back();
    check_refused(items.put(kTable, two), ErrorCode::invalid);
  });
  CHECK(value_of(store.reader()->count_items(kTable)) == 0);
}

void dropped_tables_are_gone_with_their_items(EngineHarness& store) {
  make_table(store, 1);
  auto& items = store.engine().items();
  in_transaction(store.engine(), [&] {
    WAYBILL_REQUIRE_OK(items.put(kTable, indexed_row("p", "s", "open", "1")));
    WAYBILL_REQUIRE_OK(items.drop_table(kTable));
    CHECK_FALSE(items.has_table(kTable));
    WAYBILL_REQUIRE_OK(items.drop_table(kTable));  // no effect
  });
  CHECK(value_of(store.reader()->tables()).empty());
  CHECK(store.engine().tables().empty());
  make_table(store, 0);
  CHECK(value_of(store.reader()->count_items(kTable)) == 0);
}

void a_table_that_is_not_there_is_not_found(EngineHarness& store) {
  auto& items = store.engine().items();
  in_transaction(store.engine(), [&] {
    check_refused(items.put(kTable, item_row("p", "s")), ErrorCode::not_found);
    check_refused(items.insert(kTable, item_row("p", "s")), ErrorCode::not_found);
    check_refused(items.remove(kTable, "p", "s"), ErrorCode::not_found);
    check_refused(items.version(kTable, "p", "s"), ErrorCode::not_found);
    check_refused(items.clear_table(kTable), ErrorCode::not_found);
    check_refused(items.sweep_expired(kTable, 1, 1), ErrorCode::not_found);
  });
  const auto reader = store.reader();
  check_refused(reader->get_item(kTable, "p", "s"), ErrorCode::not_found);
  check_refused(reader->count_items(kTable), ErrorCode::not_found);
  check_refused(reader->first_expiry(kTable), ErrorCode::not_found);
  check_refused(reader->scan(kTable, 1, std::nullopt), ErrorCode::not_found);
  store::ItemQuery query;
  query.table = kTable;
  check_refused(reader->query(query), ErrorCode::not_found);
  make_table(store, 1);
  query.index = 1;
  check_refused(reader->query(query), ErrorCode::invalid);
}

void expired_items_go_oldest_first(EngineHarness& store) {
  make_table(store, 1);
  auto& items = store.engine().items();
  const auto put = [&](const std::string& sk, std::optional<std::int64_t> expires_at) {
    store::ItemRow row = indexed_row("p", sk, "open", sk);
    row.expires_at = expires_at;
    WAYBILL_REQUIRE_OK(items.put(kTable, row));
  };
  CHECK_FALSE(value_of(store.reader()->first_expiry(kTable)).has_value());
  in_transaction(store.engine(), [&] {
    put("a", 300);
    put("b", 100);
    put("c", 200);
    put("d", std::nullopt);
    put("e", 201);
    CHECK(value_of(items.sweep_expired(kTable, 200, 1)) == 1);
  });
  CHECK(keys_of(value_of(store.reader()->scan(kTable, 10, std::nullopt))) == Strings{"p/a", "p/c", "p/d", "p/e"});
  CHECK(value_of(store.reader()->get_item(kTable, "p", "a"))->expires_at == 300);
  CHECK(value_of(store.reader()->first_expiry(kTable)) == 200);
  in_transaction(store.engine(), [&] {
    CHECK(value_of(items.sweep_expired(kTable, 200, 10)) == 1);  // an item expires at its second
    CHECK(value_of(items.sweep_expired(kTable, 200, 10)) == 0);
    put("a", std::nullopt);  // has no end any more
    CHECK(value_of(items.sweep_expired(kTable, 1'000, 10)) == 1);
  });
  CHECK(keys_of(value_of(store.reader()->scan(kTable, 10, std::nullopt))) == Strings{"p/a", "p/d"});
  store::ItemQuery query;
  query.table = kTable;
  query.index = 0;
  query.pk = "open";
  CHECK(keys_of(value_of(store.reader()->query(query))) == Strings{"p/a", "p/d"});
}

}  // namespace

std::vector<ConformanceCheck> item_checks() {
  return {
      {"an item has the version of its last write", an_item_has_the_version_of_its_last_write},
      {"a version never comes twice", a_version_never_comes_twice},
      {"the version in a row to write does not count", the_version_in_a_row_to_write_does_not_count},
      {"insert never replaces", insert_never_replaces},
      {"removed items are gone", removed_items_are_gone},
      {"keys are bytes, bodies are text", keys_are_bytes_and_bodies_are_text},
      {"tables do not see one another", tables_do_not_see_one_another},
      {"specs come back as they went in", specs_come_back_as_they_went_in},
      {"an empty table may change its indexes", an_empty_table_may_change_its_indexes},
      {"a filled table keeps its keys and indexes", a_filled_table_keeps_its_keys_and_indexes},
      {"a row has one key for each index", a_row_has_one_key_for_each_index},
      {"dropped tables are gone with their items", dropped_tables_are_gone_with_their_items},
      {"a table that is not there is not found", a_table_that_is_not_there_is_not_found},
      {"expired items go oldest first", expired_items_go_oldest_first},
  };
}

}  // namespace waybill::testing
