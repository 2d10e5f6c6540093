#include <algorithm>

#include "support/conformance_rows.h"

namespace waybill::testing {

namespace {

using store::ItemQuery;

constexpr TableId kQueried{1};

void fill(EngineHarness& store, const std::vector<store::ItemRow>& rows) {
  const std::size_t indexes = rows.empty() ? 0 : rows.front().index_keys.size();
  in_transaction(store.engine(), [&] {
    WAYBILL_REQUIRE_OK(store.engine().items().put_table(table_spec(kQueried.value, indexes)));
    for (const auto& row : rows) WAYBILL_REQUIRE_OK(store.engine().items().put(kQueried, row));
  });
}

ItemQuery table_query(std::string pk) {
  ItemQuery query;
  query.table = kQueried;
  query.pk = std::move(pk);
  return query;
}

ItemQuery index_query(std::string pk) {
  ItemQuery query = table_query(std::move(pk));
  query.index = 0;
  return query;
}

Strings keys(EngineHarness& store, const ItemQuery& query) { return keys_of(value_of(store.reader()->query(query))); }

// All rows of a query, read page by page.
Strings paged(EngineHarness& store, ItemQuery query, int limit) {
  query.limit = limit;
  Strings all;
  for (int pages = 0; pages < 100; ++pages) {
    const auto page = value_of(store.reader()->query(query));
    const Strings part = keys_of(page);
    CHECK(part.size() <= static_cast<std::size_t>(limit));
    all.insert(all.end(), part.begin(), part.end());
    if (!page.next) return all;
    CHECK(part.size() == static_cast<std::size_t>(limit));
    query.start = page.next;
  }
  FAIL("the pages do not end");
  return all;
}

Strings reversed(Strings strings) {
  std::reverse(strings.begin(), strings.end());
  return strings;
}

// The same rows whatever the page is, in both directions.
void check_pages(EngineHarness& store, ItemQuery query, const Strings& expected) {
  for (const int limit : {1, 2, 3, 100}) {
    CAPTURE(limit);
    query.reverse = false;
    CHECK(paged(store, query, limit) == expected);
    query.reverse = true;
    CHECK(paged(store, query, limit) == reversed(expected));
  }
}

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text += static_cast<char>(value);
  return text;
}

void sort_keys_order_as_unsigned_bytes(EngineHarness& store) {
  const Strings sorted = {"",           bytes({0}),      bytes({0, 0}), bytes({0, 1}),   bytes({0, 255}),  bytes({1}),
                          bytes({127}), bytes({128, 0}), bytes({255}),  bytes({255, 0}), bytes({255, 255})};
  std::vector<store::ItemRow> rows;
  Strings expected;
  for (const auto& sk : sorted) {
    rows.insert(rows.begin(), item_row("p", sk));
    expected.push_back("p/" + sk);
  }
  rows.push_back(item_row(bytes({'p', 0}), "x"));  // other partitions beside it
  rows.push_back(item_row("o", "x"));
  fill(store, rows);
  CHECK(keys(store, table_query("p")) == expected);
  check_pages(store, table_query("p"), expected);
}

void sort_key_bounds_are_inclusive(EngineHarness& store) {
  fill(store, {item_row("p", "a"), item_row("p", "b"), item_row("p", "ba"), item_row("p", "bb"), item_row("p", "c"),
               item_row("p", bytes({'b', 255})), item_row("q", "b")});
  ItemQuery query = table_query("p");
  query.sk_from = "b";
  CHECK(keys(store, query) == Strings{"p/b", "p/ba", "p/bb", "p/b" + bytes({255}), "p/c"});
  query.sk_to = "bb";
  CHECK(keys(store, query) == Strings{"p/b", "p/ba", "p/bb"});
  check_pages(store, query, {"p/b", "p/ba", "p/bb"});
  query.sk_from.reset();
  CHECK(keys(store, query) == Strings{"p/a", "p/b", "p/ba", "p/bb"});
  query.sk_from = "c";
  CHECK(keys(store, query).empty());
}

void a_prefix_takes_all_that_begins_with_it(EngineHarness& store) {
  const std::string high = bytes({255, 255});
  fill(store, {item_row("p", "a"), item_row("p", "b"), item_row("p", "ba"), item_row("p", bytes({'b', 255, 255})),
               item_row("p", "c"), item_row("p", bytes({255})), item_row("p", high), item_row("p", high + "x")});
  ItemQuery query = table_query("p");
  query.sk_prefix = "b";
  CHECK(keys(store, query) == Strings{"p/b", "p/ba", "p/b" + high});
  check_pages(store, query, {"p/b", "p/ba", "p/b" + high});
  query.sk_prefix = high;  // no byte string is "the next one after" it
  CHECK(keys(store, query) == Strings{"p/" + high, "p/" + high + "x"});
  check_pages(store, query, {"p/" + high, "p/" + high + "x"});
  query.sk_prefix = "d";
  CHECK(keys(store, query).empty());
  query.sk_prefix = "";
  CHECK(keys(store, query).size() == 8);
}

void next_is_there_only_when_more_follows(EngineHarness& store) {
  fill(store, {item_row("p", "a"), item_row("p", "b"), item_row("q", "c")});
  ItemQuery query = table_query("p");
  query.limit = 2;
  CHECK_FALSE(value_of(store.reader()->query(query)).next.has_value());
  query.limit = 1;
  const auto first = value_of(store.reader()->query(query));
  REQUIRE(first.next.has_value());
  CHECK(first.next->pk == "p");
  CHECK(first.next->sk == "a");
  CHECK(first.next->index_pk.empty());
  CHECK(first.next->index_sk.empty());
  query.pk = "none";
  const auto none = value_of(store.reader()->query(query));
  CHECK(none.rows.empty());
  CHECK_FALSE(none.next.has_value());
}

void a_start_need_not_exist_any_more(EngineHarness& store) {
  fill(store, {item_row("p", "a"), item_row("p", "c"), item_row("p", "e")});
  ItemQuery query = table_query("p");
  query.start = ItemQuery::Start{"", "", "p", "b"};
  CHECK(keys(store, query) == Strings{"p/c", "p/e"});
  query.start->sk = "d";
  query.reverse = true;
  CHECK(keys(store, query) == Strings{"p/c", "p/a"});
}

void an_index_orders_by_its_sort_key_then_by_the_items_key(EngineHarness& store) {
  fill(store, {indexed_row("p2", "s1", "open", "5"), indexed_row("p1", "s2", "open", "5"),
               indexed_row("p1", "s1", "open", "5"), indexed_row("p9", "s9", "open", "1"),
               indexed_row("p3", "s3", "open", "9"), indexed_row("p4", "s4", "shut", "5")});
  const Strings expected = {"p9/s9", "p1/s1", "p1/s2", "p2/s1", "p3/s3"};
  CHECK(keys(store, index_query("open")) == expected);
  check_pages(store, index_query("open"), expected);
  check_pages(store, index_query("shut"), {"p4/s4"});
  check_pages(store, index_query("none"), {});
}

void an_index_takes_bounds_and_prefixes_of_its_own_sort_key(EngineHarness& store) {
  fill(store, {indexed_row("p1", "z", "open", "10"), indexed_row("p2", "y", "open", "11"),
               indexed_row("p3", "x", "open", "20"), indexed_row("p4", "w", "open", "21")});
  ItemQuery query = index_query("open");
  query.sk_from = "11";
  check_pages(store, query, {"p2/y", "p3/x", "p4/w"});
  query.sk_to = "20";
  check_pages(store, query, {"p2/y", "p3/x"});
  query = index_query("open");
  query.sk_prefix = "1";
  check_pages(store, query, {"p1/z", "p2/y"});
}

void an_index_page_tells_where_it_ends(EngineHarness& store) {
  fill(store, {indexed_row("p1", "s1", "open", "5"), indexed_row("p2", "s2", "open", "5")});
  ItemQuery query = index_query("open");
  query.limit = 1;
  const auto page = value_of(store.reader()->query(query));
  REQUIRE(page.next.has_value());
  CHECK(page.next->index_pk == "open");
  CHECK(page.next->index_sk == "5");
  CHECK(page.next->pk == "p1");
  CHECK(page.next->sk == "s1");
}

void an_index_follows_its_items(EngineHarness& store) {
  store::ItemRow outside = indexed_row("p3", "s", "open", "3");
  outside.index_keys[0].reset();
  fill(store, {indexed_row("p1", "s", "open", "1"), indexed_row("p2", "s", "open", "2"), outside});
  check_pages(store, index_query("open"), {"p1/s", "p2/s"});
  auto& items = store.engine().items();
  in_transaction(store.engine(), [&] {
    WAYBILL_REQUIRE_OK(items.put(kQueried, indexed_row("p1", "s", "shut", "1")));  // moves
    WAYBILL_REQUIRE_OK(items.put(kQueried, indexed_row("p3", "s", "open", "9")));  // comes in
    store::ItemRow leaves = indexed_row("p2", "s", "open", "2");
    leaves.index_keys[0].reset();
    WAYBILL_REQUIRE_OK(items.put(kQueried, leaves));
  });
  check_pages(store, index_query("open"), {"p3/s"});
  check_pages(store, index_query("shut"), {"p1/s"});
  in_transaction(store.engine(), [&] { WAYBILL_REQUIRE_OK(items.remove(kQueried, "p3", "s")); });
  check_pages(store, index_query("open"), {});
  in_transaction(store.engine(), [&] { WAYBILL_REQUIRE_OK(items.clear_table(kQueried)); });
  check_pages(store, index_query("shut"), {});
}

void several_indexes_are_kept_apart(EngineHarness& store) {
  store::ItemRow row = indexed_row("p", "s", "open", "1");
  row.index_keys.push_back(store::ItemRow::IndexKey{"carrier", "2"});
  store::ItemRow other = indexed_row("q", "s", "carrier", "1");
  other.index_keys.emplace_back();
  fill(store, {row, other});
  ItemQuery query = index_query("carrier");
  check_pages(store, query, {"q/s"});
  query.index = 1;
  check_pages(store, query, {"p/s"});
}

void a_scan_walks_the_table_in_key_order(EngineHarness& store) {
  fill(store, {item_row("b", "1"), item_row("a", "2"), item_row("a", "1"), item_row(bytes({255}), ""),
               item_row("a" + bytes({0}), "0")});
  const Strings expected = {"a/1", "a/2", "a" + bytes({0}) + "/0", "b/1", bytes({255}) + "/"};
  for (const int limit : {1, 2, 5, 100}) {
    CAPTURE(limit);
    Strings all;
    std::optional<ItemQuery::Start> start;
    for (int pages = 0; pages < 10; ++pages) {
      const auto page = value_of(store.reader()->scan(kQueried, limit, start));
      const Strings part = keys_of(page);
      all.insert(all.end(), part.begin(), part.end());
      start = page.next;
      if (!start) break;
    }
    CHECK(all == expected);
  }
}

}  // namespace

std::vector<ConformanceCheck> query_checks() {
  return {
      {"sort keys order as unsigned bytes", sort_keys_order_as_unsigned_bytes},
      {"sort key bounds are inclusive", sort_key_bounds_are_inclusive},
      {"a prefix takes all that begins with it", a_prefix_takes_all_that_begins_with_it},
      {"next is there only when more follows", next_is_there_only_when_more_follows},
      {"a start need not exist any more", a_start_need_not_exist_any_more},
      {"an index orders by its sort key, then by the item's key",
       an_index_orders_by_its_sort_key_then_by_the_items_key},
      {"an index takes bounds and prefixes of its own sort key",
       an_index_takes_bounds_and_prefixes_of_its_own_sort_key},
      {"an index page tells where it ends", an_index_page_tells_where_it_ends},
      {"an index follows its items", an_index_follows_its_items},
      {"several indexes are kept apart", several_indexes_are_kept_apart},
      {"a scan walks the table in key order", a_scan_walks_the_table_in_key_order},
  };
}

}  // namespace waybill::testing
