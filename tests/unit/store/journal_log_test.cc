// The Journal with an ingress log before it.
#include <atomic>
#include <thread>

#include <doctest/doctest.h>

#include "support/failing_engine.h"
#include "support/memory_log_file.h"
#include "unit/store/journal_fixture.h"

using namespace waybill;
using namespace waybill::testing;

namespace {

class LoggedJournal {
 public:
  LoggedJournal() { start(); }

  void start() {
    JournalOptions options;
    options.full_disk_pause = std::chrono::milliseconds{1};
    options.pace = pace;
    journal = std::make_unique<Journal>(
        make_failing_engine(std::make_unique<ModelEngine>(disk), failures), options, probe,
        [this](const Error& error) { poison.push_back(error.message); }, files.open());
  }

  // What a client hears, and then what follows once it is in the database.
  struct Answer {
    std::future<Journal::Durable> durable;
    std::future<void> stored;
  };
  Answer accept(std::int64_t id) { return accept(changes_of(insert_payload(id), insert_delivery(id, id))); }
  Answer accept(Changes changes) {
    std::promise<Journal::Durable> durable;
    std::promise<void> stored;
    Answer answer{durable.get_future(), stored.get_future()};
    journal->accept(
        std::move(changes),
        [durable = std::move(durable)](Journal::Durable result) mutable { durable.set_value(std::move(result)); },
        [stored = std::move(stored)]() mutable { stored.set_value(); });
    return answer;
  }
  std::size_t payloads() const { return disk->state()->payloads.size(); }
  // The writer stands still until the gate opens.
  std::shared_ptr<Gate> hold_writer() {
    auto gate = std::make_shared<Gate>();
    journal->submit(Lane::internal, {}, [gate](const Applied&) { gate->wait_until_open(); });
    gate->wait_for_arrival();
    return gate;
  }

  std::chrono::microseconds pace{0};
  std::shared_ptr<ModelDisk> disk = std::make_shared<ModelDisk>();
  std::shared_ptr<FailurePlan> failures = std::make_shared<FailurePlan>();
  MemoryLog files;
  CountingProbe probe;
  std::vector<std::string> poison;
  std::unique_ptr<Journal> journal;
};

}  // namespace

TEST_CASE("what is accepted is durable before the database has it, and is stored after that") {
  LoggedJournal store;
  const auto gate = store.hold_writer();
  auto answer = store.accept(1);
  CHECK(answer.durable.get().has_value());
  CHECK(store.payloads() == 0);
  gate->open();
  answer.stored.get();
  CHECK(store.payloads() == 1);
}

TEST_CASE("what was durable and not stored when the process ended is stored at the next start") {
  LoggedJournal store;
  MemoryLog as_left;
  std::shared_ptr<ModelDisk> disk_as_left = std::make_shared<ModelDisk>();
  {
    store.accept(1).stored.get();
    const auto gate = store.hold_writer();
    for (int id = 2; id <= 4; ++id) CHECK(store.accept(id).durable.get().has_value());
    for (std::size_t i = 0; i < 2; ++i) as_left.disk[i]->set(store.files.disk[i]->content());
    disk_as_left->set(store.disk->state());
    gate->open();
  }
  store.journal.reset();
  store.files = as_left;
  store.disk = disk_as_left;
  CHECK(store.payloads() == 1);
  store.start();
  CHECK(store.payloads() == 4);
  CHECK(store.disk->state()->deliveries.size() == 4);
  CHECK(store.journal->next_sequence() > 4);
  // Not a second time.
  store.journal.reset();
  store.start();
  store.accept(5).stored.get();
  CHECK(store.payloads() == 5);
}

TEST_CASE("stopping stores what was accepted") {
  LoggedJournal store;
  std::vector<LoggedJournal::Answer> answers;
  for (int id = 1; id <= 20; ++id) answers.push_back(store.accept(id));
  store.journal->stop();
  for (auto& answer : answers) {
    CHECK(answer.durable.get().has_value());
    answer.stored.get();
  }
  CHECK(store.payloads() == 20);
  CHECK(store.accept(21).durable.get().error().reason == Refusal::Reason::unavailable);
}

