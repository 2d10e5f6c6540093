// Random lives of a queue against a record of what was promised: nothing is lost, nothing is delivered while it is
// invisible, receive counts are exact, groups keep their order, duplicates are dropped.
#include <algorithm>
#include <cstdlib>
#include <map>

#include "base/log.h"
#include "store/sqlite/store.h"
#include "support/conformance_rows.h"
#include "support/queue_rig.h"
#include "support/temp_dir.h"

using namespace waybill;
using namespace waybill::queue;
using namespace waybill::testing;
using std::chrono::seconds;

namespace {

constexpr int kMaxReceives = 4;

// What is known of a message that was acknowledged.
struct Known {
  std::string id;
  std::string group;
  WallTime visible_at;
  int receives = 0;
  bool dead = false;  // in the dead-letter queue
  int order = 0;
  std::string handle;  // of the latest receive
};

class Life {
 public:
  Life(QueueRig& rig, std::uint64_t seed, bool fifo)
      : rig_(rig),
        random_(seed),
        fifo_(fifo),
        groups_(seed % 2 == 0 ? 3 : 14),  // few that are locked often, or more than one receive looks at
        name_(fifo ? "q.fifo" : "q"),
        dlq_(fifo ? "dead.fifo" : "dead") {
    rig_.put_queue(dlq_);
    nlohmann::json body = {
        {"VisibilityTimeout", 10},
        {"RedrivePolicy", {{"deadLetterTargetArn", queue_arn(dlq_)}, {"maxReceiveCount", kMaxReceives}}}};
    rig_.put_queue(name_, body);
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) step();
    drain();
  }

  std::map<std::string, int> seen;  // what came up, over all lives

