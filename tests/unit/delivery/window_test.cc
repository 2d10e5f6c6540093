#include "delivery/window.h"

#include <algorithm>
#include <random>
#include <set>

#include <doctest/doctest.h>

using namespace waybill;
using namespace waybill::delivery;

namespace {

Delivery row(std::int64_t id, std::int64_t due) {
  Delivery made;
  made.key = {EndpointId{1}, from_millis(due), DeliveryId{id}};
  return made;
}

std::vector<std::int64_t> take_all(Window& window, std::int64_t now) {
  std::vector<std::int64_t> ids;
  while (auto taken = window.take(from_millis(now))) ids.push_back(taken->delivery.key.id.value);
  return ids;
}

}  // namespace

TEST_CASE("deliveries come out in order of due time, and only when due") {
  Window window(10);
  window.add(row(1, 300), nullptr);
  window.add(row(2, 100), nullptr);
  window.add(row(3, 200), nullptr);
  CHECK(take_all(window, 250) == std::vector<std::int64_t>{2, 3});
  CHECK(window.first_due() == from_millis(300));
  CHECK(window.in_flight() == 2);
}

TEST_CASE("a full window keeps the earliest and knows that there is more") {
  Window window(2);
  window.add(row(1, 100), nullptr);
  window.add(row(2, 200), nullptr);
  CHECK_FALSE(window.behind());
  window.add(row(3, 50), nullptr);
  CHECK(window.behind());
  CHECK(take_all(window, 1000) == std::vector<std::int64_t>{3, 1});
  CHECK(window.wants_page());
}

TEST_CASE("a page brings what was left out, without what is here or in flight") {
  Window window(2);
  for (int id = 1; id <= 3; ++id) window.add(row(id, id * 100), nullptr);
  take_all(window, 150);  // 1 is in flight, 2 waits
  REQUIRE(window.wants_page());
  CHECK(window.begin_page() == 3);
  window.merge_page({row(1, 100), row(2, 200), row(3, 300)});
  CHECK(take_all(window, 1000) == std::vector<std::int64_t>{2, 3});
}

TEST_CASE("what ended while a page was read does not come back with it") {
  Window window(2);
  for (int id = 1; id <= 3; ++id) window.add(row(id, id * 100), nullptr);
  take_all(window, 150);
  window.begin_page();
  window.finish(DeliveryId{1});
  window.merge_page({row(1, 100), row(2, 200), row(3, 300)});
  CHECK(take_all(window, 1000) == std::vector<std::int64_t>{2, 3});
}

TEST_CASE("what is committed past the known part while a page is read is not forgotten") {
  Window window(2);
  window.mark_behind();
  window.begin_page();
  window.add(row(9, 900), nullptr);  // committed after the page's snapshot
  window.merge_page({row(1, 100)});
  CHECK(window.behind());
  CHECK(take_all(window, 1000) == std::vector<std::int64_t>{1});
}

TEST_CASE("a page that was being read when everything was cleared is thrown away") {
  Window window(2);
  window.mark_behind();
  window.begin_page();
  window.clear();
  window.merge_page({row(1, 100)});
  CHECK(take_all(window, 1000).empty());
  CHECK_FALSE(window.behind());
}

TEST_CASE("large payloads are left to the store") {
  Window window(100);
  const auto large =
      std::make_shared<const Payload>(Payload{PayloadId{1}, PayloadKind::event, {}, "", std::string(900'000, 'x')});
  window.add(row(1, 1), large);
  window.add(row(2, 2), large);
  CHECK(window.take(from_millis(10))->payload);
  CHECK_FALSE(window.take(from_millis(10))->payload);
}

// The store as a sorted set; a window over it must hand out every delivery once, whatever happens in between.
TEST_CASE("against a model of the store: nothing is lost, nothing is handed out twice") {
  for (unsigned seed = 0; seed < 500; ++seed) {
    std::mt19937 random(seed);
    Window window(1 + random() % 5);
    std::set<std::pair<std::int64_t, std::int64_t>> stored;  // (due, id)
    std::set<std::int64_t> flying, done;
    std::int64_t next = 1;
    std::vector<Delivery> page;
    bool paging = false;
    const auto read_page = [&](std::size_t limit) {
      std::vector<Delivery> rows;
      for (const auto& [due, id] : stored) {
        if (rows.size() == limit) break;
        rows.push_back(row(id, due));
      }
      return rows;
    };
    const auto step = [&](unsigned choice) {
      if (choice < 4) {
        const std::int64_t due = static_cast<std::int64_t>(random() % 1000);
        stored.emplace(due, next);
        window.add(row(next, due), nullptr);
        ++next;
      } else if (choice < 7) {
        if (auto taken = window.take(from_millis(1000))) {
          const std::int64_t id = taken->delivery.key.id.value;
          REQUIRE_MESSAGE(flying.insert(id).second, "twice in flight, seed " << seed);
          REQUIRE_MESSAGE(done.count(id) == 0, "again after its end, seed " << seed);
        }
      } else if (choice < 9 && !flying.empty()) {
        const std::int64_t id = *flying.begin();
        flying.erase(flying.begin());
        done.insert(id);
        std::erase_if(stored, [&](const auto& each) { return each.second == id; });
        window.finish(DeliveryId{id});
      } else if (paging) {
        paging = false;
        window.merge_page(std::move(page));
      } else if (window.wants_page()) {
        page = read_page(window.begin_page());
        paging = true;
      }
    };
    for (int i = 0; i < 200; ++i) step(static_cast<unsigned>(random() % 10));
    for (int i = 0; i < 2000 && !stored.empty(); ++i) step(4 + static_cast<unsigned>(random() % 6));
    REQUIRE_MESSAGE(stored.empty(), "left behind, seed " << seed);
    REQUIRE(done.size() == static_cast<std::size_t>(next - 1));
  }
}

TEST_CASE("a page that was being read when rows in flight were given up is read again") {
  Window window(4);
  window.mark_behind();
  window.begin_page();
  window.merge_page({row(1, 1), row(2, 2)});
  const auto taken = window.take(from_millis(10));
  REQUIRE(taken);
  window.mark_behind();
  window.begin_page();
  window.finish(taken->delivery.key.id);
  window.mark_behind();
  window.merge_page({row(1, 1), row(2, 2)});
  REQUIRE(window.wants_page());
  window.begin_page();
  window.merge_page({row(1, 1), row(2, 2)});
  CHECK(window.waiting() == 2);
  CHECK_FALSE(window.behind());
}