TEST_CASE("a reset comes after what was accepted before it, and before what is accepted after it") {
  LoggedJournal store;
  const auto gate = store.hold_writer();
  CHECK(store.accept(1).durable.get().has_value());
  std::promise<void> reset;
  store.journal->submit(Lane::internal, changes_of(ResetAll{}), [&](const Applied&) { reset.set_value(); });
  CHECK(store.accept(2).durable.get().has_value());
  gate->open();
  reset.get_future().get();
  static_cast<void>(store.journal->apply(Lane::internal, {}));
  store.journal->stop();
  REQUIRE(store.payloads() == 1);
  CHECK(store.disk->state()->payloads.begin()->first == PayloadId{2});
}

TEST_CASE("what a rule may refuse goes the way of other units") {
  LoggedJournal store;
  auto refused = store.accept(changes_of(insert_payload(1), finish(99)));
  CHECK(refused.durable.get().error().reason == Refusal::Reason::fenced);
  CHECK(store.payloads() == 0);
  store.accept(changes_of(insert_payload(2), put_setting("a"))).stored.get();
  CHECK(store.payloads() == 1);
  CHECK(store.files.disk[0]->content().find("WBL1") == std::string::npos);
}

TEST_CASE("a full disk under the log refuses, and under the database waits") {
  const QuietLog quiet;
  LoggedJournal store;
  store.accept(1).stored.get();
  for (const auto& disk : store.files.disk) disk->fail_writes(ErrorCode::unavailable);
  CHECK(store.accept(2).durable.get().error().reason == Refusal::Reason::unavailable);
  for (const auto& disk : store.files.disk) disk->fail_writes(std::nullopt);

  const auto gate = store.hold_writer();
  auto waiting = store.accept(3);
  CHECK(waiting.durable.get().has_value());
  store.failures->kind = FailurePlan::Kind::stays_full;
  store.failures->fail_at = store.failures->calls + 1;
  gate->open();
  // Two groups later it was tried and found no room: more is not let in.
  for (int i = 0; i < 2; ++i) static_cast<void>(store.journal->apply(Lane::internal, {}));
  CHECK(store.accept(4).durable.get().error().reason == Refusal::Reason::unavailable);
  CHECK_FALSE(store.journal->has_room());
  CHECK(store.payloads() == 1);
  CHECK(store.poison.empty());
  store.failures->fail_at = 0;
  waiting.stored.get();
  CHECK(store.payloads() == 2);
  store.accept(5).stored.get();
  CHECK(store.payloads() == 3);
  CHECK(store.journal->has_room());
}

TEST_CASE("at the end what had no room stays in the log, and what belongs behind it is refused") {
  const QuietLog quiet;
  LoggedJournal store;
  const auto gate = store.hold_writer();
  CHECK(store.accept(1).durable.get().has_value());
  std::promise<Refusal::Reason> reset;
  store.journal->submit(Lane::internal, changes_of(ResetAll{}),
                        [&](const Applied& applied) { reset.set_value(reason_of(applied)); });
  store.failures->kind = FailurePlan::Kind::stays_full;
  store.failures->fail_at = store.failures->calls + 1;
  gate->open();
  store.journal->stop();
  CHECK(reset.get_future().get() == Refusal::Reason::unavailable);
  CHECK(store.payloads() == 0);
  store.failures->fail_at = 0;
  store.journal.reset();
  store.start();
  CHECK(store.payloads() == 1);
}

TEST_CASE("a failed sync of the log poisons the Journal") {
  const QuietLog quiet;
  LoggedJournal store;
  store.accept(1).stored.get();
  store.files.disk[0]->fail_syncs();
  CHECK(store.accept(2).durable.get().error().reason == Refusal::Reason::poisoned);
  CHECK(store.accept(3).durable.get().error().reason == Refusal::Reason::poisoned);
  store.journal->stop();
  CHECK(store.journal->poisoned());
  CHECK(store.poison.size() == 1);
  CHECK(reason_of(store.journal->apply(Lane::internal, {})) == Refusal::Reason::poisoned);
}

