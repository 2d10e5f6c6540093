#include <doctest/doctest.h>

#include "store/apply.h"
#include "unit/store/journal_fixture.h"

namespace waybill::testing {

TEST_CASE("a unit that no rule can refuse needs no savepoint") {
  CHECK_FALSE(needs_savepoint({}));
  CHECK_FALSE(needs_savepoint(changes_of(insert_payload(1), insert_delivery(2), insert_delivery(3))));
  CHECK_FALSE(needs_savepoint(changes_of(put_item("a"), put_item("b"), delete_item("c"))));
  CHECK_FALSE(needs_savepoint(changes_of(put_setting("a"), AppendHistory{}, ResetAll{}, DropTable{kTable})));
}

TEST_CASE("a unit that can be refused only before its first write needs no savepoint") {
  CHECK_FALSE(needs_savepoint(changes_of(finish(1), put_item("a"), put_item("b"))));
  CHECK_FALSE(needs_savepoint(changes_of(reschedule(1, 20), put_item("a"))));
  CHECK_FALSE(needs_savepoint(changes_of(RemoveDeadLetter{}, insert_payload(1), insert_delivery(2))));
  CHECK_FALSE(needs_savepoint(changes_of(check_item("a", 1), check_item("b", 1), finish(1), put_item("c"))));
  CHECK_FALSE(needs_savepoint(changes_of(put_item("a", "{}", {Existence::absent, {}}), put_setting("a"))));
  CHECK_FALSE(needs_savepoint(changes_of(make_table())));
}

TEST_CASE("a unit that can be refused after a write needs one") {
  CHECK(needs_savepoint(changes_of(put_item("a"), finish(1))));
  CHECK(needs_savepoint(changes_of(finish(1), finish(2))));
  CHECK(needs_savepoint(changes_of(finish(1), check_item("a", 1))));
  CHECK(needs_savepoint(changes_of(finish(1), put_item("a", "{}", {Existence::present, {}}))));
  CHECK(needs_savepoint(changes_of(finish(1), put_item("a", "{}", {Existence::any, 3}))));
  CHECK(needs_savepoint(changes_of(finish(1), delete_item("a", {Existence::any, 3}))));
  CHECK(needs_savepoint(changes_of(put_setting("a"), make_table())));
  CHECK(needs_savepoint(changes_of(put_setting("a"), RemoveDeadLetter{})));
}

TEST_CASE("a condition that is skipped refuses nothing, a version does all the same") {
  CHECK_FALSE(needs_savepoint(changes_of(finish(1), or_skip(put_item("a", "{}", {Existence::absent, {}})))));
  CHECK(needs_savepoint(changes_of(finish(1), or_skip(put_item("a", "{}", {Existence::absent, 0})))));
}

TEST_CASE("an alternative counts as if it stood in the list") {
  const auto conditional = [](Changes alternative) {
    return or_else(put_item("a", "{}", {Existence::absent, {}}), std::move(alternative));
  };
  CHECK_FALSE(needs_savepoint(changes_of(finish(1), conditional(changes_of(put_setting("a"))))));
  CHECK(needs_savepoint(changes_of(finish(1), conditional(changes_of(check_item("b", 1))))));
  CHECK_FALSE(needs_savepoint(changes_of(conditional(changes_of(check_item("b", 1), put_setting("a"))))));
  // Size and table of an item in an alternative are looked at only when it is taken.
  CHECK(needs_savepoint(changes_of(finish(1), conditional(changes_of(put_item("b"))))));
  CHECK(needs_savepoint(changes_of(conditional(changes_of(put_setting("a"))), finish(1))));
}

TEST_CASE("alternatives without end are given a savepoint, not followed") {
  Changes deep;
  for (int level = 0; level < 100; ++level) {
    deep = changes_of(or_else(put_item("a", "{}", {Existence::absent, {}}), std::move(deep)));
  }
  CHECK(needs_savepoint(deep));
}

}  // namespace waybill::testing
