#include "life_world.h"

#include <algorithm>

namespace waybill::testing {

using delivery::AttemptResult;
using std::chrono::seconds;

namespace {

const TableId kEffects{1};

Resource rule_for(const std::string& name, const std::string& policy) {
  return resource("AWS::Events::Rule", "orders/" + name,
                  R"({"EventBusName":"orders","EventPattern":{"source":["shop"]},"Targets":[{"Id":"1",)"
                  R"("Arn":"arn:aws:lambda:us-east-1:000000000000:function:)" +
                      name + R"(","RetryPolicy":)" + policy + "}]}");
}

Resource function(const std::string& name, const std::string& extra = "") {
  return resource("AWS::Lambda::Function", name, R"({"Handler":"test.work","Timeout":30)" + extra + "}");
}

}  // namespace

// Three targets: a function without concurrency, one whose attempts are asynchronous and joint, one without retries.
struct LifeWorld::Wiring {
  Snapshot<Topology> topology;
  std::vector<std::shared_ptr<const EndpointSpec>> endpoints;
  std::shared_ptr<const ModelState> empty;

  Wiring() {
    Topology::EndpointNumbers numbers;
    auto built =
        Topology::build(catalog_of({resource("AWS::Events::EventBus", "orders",
                                             R"({"Arn":"arn:aws:events:us-east-1:000000000000:event-bus/orders"})"),
                                    function("calm", R"(,"ReservedConcurrentExecutions":1)"), function("remote"),
                                    function("strict"),
                                    rule_for("calm", R"({"MaximumRetryAttempts":2,"MaximumEventAgeInSeconds":90})"),
                                    rule_for("remote", R"({"MaximumRetryAttempts":3,"MaximumEventAgeInSeconds":60})"),
                                    rule_for("strict", R"({"MaximumRetryAttempts":0})")})
                            .value(),
                        Place{}, numbers)
            .value();
    ModelState state;
    for (const auto& [id, key] : numbers.fresh) state.endpoints[id] = key;
    state.tables[kEffects].spec = {kEffects, "effects", "", {}, {}, ""};
    empty = std::make_shared<const ModelState>(std::move(state));
    for (const auto& [id, spec] : built->endpoints()) endpoints.push_back(spec);
    std::sort(endpoints.begin(), endpoints.end(), [](const auto& a, const auto& b) { return a->id < b->id; });
    topology.set(std::move(built));
  }
};

const LifeWorld::Wiring& LifeWorld::wiring() {
  static const Wiring kWiring;
  return kWiring;
}

std::map<std::string, int>& LifeWorld::tally() {
  static std::map<std::string, int> counts;
  return counts;
}

bool SeededExecutor::run_one() {
  if (tasks_.empty()) return false;
  const auto at = tasks_.begin() + static_cast<std::ptrdiff_t>(random_.below(tasks_.size()));
  auto task = std::move(*at);
  tasks_.erase(at);
  task();
  return true;
}

LifeWorld::LifeWorld(std::uint64_t seed) : random_(seed), disk_(std::make_shared<ModelDisk>()) {
  disk_->set(wiring().empty);
  router_.act = [this] {
    if (!calm_ && dice(4) == 0) {
      note("route throws");
      throw std::runtime_error("it broke");
    }
    return delivery::Consequences{};
  };
  begin_life();
}

LifeWorld::~LifeWorld() { crash(); }

