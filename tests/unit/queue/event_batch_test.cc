#include "queue/event_batch.h"

#include <algorithm>

#include <doctest/doctest.h>

using namespace waybill;
using namespace waybill::queue;
using Owners = std::vector<std::size_t>;

namespace {

Received received(std::int64_t id, const std::string& group = "") {
  Received made;
  auto message = std::make_shared<Message>();
  message->group = group;
  made.message = std::move(message);
  made.fence = {{1}, {id}, 1, from_millis(30)};
  return made;
}

RecordResult result(bool ok, int effects) {
  RecordResult made;
  made.ok = ok;
  for (int i = 0; i < effects; ++i) made.changes.add(store::PutSetting{"a", "b"});
  return made;
}

BatchUnit unit_of(const std::vector<RecordResult>& results, bool item_failures) {
  std::vector<Received> messages;
  for (std::size_t i = 0; i < results.size(); ++i) messages.push_back(received(static_cast<std::int64_t>(i) + 1));
  const bool failed = std::any_of(results.begin(), results.end(), [](const RecordResult& each) { return !each.ok; });
  return batch_unit(messages, results, {0, results.size()}, {false, failed && !item_failures}, from_millis(0));
}

int deletions(const BatchUnit& unit) {
  int count = 0;
  for (const auto& change : unit.changes.list) {
    const auto* deletion = std::get_if<store::DeleteMessage>(&change);
    if (!deletion) continue;
    CHECK(deletion->required);
    ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("successes are deleted with their effects, in one unit") {
  const BatchUnit unit = unit_of({result(true, 2), result(true, 0)}, false);
  CHECK(deletions(unit) == 2);
  CHECK(unit.owners == Owners{0, 0, 0, 1});
}

TEST_CASE("with item failures a failed message stays, and what it wants stored is stored") {
  const BatchUnit unit = unit_of({result(true, 1), result(false, 1), result(true, 1)}, true);
  CHECK(deletions(unit) == 2);
  CHECK(unit.owners == Owners{0, 0, 1, 2, 2});
}

TEST_CASE("without item failures one failure keeps all, and no success is stored that will come again") {
  const BatchUnit unit = unit_of({result(true, 1), result(false, 1)}, false);
  CHECK(deletions(unit) == 0);
  CHECK(unit.owners == Owners{1});
}

TEST_CASE("a refusal names its message, and what to do follows from its reason") {
  using Reason = store::Refusal::Reason;
  using Step = AfterRefusal::Step;
  const BatchUnit unit = unit_of({result(true, 1), result(true, 1)}, true);
  CHECK(after_refusal({Reason::fenced, "", 2}, unit).step == Step::commit_again);
  CHECK(after_refusal({Reason::fenced, "", 2}, unit).message == 1);
  CHECK(after_refusal({Reason::invalid_effect, "", 1}, unit).step == Step::commit_again);
  CHECK(after_refusal({Reason::version_conflict, "", 1}, unit).step == Step::ask_again);
  CHECK(after_refusal({Reason::version_conflict, "", 3}, unit).step == Step::commit_before);
  CHECK(after_refusal({Reason::poisoned, "", 0}, unit).step == Step::give_up);
}

TEST_CASE("what is lost takes no part, and a part of a batch no more than its messages") {
  std::vector<Received> messages;
  for (std::int64_t id = 1; id <= 4; ++id) messages.push_back(received(id));
  std::vector<RecordResult> results(4, result(true, 1));
  results[1].lost = true;
  const BatchUnit unit = batch_unit(messages, results, {1, 3}, {}, from_millis(0));
  CHECK(deletions(unit) == 1);
  CHECK(unit.deletions == 1);
  CHECK(unit.owners == Owners{2, 2});
  using Reason = store::Refusal::Reason;
  using Step = AfterRefusal::Step;
  CHECK(after_refusal({Reason::version_conflict, "", 1}, unit).step == Step::commit_before);
  const BatchUnit second = batch_unit(messages, results, {2, 4}, {}, from_millis(0));
  CHECK(after_refusal({Reason::version_conflict, "", 1}, second).step == Step::ask_again);
}

TEST_CASE("behind a failure of a group its later messages fail, without effects") {
  const std::vector<Received> messages = {received(1, "a"), received(2, "b"), received(3, "a"),
                                          received(4, "c"), received(5, "b"), received(6, "c")};
  std::vector<RecordResult> results(6, result(true, 1));
  results[0].ok = false;
  results[1].lost = true;
  std::set<std::string> stopped;
  hold_back_groups(messages, results, stopped);
  CHECK(stopped == std::set<std::string>{"a", "b"});
  CHECK(results[0].changes.list.size() == 1);  // its own are stored
  for (const std::size_t held : {2, 4}) {
    CHECK_FALSE(results[held].ok);
    CHECK(results[held].changes.list.empty());
    CHECK(results[held].error == "an earlier message of its group failed");
  }
  CHECK(results[3].ok);
  CHECK(results[5].ok);
}