 private:
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_.below(bound)); }
  bool chance(std::size_t percent) { return below(100) < percent; }

  void step() {
    const auto what = below(100);
    if (what < 30) {
      send();
    } else if (what < 60) {
      receive();
    } else if (what < 72) {
      remove();
    } else if (what < 82) {
      change();
    } else if (what < 95) {
      rig_.advance(Millis{static_cast<int>(below(8'000))});
    } else if (what < 97) {
      rig_.crash();
      ++seen["crash"];
    } else {
      lose_in_crash();
    }
  }

  SendEntry entry() {
    SendEntry made;
    made.body = "message-" + std::to_string(++sent_);
    if (fifo_) {
      made.group_id = std::string(1, static_cast<char>('a' + below(groups_)));
      made.deduplication_id = made.body;
    } else if (chance(30)) {
      made.delay = seconds{below(20)};
    }
    return made;
  }

  void send() {
    const SendEntry made = entry();
    const auto sent = rig_.send(name_, made);
    REQUIRE(sent.has_value());
    Known known;
    known.id = sent->message_id;
    known.group = made.group_id;
    known.visible_at = rig_.wall.now() + made.delay.value_or(seconds{0});
    known.order = sent_;
    known_[made.body] = known;
    if (fifo_ && chance(30)) {
      ++seen["duplicate"];
      CHECK(rig_.send(name_, made)->message_id == sent->message_id);
    }
  }

  // Sent, but the power goes before the commit: it is refused, and never seen.
  void lose_in_crash() {
    const auto got = QueueRig::nothing<std::vector<Answer<Sent>>>();
    rig_.service->send(queue_arn(name_), {entry()}, QueueRig::into(got));
    rig_.crash();
    REQUIRE(got->has_value());
    CHECK((*got)->has_error());
    ++seen["lost in a crash"];
  }

  bool visible(const Known& known) const { return !known.dead && known.visible_at <= rig_.wall.now(); }
  bool locked(const std::string& group) const {
    for (const auto& [body, known] : known_) {
      const bool in_flight = known.receives > 0 && known.visible_at > rig_.wall.now();
      if (known.group == group && !known.dead && in_flight) return true;
    }
    return false;
  }

  // Those that the next receive may give, the ones that it moves to the dead-letter queue included.
  std::vector<std::string> receivable() const {
    std::vector<std::string> bodies;
    for (const auto& [body, known] : known_) {
      if (visible(known) && !(fifo_ && locked(known.group))) bodies.push_back(body);
    }
    return bodies;
  }

  void receive() {
    const int most = 1 + static_cast<int>(below(10));
    const seconds timeout{chance(20) ? 0 : 1 + static_cast<int>(below(15))};
    const auto candidates = receivable();
    std::map<std::string, int> last_in_group;
    const auto received = rig_.receive(name_, most, timeout);
    CHECK(received.size() <= static_cast<std::size_t>(most));
    // What is visible too often moves on; of those that are asked for, the others come.
    std::size_t expected = 0;
    for (const std::string& body : candidates) {
      Known& known = known_.at(body);
      if (known.receives < kMaxReceives) {
        ++expected;
        continue;
      }
      if (received.size() < static_cast<std::size_t>(most) && timeout.count() > 0) known.dead = true;
    }
    if (timeout.count() > 0) CHECK(received.size() == std::min(expected, static_cast<std::size_t>(most)));
    for (const Received& each : received) {
      const auto found = known_.find(each.message->body);
      REQUIRE(found != known_.end());
      Known& known = found->second;
      CHECK(std::find(candidates.begin(), candidates.end(), found->first) != candidates.end());
      CHECK(each.message_id == known.id);
      CHECK(each.receive_count == known.receives + 1);
      if (fifo_) check_order(found->first, known, last_in_group);
      known.receives = each.receive_count;
      known.visible_at = rig_.wall.now() + timeout;
      known.handle = each.receipt_handle;
      ++seen["received"];
    }
    find_dead();
  }

  // No message of its group that may be received stays behind it.
  void check_order(const std::string& body, const Known& known, std::map<std::string, int>& last_in_group) {
    int& last = last_in_group[known.group];
    CHECK(known.order > last);
    for (const auto& [other_body, other] : known_) {
      const bool before = other.group == known.group && other.order > last && other.order < known.order;
      if (!before || other.dead) continue;
      CAPTURE(body);
      CHECK(other.receives >= kMaxReceives);  // it moved on instead
    }
    last = known.order;
  }

  // Peeking tells which messages have moved; each of them must have been received as often as it may be.
  void find_dead() {
    const auto got = QueueRig::nothing<std::vector<Peeked>>();
    rig_.service->peek(queue_arn(dlq_), 1'000, QueueRig::into(got));
    rig_.commit();
    std::size_t dead = 0;
    for (const Peeked& each : ***got) {
      Known& known = known_.at(each.message->body);
      CHECK(known.receives == kMaxReceives);
      CHECK(each.message_id == known.id);
      known.dead = true;
      ++dead;
    }
    for (const auto& [body, known] : known_) dead -= known.dead ? 1 : 0;
    CHECK(dead == 0);
    seen["dead"] += static_cast<int>((**got)->size());
  }

  std::map<std::string, Known>::iterator any_received() {
    std::vector<std::map<std::string, Known>::iterator> some;
    for (auto at = known_.begin(); at != known_.end(); ++at) {
      if (!at->second.handle.empty() && !at->second.dead) some.push_back(at);
    }
    return some.empty() ? known_.end() : some[below(some.size())];
  }

  void remove() {
    const auto at = any_received();
    if (at == known_.end()) return;
    const auto removed = rig_.remove(name_, at->second.handle);
    const bool late = fifo_ && at->second.visible_at <= rig_.wall.now();
    CHECK(removed.has_value() == !late);
    ++seen[late ? "deleted too late" : "deleted"];
    if (!late) known_.erase(at);
  }

  void change() {
    const auto at = any_received();
    if (at == known_.end()) return;
    const seconds timeout{below(20)};
    const auto changed = rig_.change(name_, at->second.handle, timeout);
    const bool late = at->second.visible_at <= rig_.wall.now();
    CHECK(changed.has_value() == !late);
    ++seen[late ? "changed too late" : "changed"];
    if (!late) at->second.visible_at = rig_.wall.now() + timeout;
  }

  // All that is known comes out in the end, from the queue or from its dead-letter queue.
  void drain() {
    for (int round = 0; round < 200 && !known_.empty(); ++round) {
      rig_.advance(seconds{20});
      for (const auto& queue : {name_, dlq_}) {
        for (const Received& each : rig_.receive(queue)) {
          CHECK(known_.erase(each.message->body) == 1);
          CHECK(rig_.remove(queue, each.receipt_handle).has_value());
        }
      }
    }
    CHECK(known_.empty());
    for (const auto& queue : {name_, dlq_}) {
      const auto counts = rig_.counts(queue);
      CHECK(counts.visible + counts.in_flight + counts.delayed == 0);
    }
  }

  QueueRig& rig_;
  SeededRandom random_;
  const bool fifo_;
  const std::size_t groups_;
  const std::string name_, dlq_;
  std::map<std::string, Known> known_;
  int sent_ = 0;
};

struct SqliteFile {
  TempDir directory;
  std::unique_ptr<store::sqlite::Store> store;
};

std::unique_ptr<QueueRig> sqlite_rig() {
  const auto file = std::make_shared<SqliteFile>();
  QueueRig::Stores stores;
  stores.engine = [file] {
    file->store.reset();
    file->store = value_of(
        store::sqlite::Store::open(file->directory.path().string(), {.synchronous = store::sqlite::Synchronous::off}));
    return value_of(file->store->make_engine());
  };
  stores.reader = [file] { return value_of(file->store->make_reader()); };
  return std::make_unique<QueueRig>(std::move(stores));
}

// WAYBILL_LIFE_SEED: one seed only, to look at what failed.
void live(std::uint64_t lives, bool fifo, const std::function<std::unique_ptr<QueueRig>()>& make) {
  std::uint64_t seed = 1;
  std::uint64_t end = lives + 1;
  if (const char* only = std::getenv("WAYBILL_LIFE_SEED")) {
    seed = std::strtoull(only, nullptr, 10);
    end = seed + 1;
  }
  spdlog::set_level(spdlog::level::off);
  std::map<std::string, int> seen;
  for (; seed < end; ++seed) {
    CAPTURE(seed);
    CAPTURE(fifo);
    const auto rig = make();
    Life life(*rig, seed, fifo);
    life.run(45);
    for (const auto& [what, count] : life.seen) seen[what] += count;
  }
  spdlog::set_level(spdlog::level::info);
  if (std::getenv("WAYBILL_LIFE_SEED")) return;
  for (const char* what : {"received", "deleted", "changed", "changed too late", "dead", "crash", "lost in a crash"}) {
    CAPTURE(what);
    CHECK(seen[what] > 0);
  }
  if (fifo) CHECK(seen["duplicate"] > 0);
}

}  // namespace

TEST_CASE("messages are neither lost nor shown too early, through crashes and time, over the model engine") {
  for (const bool fifo : {false, true}) live(1'100, fifo, [] { return std::make_unique<QueueRig>(); });
}

TEST_CASE("messages are neither lost nor shown too early, through crashes and time, over SQLite") {
  for (const bool fifo : {false, true}) live(40, fifo, sqlite_rig);
}
