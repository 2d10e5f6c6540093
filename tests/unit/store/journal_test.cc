#include "store/journal.h"

#include <atomic>
#include <set>
#include <thread>

#include <doctest/doctest.h>

#include "unit/store/journal_fixture.h"

namespace waybill::testing {

namespace {

using Names = std::vector<std::string>;

JournalOptions small_ingress() {
  JournalOptions options;
  options.ingress_limit_bytes = 10'000;
  return options;
}

}  // namespace

TEST_CASE_FIXTURE(JournalFixture, "a caller hears of its unit after the commit, with one result for each change") {
  apply(make_table());
  const Applied applied = apply(put_item("a"), put_setting("s"), or_skip(put_item("a", "{}", {Existence::absent, {}})));
  CHECK(result_of<ItemWritten>(applied, 0).version > 0);
  result_of<Done>(applied, 1);
  result_of<ConditionSkipped>(applied, 2);
  CHECK(item("a").has_value());
}

TEST_CASE_FIXTURE(JournalFixture, "what waits while the writer commits becomes one group, internal work first") {
  const auto gate = hold_writer();
  Names order;
  const auto submit = [&](Lane lane, const std::string& name) {
    journal->submit(lane, changes_of(put_setting(name)), [&order, name](const Applied&) { order.push_back(name); });
  };
  submit(Lane::maintenance, "m1");
  submit(Lane::ingress, "c1");
  submit(Lane::internal, "i1");
  submit(Lane::ingress, "c2");
  submit(Lane::internal, "i2");
  gate->open();
  journal->stop();
  CHECK(order == Names{"i1", "i2", "c1", "c2", "m1"});
  CHECK(probe.counts().groups == std::vector<std::size_t>{1, 5});
  CHECK(probe.counts().changes == 5);
}

TEST_CASE_FIXTURE(JournalFixture, "a done finds what it was told of on the disk") {
  const auto gate = hold_writer();
  bool all_there = true;
  for (const char* name : {"a", "b", "c"}) {
    journal->submit(Lane::ingress, changes_of(put_setting(name)), [&, name](const Applied& applied) {
      all_there = all_there && applied.has_value() && has_setting(name);
    });
  }
  gate->open();
  journal->stop();
  CHECK(all_there);
}

TEST_CASE_FIXTURE(JournalFixture, "submit_many keeps the order") {
  std::vector<Journal::Unit> units;
  Names order;
  for (const char* name : {"a", "b", "c"}) {
    units.push_back({changes_of(put_setting(name)), [&order, name](const Applied&) { order.push_back(name); }});
  }
  journal->submit_many(Lane::internal, std::move(units));
  journal->submit_many(Lane::internal, {});
  journal->stop();
  CHECK(order == Names{"a", "b", "c"});
}

TEST_CASE_FIXTURE(JournalFixture, "a unit needs no done") {
  journal->submit(Lane::internal, changes_of(put_setting("a")), nullptr);
  journal->stop();
  CHECK(has_setting("a"));
  journal->submit(Lane::internal, changes_of(put_setting("b")), nullptr);
  CHECK_FALSE(has_setting("b"));
}

TEST_CASE("full ingress is shed at once; internal work and maintenance never are") {
  JournalFixture store(small_ingress());
  const auto gate = store.hold_writer();
  const std::string large(6'000, 'x');
  const auto thread = std::this_thread::get_id();
  std::vector<Refusal::Reason> shed;
  const auto submit = [&](const std::string& name) {
    store.journal->submit(Lane::ingress, changes_of(put_setting(name, large)), [&, thread](const Applied& applied) {
      if (!applied && std::this_thread::get_id() == thread) shed.push_back(applied.error().reason);
    });
  };
  submit("a");
  CHECK_FALSE(store.journal->ingress_full());
  submit("b");
  CHECK(store.journal->ingress_full());
  submit("c");
  CHECK(shed == std::vector{Refusal::Reason::shed});
  std::vector<Journal::Unit> many;
  for (int i = 0; i < 3; ++i)
    many.push_back({changes_of(put_setting("d")), [&](const Applied& applied) { shed.push_back(reason_of(applied)); }});
  store.journal->submit_many(Lane::ingress, std::move(many));
  CHECK(shed.size() == 4);
  store.journal->submit(Lane::internal, changes_of(put_setting("internal", large)), nullptr);
  store.journal->submit(Lane::maintenance, changes_of(put_setting("maintenance", large)), nullptr);
  gate->open();
  store.journal->stop();
  CHECK(store.has_setting("a"));
  CHECK(store.has_setting("b"));
  CHECK_FALSE(store.has_setting("c"));
  CHECK_FALSE(store.has_setting("d"));
  CHECK(store.has_setting("internal"));
  CHECK(store.has_setting("maintenance"));
  CHECK(store.probe.counts().shed == 4);
}

TEST_CASE("ingress is taken again when the writer has caught up") {
  JournalFixture store(small_ingress());
  const auto gate = store.hold_writer();
  store.journal->submit(Lane::ingress, changes_of(put_setting("a", std::string(20'000, 'x'))), nullptr);
  CHECK(store.journal->ingress_full());
  gate->open();
  store.apply(put_setting("barrier"));
  CHECK_FALSE(store.journal->ingress_full());
  CHECK(store.journal->apply(Lane::ingress, changes_of(put_setting("b"))).has_value());
}

TEST_CASE_FIXTURE(JournalFixture, "a done may submit") {
  journal->submit(Lane::internal, changes_of(put_setting("a")),
                  [&](const Applied&) { journal->submit(Lane::internal, changes_of(put_setting("b")), nullptr); });
  apply(put_setting("barrier one"));
  apply(put_setting("barrier two"));
  CHECK(has_setting("b"));
}

TEST_CASE_FIXTURE(JournalFixture, "stop applies what was submitted and refuses the rest") {
  const auto gate = hold_writer();
  int applied = 0;
  for (int i = 0; i < 50; ++i) {
    journal->submit(Lane::ingress, changes_of(put_setting("s" + std::to_string(i))),
                    [&](const Applied& result) { applied += result.has_value() ? 1 : 0; });
  }
  gate->open();
  journal->stop();
  CHECK(applied == 50);
  const Applied late = apply(put_setting("late"));
  CHECK(reason_of(late) == Refusal::Reason::unavailable);
  CHECK(late.error().message == "the store is stopping");
  CHECK_FALSE(has_setting("late"));
  journal->stop();
  CHECK(probe.counts().refused == std::vector{Refusal::Reason::unavailable});
  CHECK_FALSE(journal->poisoned());
}

TEST_CASE_FIXTURE(JournalFixture, "stop may be called by several threads, and the destructor stops") {
  std::thread other([&] { journal->stop(); });
  journal->stop();
  other.join();
  start();
  journal->submit(Lane::ingress, changes_of(put_setting("a")), nullptr);
  journal.reset();
  CHECK(has_setting("a"));
}

TEST_CASE_FIXTURE(JournalFixture, "a reset starts a generation, and what began before it is fenced") {
  apply(insert_delivery(1), insert_delivery(2));
  CHECK(journal->generation() == 1);
  const auto gate = hold_writer();
  Names told;
  const auto tell = [&](const std::string& name) {
    return [&told, name](const Applied& applied) { told.push_back(name + (applied ? " applied" : " refused")); };
  };
  journal->submit(Lane::internal, changes_of(finish(1)), tell("before"));
  std::int64_t generation_in_done = 0;
  journal->submit(Lane::internal, changes_of(ResetAll{}), [&](const Applied&) {
    generation_in_done = journal->generation();
    told.push_back("reset");
  });
  journal->submit(Lane::internal, changes_of(finish(2)), tell("after"));
  gate->open();
  apply(put_setting("barrier"));
  CHECK(told == Names{"before applied", "reset", "after refused"});
  CHECK(generation_in_done == 2);
  CHECK(journal->generation() == 2);
  journal.reset();
  start();
  CHECK(journal->generation() == 2);
  apply(insert_delivery(2));
  CHECK(reason_of(apply(finish(2, 1))) == Refusal::Reason::fenced);
  CHECK(apply(finish(2, 2)).has_value());
}

TEST_CASE("sequence numbers go up, from the larger of what is stored and the floor") {
  JournalFixture empty;
  CHECK(empty.journal->next_sequence() == 1);
  CHECK(empty.journal->next_sequence() == 2);
  empty.apply(insert_payload(500), insert_delivery(900));
  empty.journal.reset();
  empty.start();
  CHECK(empty.journal->next_sequence() == 901);

  JournalOptions options;
  options.first_sequence_floor = 1'000;
  JournalFixture floored(options);
  CHECK(floored.journal->next_sequence() == 1'000);
  floored.apply(insert_payload(5'000));
  floored.journal.reset();
  floored.start();
  CHECK(floored.journal->next_sequence() == 5'001);
}

TEST_CASE("the writer checkpoints when the log is long enough, and when it stops") {
  JournalOptions options;
  options.checkpoint_wal_bytes = 300;  // three commits of the model engine
  JournalFixture store(options);
  for (int i = 0; i < 7; ++i) store.apply(put_setting("a"));
  store.apply(put_setting("barrier"));
  CHECK(store.probe.counts().checkpoints == 2);
  store.journal->stop();
  CHECK(store.probe.counts().checkpoints == 3);
}

TEST_CASE_FIXTURE(JournalFixture, "an item that was deleted and is back is not the one that a handler read") {
  apply(make_table(), put_item("a", "same"));
  const auto read = item("a");
  REQUIRE(read.has_value());
  apply(delete_item("a"));
  SUBCASE("while the store was open") {}
  SUBCASE("and the store was opened again in between") { start(); }
  apply(put_item("a", "same"));
  const ItemCondition as_read{Existence::any, read->version};
  CHECK(reason_of(apply(put_item("a", "decided on what was read", as_read))) == Refusal::Reason::version_conflict);
  CHECK(reason_of(apply(delete_item("a", as_read))) == Refusal::Reason::version_conflict);
  CHECK(reason_of(apply(check_item("a", read->version))) == Refusal::Reason::version_conflict);
  CHECK(item("a")->body == "same");
}

TEST_CASE_FIXTURE(JournalFixture, "threads may submit, ask and count at the same time") {
  constexpr int kUnits = 500;
  std::atomic<int> applied = 0;
  std::vector<std::set<std::int64_t>> numbers(2);
  std::vector<std::vector<int>> order(2);
  const auto work = [&](std::size_t me) {
    for (int i = 0; i < kUnits; ++i) {
      numbers[me].insert(journal->next_sequence());
      journal->submit(me == 0 ? Lane::internal : Lane::ingress,
                      changes_of(put_setting(std::to_string(me), std::to_string(i))),
                      [&, me, i](const Applied& result) {
                        applied += result.has_value() ? 1 : 0;
                        order[me].push_back(i);
                      });
      static_cast<void>(journal->ingress_full());
      static_cast<void>(journal->generation());
      static_cast<void>(journal->poisoned());
    }
  };
  std::thread first(work, 0);
  std::thread second(work, 1);
  first.join();
  second.join();
  journal->stop();
  CHECK(applied == 2 * kUnits);
  CHECK(std::is_sorted(order[0].begin(), order[0].end()));
  CHECK(std::is_sorted(order[1].begin(), order[1].end()));
  numbers[0].merge(numbers[1]);
  CHECK(numbers[0].size() == 2 * kUnits);  // none handed out twice
  CHECK(disk->state()->settings.at("0") == std::to_string(kUnits - 1));
  CHECK(disk->state()->settings.at("1") == std::to_string(kUnits - 1));
}

}  // namespace waybill::testing