void LifeWorld::begin_life() {
  life_ = std::make_unique<Life>();
  failures_ = std::make_shared<FailurePlan>();
  failures_->kind = FailurePlan::Kind::stays_full;
  store::JournalOptions by_hand;
  by_hand.by_hand = true;
  by_hand.checkpoint_wal_bytes = 1 << 30;
  by_hand.first_sequence_floor = ++lives_ * 100'000;  // numbers are never given twice
  life_->journal =
      std::make_unique<store::Journal>(make_failing_engine(std::make_unique<ModelEngine>(disk_), failures_), by_hand,
                                       journal_probe_, [this](const Error&) { wrong("the store is poisoned"); });
  readers_ = std::make_unique<store::ReaderPool>(
      [disk = disk_] { return Result<std::unique_ptr<store::Reader>>(std::make_unique<ModelReader>(disk)); });
  delivery::DispatcherOptions options;
  options.window = 4;
  options.workers = 2;
  options.max_conflicts = 2;
  options.max_async = 2;
  options.backoff = {Millis{500}, Millis{8'000}};
  options.circuit = {3, Millis{1'000}, Millis{8'000}};
  life_->dispatcher = std::make_unique<delivery::Dispatcher>(
      delivery::Dispatcher::Ports{*life_->journal, *readers_, wiring().topology, *this, router_, executor_, executor_,
                                  wall_, steady_, random_, probe_, [](Millis) {}},
      options);
  auto reader = readers_->lend();
  life_->dispatcher->load((*reader)->endpoints().value());
}

// The disk keeps what was committed; what the dying journal still commits goes to a disk that nobody reads again.
void LifeWorld::crash() {
  const auto committed = disk_->state();
  const auto known = stored_;
  auto dying = std::move(life_);
  dying->dispatcher.reset();
  dying->journal.reset();
  executor_.clear();
  stored_ = known;
  disk_ = std::make_shared<ModelDisk>();
  disk_->set(committed);
}

void LifeWorld::note(const char* what, std::int64_t number) {
  story_.emplace_back(what, number);
  if (!calm_) ++tally()[what];
}

void LifeWorld::wrong(const std::string& what) {
  if (error_.empty()) error_ = what;
}

std::string LifeWorld::story() const {
  std::string text;
  for (const auto& [what, number] : story_) text += std::string("\n  ") + what + " " + std::to_string(number);
  return text;
}

void LifeWorld::put() {
  const auto& spec = wiring().endpoints[dice(wiring().endpoints.size())];
  const WallTime now = wall_.now();
  const DeliveryId id{life_->journal->next_sequence()};
  auto payload = std::make_shared<const Payload>(
      Payload{PayloadId{life_->journal->next_sequence()}, PayloadKind::event, now, "bus", std::to_string(id.value)});
  const Delivery delivery{{spec->id, now, id}, payload->id, 0, 0, now, ""};
  note("put", delivery.key.id.value);
  store::Changes changes;
  changes.add(store::InsertPayload{payload});
  changes.add(store::InsertDelivery{delivery});
  life_->journal->submit(store::Lane::internal, std::move(changes),
                         [this, spec, delivery, payload](const store::Applied& applied) {
                           if (!applied || !life_) return;
                           stored_[delivery.key.id] = {spec, delivery.ingested_at, 0};
                           life_->dispatcher->committed({{delivery, payload}});
                         });
}

void LifeWorld::reset() {
  note("reset");
  store::Changes changes;
  changes.add(store::ResetAll{});
  life_->journal->submit(store::Lane::internal, std::move(changes), [this](const store::Applied& applied) {
    if (!applied || !life_) return;
    stored_.clear();
    life_->flying.clear();
    life_->dispatcher->reset();
  });
}

void LifeWorld::commit(bool full_disk) {
  if (full_disk) {
    note("full disk");
    failures_->fail_at = failures_->calls + 1;
  }
  life_->journal->commit_waiting();
  failures_->fail_at = 0;
}

void LifeWorld::pass(Millis by) {
  note("pass", by.count());
  wall_.advance(by);
  steady_.advance(by);
  latest_ = std::max(latest_, wall_.now());
  life_->dispatcher->tick();
}

void LifeWorld::jump(Millis by) {
  note("jump", by.count());
  wall_.advance(by);
  latest_ = std::max(latest_, wall_.now());
  life_->dispatcher->tick();
}

void LifeWorld::end_held() {
  if (life_->held.empty()) return;
  const auto at = life_->held.begin() + static_cast<std::ptrdiff_t>(dice(life_->held.size()));
  Held held = std::move(*at);
  life_->held.erase(at);
  AttemptResult result = result_for(held.ids, true);
  for (const DeliveryId id : held.ids) life_->flying.erase(id);
  held.done(std::move(result));
}

void LifeWorld::step() {
  switch (dice(24)) {
    case 0:
    case 1:
    case 2: return put();
    case 3:
    case 4: return pass(Millis{static_cast<std::int64_t>(dice(2'000))});
    case 5: return pass(Millis{static_cast<std::int64_t>(dice(40'000))});
    case 6: return jump(Millis{static_cast<std::int64_t>(dice(20'000)) - 10'000});
    case 7: return commit(dice(3) == 0);
    case 8:
      if (dice(8) == 0) return reset();
      if (dice(2) == 0) return;
      note("crash");
      crash();
      return begin_life();
    case 9:
    case 10:
    case 11:
    case 12: return end_held();
    case 13:
    case 14:
    case 15: return commit(false);
    default: executor_.run_one();
  }
}

void LifeWorld::finish() {
  calm_ = true;
  for (int round = 0; round < 400 && error_.empty(); ++round) {
    for (bool busy = true; busy;) {
      busy = executor_.run_one();
      busy = life_->journal->commit_waiting() || busy;
      if (!life_->held.empty()) {
        end_held();
        busy = true;
      }
    }
    if (disk_->state()->deliveries.empty() && life_->dispatcher->quiet()) break;
    pass(seconds{2});
  }
  check_ends();
}

}  // namespace waybill::testing
