#include "store/apply.h"

#include <doctest/doctest.h>

#include "unit/store/journal_fixture.h"

namespace waybill::testing {

namespace {

// One table, and units applied one after the other.
class ApplyFixture {
 public:
  ApplyFixture() {
    REQUIRE(engine.begin(store::Durability::synced).has_value());
    REQUIRE(run(make_table()).has_value());
  }
  template <class... C>
  UnitOutcome run(C... change) {
    return apply_unit(engine, changes_of(std::move(change)...), generation);
  }
  std::int64_t version(const std::string& pk) { return *engine.items().version(kTable, pk, ""); }
  template <class R>
  R first(const UnitOutcome& outcome) {
    REQUIRE(outcome.has_value());
    return std::get<R>(outcome->at(0));
  }

  std::shared_ptr<ModelDisk> disk = std::make_shared<ModelDisk>();
  ModelEngine engine{disk};
  std::int64_t generation = 1;
};

Refusal refusal_of(const UnitOutcome& outcome) {
  REQUIRE(outcome.has_error());
  return std::get<Refusal>(outcome.error().why);
}

}  // namespace

TEST_CASE_FIXTURE(ApplyFixture,
                  "a write tells the item's version after it: never one that was, and 0 when it is gone") {
  const auto inserted = first<ItemWritten>(run(put_item("a"))).version;
  CHECK(inserted > 0);
  CHECK(version("a") == inserted);
  const auto replaced = first<ItemWritten>(run(put_item("a"))).version;
  CHECK(replaced > inserted);
  CHECK(first<ItemWritten>(run(delete_item("a"))).version == 0);
  CHECK(version("a") == 0);
  CHECK(first<ItemWritten>(run(delete_item("a"))).version == 0);
  CHECK(first<ItemWritten>(run(put_item("a", "{}", {Existence::absent, {}}))).version > replaced);
}

TEST_CASE_FIXTURE(ApplyFixture, "a put waits for the existence its condition names") {
  CHECK(refusal_of(run(put_item("a", "{}", {Existence::present, {}}))).reason == Refusal::Reason::condition_failed);
  const auto inserted = first<ItemWritten>(run(put_item("a", "{}", {Existence::absent, {}}))).version;
  CHECK(refusal_of(run(put_item("a", "{}", {Existence::absent, {}}))).reason == Refusal::Reason::condition_failed);
  CHECK(version("a") == inserted);
  CHECK(first<ItemWritten>(run(put_item("a", "{}", {Existence::present, {}}))).version > inserted);
}

TEST_CASE_FIXTURE(ApplyFixture, "a delete waits for the existence its condition names") {
  CHECK(refusal_of(run(delete_item("a", {Existence::present, {}}))).reason == Refusal::Reason::condition_failed);
  first<ItemWritten>(run(delete_item("a", {Existence::absent, {}})));
  run(put_item("a"));
  CHECK(refusal_of(run(delete_item("a", {Existence::absent, {}}))).reason == Refusal::Reason::condition_failed);
  first<ItemWritten>(run(delete_item("a", {Existence::present, {}})));
  CHECK(version("a") == 0);
}

TEST_CASE_FIXTURE(ApplyFixture, "a version other than the one read is a conflict") {
  const auto conflicts = [&](const UnitOutcome& outcome) {
    return refusal_of(outcome).reason == Refusal::Reason::version_conflict;
  };
  CHECK(conflicts(run(put_item("a", "{}", {Existence::any, 1}))));
  const auto first_read = first<ItemWritten>(run(put_item("a", "{}", {Existence::any, 0}))).version;
  CHECK(conflicts(run(put_item("a", "{}", {Existence::any, 0}))));
  CHECK(conflicts(run(put_item("a", "{}", {Existence::present, 0}))));
  CHECK(conflicts(run(put_item("a", "{}", {Existence::any, first_read + 1}))));
  const auto now = first<ItemWritten>(run(put_item("a", "{}", {Existence::present, first_read}))).version;
  CHECK(conflicts(run(delete_item("a", {Existence::any, first_read}))));
  CHECK(conflicts(run(check_item("a", first_read))));
  CHECK(conflicts(run(check_item("a", 0))));
  first<Done>(run(check_item("a", now)));
  first<Done>(run(check_item("none", 0)));
  first<ItemWritten>(run(delete_item("a", {Existence::any, now})));
  CHECK(version("a") == 0);
}

TEST_CASE_FIXTURE(ApplyFixture, "a conflict of versions is never skipped: what the handler read is no longer so") {
  run(put_item("a"));
  const auto stale = or_skip(put_item("a", "{}", {Existence::absent, 0}));
  CHECK(refusal_of(run(stale)).reason == Refusal::Reason::version_conflict);
  const auto other = or_else(delete_item("a", {Existence::any, 7}), changes_of(put_setting("a")));
  CHECK(refusal_of(run(other)).reason == Refusal::Reason::version_conflict);
}

TEST_CASE_FIXTURE(ApplyFixture, "a condition may be skipped, and the rest of the unit applies") {
  const auto written = first<ItemWritten>(run(put_item("a", "first"))).version;
  const auto outcome = run(or_skip(put_item("a", "second", {Existence::absent, {}})), put_item("b"));
  first<ConditionSkipped>(outcome);
  CHECK(version("a") == written);
  CHECK(version("b") > written);
  first<ConditionSkipped>(run(or_skip(delete_item("none", {Existence::present, {}}))));
}

TEST_CASE_FIXTURE(ApplyFixture, "a condition may have an alternative, applied within the unit") {
  run(put_item("a"));
  const auto taken = or_else(put_item("a", "{}", {Existence::absent, {}}), changes_of(put_item("b"), put_item("c")));
  const auto before = version("a");
  first<AlternativeApplied>(run(taken));
  CHECK(version("a") == before);
  CHECK(version("b") > before);
  CHECK(version("c") > before);
  const auto not_taken = or_else(put_item("d", "{}", {Existence::absent, {}}), changes_of(put_item("b")));
  const auto b = version("b");
  CHECK(first<ItemWritten>(run(not_taken)).version > b);
  CHECK(version("b") == b);
}

TEST_CASE_FIXTURE(ApplyFixture, "an alternative that fails refuses the unit and names the outer change") {
  run(put_item("a"));
  const auto outcome = run(put_setting("before"), or_else(put_item("a", "{}", {Existence::absent, {}}),
                                                          changes_of(put_item("b"), check_item("a", 9))));
  CHECK(refusal_of(outcome).reason == Refusal::Reason::version_conflict);
  CHECK(refusal_of(outcome).change == 1);
  CHECK(outcome.error().traces);
}

TEST_CASE_FIXTURE(ApplyFixture, "alternatives may be nested, up to a limit") {
  run(put_item("a"));
  const auto nested = [](int levels) {
    Changes changes = changes_of(put_setting("innermost"));
    for (int level = 0; level < levels; ++level) {
      changes = changes_of(or_else(put_item("a", "{}", {Existence::absent, {}}), std::move(changes)));
    }
    return changes;
  };
  CHECK(apply_unit(engine, nested(kMaxAlternativeDepth), generation).has_value());
  const auto deeper = apply_unit(engine, nested(kMaxAlternativeDepth + 1), generation);
  CHECK(refusal_of(deeper).reason == Refusal::Reason::invalid_effect);
  auto missing = put_item("a", "{}", {Existence::absent, {}});
  missing.on_failed = OnConditionFailed::alternative;
  CHECK(refusal_of(run(missing)).reason == Refusal::Reason::invalid_effect);
}

TEST_CASE_FIXTURE(ApplyFixture, "an item has a largest size, keys included") {
  const std::string pk = "key";
  CHECK(run(put_item(pk, std::string(kMaxItemBytes - pk.size(), 'x'))).has_value());
  const auto outcome = run(put_setting("before"), put_item(pk, std::string(kMaxItemBytes - pk.size() + 1, 'x')));
  CHECK(refusal_of(outcome).reason == Refusal::Reason::invalid_effect);
  CHECK(refusal_of(outcome).message.find("Item size has exceeded the maximum allowed size") == 0);
  CHECK(refusal_of(outcome).change == 1);
}

TEST_CASE_FIXTURE(ApplyFixture, "what is wrong with an item for sure is seen before anything is written") {
  PutItem nowhere = put_item("a");
  nowhere.table = TableId{9};
  const auto unknown_table = run(put_setting("before"), nowhere);
  CHECK(refusal_of(unknown_table).reason == Refusal::Reason::invalid_effect);
  CHECK(refusal_of(unknown_table).message == "there is no table with id 9");
  CHECK_FALSE(unknown_table.error().traces);
  const auto too_large = run(put_setting("before"), put_item("a", std::string(kMaxItemBytes, 'x')));
  CHECK_FALSE(too_large.error().traces);
  CheckItem check = check_item("a", 0);
  check.table = TableId{9};
  CHECK(refusal_of(run(check)).reason == Refusal::Reason::invalid_effect);
  CHECK(refusal_of(run(SweepExpiredItems{TableId{9}, 0, 1})).reason == Refusal::Reason::invalid_effect);
}

TEST_CASE_FIXTURE(ApplyFixture, "a unit may make the table that it fills") {
  PutItem put = put_item("a");
  put.table = TableId{2};
  CHECK(run(make_table(TableId{2}), put).has_value());
  CHECK(refusal_of(run(DropTable{TableId{2}}, put)).reason == Refusal::Reason::invalid_effect);
}

TEST_CASE_FIXTURE(ApplyFixture, "a change that the engine calls wrong is refused, not the engine's failure") {
  PutItem one_key_too_many = put_item("a");
  one_key_too_many.row.index_keys.emplace_back();
  CHECK(refusal_of(run(one_key_too_many)).reason == Refusal::Reason::invalid_effect);
  run(put_item("a"));
  PutTable with_index = make_table();
  with_index.spec.indexes.push_back({"index", {{"status", KeyType::string}, {}}});
  CHECK(refusal_of(run(with_index)).reason == Refusal::Reason::invalid_effect);
  CHECK(refusal_of(run(InsertPayload{})).reason == Refusal::Reason::invalid_effect);
}

TEST_CASE_FIXTURE(ApplyFixture, "a delivery is finished once, by the attempt that holds it") {
  run(insert_delivery(7));
  const auto late = run(finish(7, 1, 1));
  CHECK(refusal_of(late).reason == Refusal::Reason::fenced);
  CHECK(refusal_of(late).message == "attempt 2 of delivery 7 to endpoint 1 came too late: the delivery has moved on");
  CHECK_FALSE(late.error().traces);
  first<Done>(run(finish(7)));
  CHECK(refusal_of(run(finish(7))).reason == Refusal::Reason::fenced);
}

TEST_CASE_FIXTURE(ApplyFixture, "a delivery that was rescheduled is out of reach of its earlier attempt") {
  run(insert_delivery(7));
  first<Done>(run(reschedule(7, 50)));
  CHECK(refusal_of(run(finish(7))).reason == Refusal::Reason::fenced);
  CHECK(refusal_of(run(reschedule(7, 60))).reason == Refusal::Reason::fenced);
  first<Done>(run(FinishDelivery{DeliveryFence{key_of(7, 50), 1, 1}}));
}

TEST_CASE_FIXTURE(ApplyFixture, "what began before a reset is fenced, even where a row like its own stands again") {
  run(insert_delivery(7));
  first<Done>(run(ResetAll{}));
  CHECK(generation == 2);
  CHECK(*engine.generation() == 2);
  run(insert_delivery(7));
  const auto late = run(finish(7));
  CHECK(refusal_of(late).reason == Refusal::Reason::fenced);
  CHECK(refusal_of(late).message ==
        "attempt 1 of delivery 7 to endpoint 1 began before a reset: it is of generation 1, the store is at 2");
  CHECK(refusal_of(run(reschedule(7, 20))).reason == Refusal::Reason::fenced);
  first<Done>(run(finish(7, 2)));
}

TEST_CASE_FIXTURE(ApplyFixture, "a reset drops data, items and what nobody owns, and keeps the rest") {
  const ResourceKey owned{"0", "r", "kind", "owned"};
  const ResourceKey unowned{"0", "r", "kind", "unowned"};
  run(put_item("a"), insert_payload(1), insert_delivery(2), InsertDeadLetter{}, AppendHistory{}, put_setting("kept"),
      PutResource{Resource{owned, "s1", "{}"}}, PutResource{Resource{unowned, "", "{}"}},
      PutEndpoint{EndpointId{1}, "endpoint"});
  first<Done>(run(ResetAll{}));
  REQUIRE(engine.commit().has_value());
  const auto left = disk->state();
  CHECK(left->tables.at(kTable).rows.empty());
  CHECK(left->payloads.empty());
  CHECK(left->deliveries.empty());
  CHECK(left->dead_letters.empty());
  CHECK(left->history.empty());
  CHECK(left->resources.size() == 1);
  CHECK(left->resources.contains(owned));
  CHECK(left->endpoints.size() == 1);
  CHECK(left->settings.contains("kept"));
}

TEST_CASE_FIXTURE(ApplyFixture, "a dead letter is removed once") {
  DeadLetter letter;
  letter.id = DeadLetterId{5};
  run(InsertDeadLetter{letter});
  first<Done>(run(RemoveDeadLetter{DeadLetterId{5}}));
  CHECK(refusal_of(run(RemoveDeadLetter{DeadLetterId{5}})).reason == Refusal::Reason::condition_failed);
}

TEST_CASE_FIXTURE(ApplyFixture, "sweeps tell how much went, and where to go on") {
  run(insert_payload(1), insert_payload(2), insert_delivery(9, 2), insert_payload(3));
  const auto payloads = first<Swept>(run(SweepPayloads{PayloadId{0}, PayloadId{100}, 2}));
  CHECK(payloads.rows == 1);
  CHECK(payloads.last == PayloadId{2});
  PutItem expires = put_item("a");
  expires.row.expires_at = 5;
  run(expires, AppendHistory{}, InsertDeadLetter{});
  CHECK(first<Swept>(run(SweepExpiredItems{kTable, 10, 100})).rows == 1);
  CHECK(first<Swept>(run(SweepDeadLetters{from_millis(1), 100})).rows == 1);
  CHECK(first<Swept>(run(SweepHistory{from_millis(1), 100, 100})).rows == 1);
}

TEST_CASE_FIXTURE(ApplyFixture, "an event is archived by the unit that stores it, at one time in all archives") {
  const auto archive = [](std::int64_t archive_id, std::int64_t payload, std::int64_t at = 5) {
    return ArchiveEvent{ArchiveId{archive_id}, from_millis(at), PayloadId{payload}, 2, from_millis(7)};
  };
  run(insert_payload(1));
  CHECK(refusal_of(run(archive(1, 1))).message ==
        "payload 1 cannot be archived: no change before this one in its unit inserts it");
  CHECK(refusal_of(run(archive(1, 2), insert_payload(2))).reason == Refusal::Reason::invalid_effect);
  CHECK(refusal_of(run(insert_payload(3), archive(1, 3), archive(2, 3, 6))).message ==
        "payload 3 cannot be archived: it has another event time in another archive");
  first<Done>(run(insert_payload(4), insert_payload(5), archive(1, 5), archive(1, 4), archive(2, 4)));
  // In an alternative too, with what the alternative itself inserts.
  run(put_item("a"));
  const auto if_new = [](Changes otherwise) {
    return or_else(put_item("a", "{}", {Existence::absent, {}}), std::move(otherwise));
  };
  first<AlternativeApplied>(run(if_new(changes_of(insert_payload(6), archive(1, 6)))));
  CHECK(run(insert_payload(7), if_new(changes_of(archive(1, 7)))).has_error());
  first<Swept>(run(DropArchive{ArchiveId{1}}));
  const auto left = first<Swept>(run(SweepArchive{ArchiveId{2}, from_millis(8), 1}));
  CHECK(left.rows == 1);
  CHECK(left.more);
}

TEST_CASE_FIXTURE(ApplyFixture, "a refused unit tells whether it left traces") {
  CHECK_FALSE(run(finish(1), put_item("a")).error().traces);
  CHECK_FALSE(run(check_item("a", 0), finish(1)).error().traces);
  CHECK(run(put_item("a"), finish(1)).error().traces);
  CHECK(run(put_item("a"), finish(1)).error().change == 1);
}

}  // namespace waybill::testing
