// The checks of the crash tests themselves: what they must notice, made by hand.
#include <algorithm>

#include <doctest/doctest.h>

#include "crash/ledger.h"
#include "crash/message_work.h"
#include "store/sqlite/store.h"
#include "support/temp_dir.h"

using namespace waybill;
using namespace waybill::testing;
using namespace waybill::store;

namespace {

constexpr QueueId kSource{1};
constexpr QueueId kDeadLetters{2};

// A store with the messages 11 and 12 in a dead-letter queue, sent there, and what is done to them.
class Disk {
 public:
  Disk() {
    auto opened = sqlite::Store::open(directory_.path().string(), {.synchronous = sqlite::Synchronous::off});
    store_ = std::move(opened).value();
    journal_.emplace(store_->make_engine().value(), JournalOptions{}, probe_, [](const Error&) {});
    for (const TableId table : {kEffects, kFailures}) apply(PutTable{crash_table(table)});
    for (const std::int64_t number : {11, 12}) send(kDeadLetters, number, number);
  }

  // Under another number than that of the message it is a copy of, as a move makes them.
  void send(QueueId queue, std::int64_t as, std::int64_t number) {
    auto message = std::make_shared<Message>(*crash_message(number, 100, ""));
    message->id = {as};
    apply(SendMessage{queue, false, std::move(message), from_millis(0), "", {}});
  }
  void move(std::vector<MessageId> ids) {
    MoveMessages move;
    move.from = kDeadLetters;
    move.routes = {{{}, kSource, false}};
    move.ids = std::move(ids);
    move.now = from_millis(5);
    apply(std::move(move));
  }
  template <class C>
  void apply(C change) {
    Changes changes;
    changes.add(std::move(change));
    REQUIRE(journal_->apply(Lane::internal, std::move(changes)).has_value());
  }

  // Ends the Journal.
  std::vector<std::string> broken(std::vector<Promise> promises) {
    journal_.reset();
    store_.reset();
    for (const std::int64_t number : {11, 12}) {
      promises.push_back({.what = "sent", .number = number, .goes_by = number});
    }
    return broken_promises(directory_.path(), promises);
  }

 private:
  const TempDir directory_;
  std::unique_ptr<sqlite::Store> store_;
  JournalProbe probe_;
  std::optional<Journal> journal_;
};

const Promise kMoving{.what = "moving", .goes_by = 21, .together = {11, 12}};
const Promise kTaking{.what = "taking", .together = {11, 12}};

Promise moved(std::int64_t number, std::int64_t as) {
  return {.what = "moved", .number = number, .goes_by = as, .to = kSource};
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a move that happened, or did not, is whole") {
  CHECK(Disk().broken({kMoving}).empty());
  Disk disk;
  disk.move({{21}, {22}});
  CHECK(disk.broken({kMoving, moved(11, 21), moved(12, 22)}).empty());
}

TEST_CASE("a move of one message of two is noticed") {
  Disk disk;
  disk.move({{21}});
  CHECK(disk.broken({kMoving}) == Texts{"moving 0 (as 21) happened by halves"});
}

TEST_CASE("a move that leaves the original is noticed") {
  Disk disk;
  disk.send(kSource, 21, 11);
  CHECK(disk.broken({}) == Texts{"11 is there twice"});
}

TEST_CASE("an acknowledged move that did not happen is noticed, and one to the wrong queue") {
  CHECK(Disk().broken({moved(11, 21)}) == Texts{"moved 11 (as 21) was lost"});
  Disk disk;
  disk.move({{21}});
  Promise elsewhere = moved(11, 21);
  elsewhere.to = kDeadLetters;
  CHECK(disk.broken({elsewhere}) == Texts{"moved 11 (as 21) was lost"});
}

TEST_CASE("a moved message that is lost is noticed") {
  Disk disk;
  disk.move({{21}});
  disk.apply(PurgeQueue{kSource, false, {100}});
  CHECK(disk.broken({moved(11, 21)}) == Texts{"moved 11 (as 21) was lost", "sent 11 was lost"});
}

TEST_CASE("a receive that is forgotten is noticed, but not one of before a move") {
  const Promise received{.what = "received", .number = 11, .goes_by = 11, .receives = 1, .to = kDeadLetters};
  CHECK(Disk().broken({received}) == Texts{"received 11 was lost"});
  Disk disk;
  disk.move({{21}});
  CHECK(disk.broken({received}).empty());
}

TEST_CASE("a batch of which one message is taken is noticed, and an effect without its deletion") {
  const DeleteMessage deletion{{kDeadLetters, {11}, 0, from_millis(0)}, false, from_millis(0), true};
  {
    Disk disk;
    disk.apply(crash_item(kEffects, "11", 11));
    disk.apply(deletion);
    CHECK(disk.broken({kTaking}) == Texts{"taking 0 happened by halves"});
  }
  {
    Disk disk;
    disk.apply(crash_item(kEffects, "11", 11));
    CHECK(disk.broken({}) == Texts{"11 is in two places"});
  }
  {
    Disk disk;
    disk.apply(deletion);
    CHECK(disk.broken({{.what = "taken", .number = 11}}) == Texts{"taken 11 was lost", "sent 11 was lost"});
  }
}

TEST_CASE("a failure of a batch that left nothing is noticed") {
  const Promise failed{.what = "failed", .number = 11, .goes_by = 11, .receives = 1};
  CHECK(Disk().broken({failed}) == Texts{"failed 11 was lost"});
  Disk disk;
  disk.apply(crash_item(kFailures, "11", 11));
  CHECK(disk.broken({failed}).empty());
}