TEST_CASE("patient units wait for company, and go with the first that does not wait") {
  LoggedJournal store;
  store.journal.reset();
  store.pace = std::chrono::hours{1};
  store.start();
  store.accept(1).stored.get();  // nothing was committed before it
  auto waits = store.accept(2);
  CHECK(waits.durable.get().has_value());
  std::promise<void> outcome;
  store.journal->submit(Lane::outcome, changes_of(put_setting("a")), [&](const Applied&) { outcome.set_value(); });
  static_cast<void>(store.journal->apply(Lane::internal, changes_of(put_setting("b"))));
  waits.stored.get();
  outcome.get_future().get();
  CHECK(store.disk->state()->settings.contains("a"));
}

TEST_CASE("with a backlog above its limit clients wait for the writer, and all are answered") {
  JournalOptions options;
  options.ingress_limit_bytes = 64 << 10;  // an eighth of it may wait for the database
  auto disk = std::make_shared<ModelDisk>();
  const MemoryLog files;
  CountingProbe probe;
  Journal journal(std::make_unique<ModelEngine>(disk), options, probe, nullptr, files.open());
  constexpr int kThreads = 4;
  constexpr int kEach = 50;
  std::atomic<int> stored = 0;
  std::vector<std::thread> clients;
  for (int client = 0; client < kThreads; ++client) {
    clients.emplace_back([&, client] {
      for (int i = 0; i < kEach; ++i) {
        std::promise<bool> durable;
        auto answer = durable.get_future();
        journal.accept(
            changes_of(insert_payload(client * kEach + i + 1, std::string(4'000, 'x'))),
            [durable = std::move(durable)](Journal::Durable result) mutable { durable.set_value(result.has_value()); },
            [&stored] { ++stored; });
        CHECK(answer.get());
      }
    });
  }
  for (auto& client : clients) client.join();
  journal.stop();
  CHECK(stored == kThreads * kEach);
  CHECK(disk->state()->payloads.size() == kThreads * kEach);
}

TEST_CASE("settling waits for what was acknowledged") {
  LoggedJournal store;
  const auto gate = store.hold_writer();
  CHECK(store.accept(1).durable.get().has_value());
  CHECK_FALSE(store.journal->has_stored(store.journal->logged()));
  store.journal->settle(std::chrono::milliseconds{0});
  CHECK_FALSE(store.journal->has_stored(store.journal->logged()));
  gate->open();
  store.journal->settle(std::chrono::hours{1});
  CHECK(store.journal->has_stored(store.journal->logged()));
  CHECK(store.payloads() == 1);
}

TEST_CASE("after a kill and a start, a power loss takes nothing that was acknowledged before either") {
  LoggedJournal store;
  MemoryLog as_left;
  const auto disk_as_left = std::make_shared<ModelDisk>();
  store.accept(1).stored.get();
  for (std::size_t i = 0; i < 2; ++i) as_left.disk[i]->set(store.files.disk[i]->content());
  disk_as_left->set(store.disk->state(), Durability::unsynced);  // as the page cache has it
  store.journal.reset();
  store.files = as_left;
  store.disk = disk_as_left;
  store.start();
  CHECK(store.accept(2).durable.get().has_value());
  // The power goes now.
  MemoryLog after;
  const auto disk_after = std::make_shared<ModelDisk>();
  for (std::size_t i = 0; i < 2; ++i) after.disk[i]->set(store.files.disk[i]->content());
  disk_as_left->lose_power();
  disk_after->set(disk_as_left->state());
  store.journal.reset();
  store.files = after;
  store.disk = disk_after;
  store.start();
  CHECK(store.poison.empty());
  CHECK(store.payloads() == 2);
}
