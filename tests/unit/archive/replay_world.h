// A bus "orders" with an archive "all" and two rules, "one" and "two", over the model engine: what replays need, and
// nothing that delivers. Another world over the same disk is the process after a crash.
#pragma once

#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "archive/replay_runner.h"
#include "control/archive_rows.h"
#include "control/control_plane.h"
#include "control/operations.h"
#include "control/replay_rows.h"
#include "support/pipeline.h"

namespace waybill::testing {

using control::Json;

class ReplayWorld final : public bus::DeliverySink {
 public:
  explicit ReplayWorld(std::shared_ptr<ModelDisk> its_disk = std::make_shared<ModelDisk>(),
                       archive::ReplayOptions options = {{10, 1 << 20}, 100, Millis{100}},
                       store::JournalOptions journal_options = {}, std::unique_ptr<store::IngressLog> log = nullptr)
      : disk(std::move(its_disk)),
        journal(
            std::make_unique<ModelEngine>(disk), journal_options, journal_probe_, [](const Error&) {}, std::move(log)),
        readers([disk = disk] { return Result<std::unique_ptr<store::Reader>>(std::make_unique<ModelReader>(disk)); }),
        book(journal, readers, wall, [this](const Catalog& catalog) { return wire(catalog); }),
        acceptor(rules, journal, wall, random, bus_probe_),
        runner(
            archive::ReplayRunner::Ports{book, readers, journal, rules, *this, executor, wall, random,
                                         [this](EndpointId id) { return pending[id]; }, [this](Millis) { ++pauses; }},
            options) {
    for (const auto& [id, key] : disk->state()->endpoints) {
      numbers_.by_key[key] = id;
      numbers_.last = std::max(numbers_.last, id.value);
    }
    book.load().value();
    book.watch(kinds::kReplay, [this] { runner.wake(); });
    put_row(kinds::kEventBus, "orders", {{"Name", "orders"}});
    for (const char* name : {"one", "two"}) {
      put_row(kinds::kRule, std::string("orders/") + name,
              {{"EventBusName", "orders"},
               {"EventPattern", {{"source", {"shop"}}}},
               {"Targets", {{{"Id", "1"}, {"Arn", Place{}.function(name)}}}}});
    }
    if (!book.get()->contains(key_of(kinds::kArchive, "all"))) {
      put_row(kinds::kArchive, "all", {{"EventSourceArn", bus}});
    }
  }

  void committed(std::vector<NewDelivery> deliveries) override {
    told.with([&](int& count) { count += static_cast<int>(deliveries.size()); });
  }

  // ---- the catalog ----

  static ResourceKey key_of(const char* kind, const std::string& name) { return resource(kind, name, "").key; }
  void put_row(const char* kind, const std::string& name, const Json& body) {
    edit([&](control::Edit& edit) { edit.puts.push_back(resource(kind, name, body.dump())); });
  }
  void delete_row(const char* kind, const std::string& name) {
    edit([&](control::Edit& edit) { edit.deletes.push_back(key_of(kind, name)); });
  }
  CatalogRowPtr row(const std::string& replay) const {
    const auto catalog = book.get();
    const auto found = catalog->find(key_of(kinds::kReplay, replay));
    return found == catalog->end() ? nullptr : found->second;
  }
  ArchiveId archive_id(const std::string& name) const {
    return control::archive_id(*book.get()->at(key_of(kinds::kArchive, name)));
  }
  std::string state(const std::string& replay) const { return control::replay_state(*row(replay)); }
  EndpointId endpoint(const std::string& rule) const {
    return topology.get()->bus_at(bus)->rules.at(rule == "one" ? 0 : 1).targets.at(0).endpoint;
  }

  Json call(control::Operation operation, const Json& request) {
    Json answered;
    book.edit([&](const Catalog& catalog) -> Result<control::Edit> {
          control::Session session(catalog, {Place{}, wall.now(), limits_, random, readers});
          auto answer = operation(session, request);
          if (!answer) FAIL(answer.error().message);
          answered = *answer;
          return session.take_edit();
        })
        .value();
    return answered;
  }

  // ---- events and replays ----

  // Events with details {"n":1}, {"n":2}, … that go on from call to call. With a log they need not be in the archive
  // yet.
  void accept_events(int count, const std::string& source = "shop") {
    std::vector<bus::Entry> entries;
    for (int i = 0; i < count; ++i) entries.push_back(entry(R"({"n":)" + std::to_string(++last_event_) + "}", source));
    std::promise<void> accepted;
    acceptor.put_events(entries, *this, [&](auto done) {
      done.value();
      accepted.set_value();
    });
    accepted.get_future().get();
  }
  void archive_events(int count, const std::string& source = "shop") {
    accept_events(count, source);
    journal.apply(store::Lane::ingress, {}).value();
  }

  // Over all of time, if not said otherwise.
  void start(const std::string& name, Json changes = Json::object()) {
    Json request{{"ReplayName", name},
                 {"EventSourceArn", Place{}.archive("all")},
                 {"EventStartTime", 0},
                 {"EventEndTime", 4'000'000'000},
                 {"Destination", {{"Arn", bus}}}};
    request.update(changes);
    call(control::start_replay, request);
  }
  void run_all() {
    while (executor.run_one()) {
    }
  }
  void run(int tasks) {
    for (int i = 0; i < tasks; ++i) REQUIRE(executor.run_one());
  }

  // What is stored for a rule's target by replays: the events, in the order in which they were made.
  std::vector<Json> replayed(const std::string& rule) const {
    std::map<PayloadId, Json> events;
    const auto stored = disk->state();
    for (const auto& [key, delivery] : stored->deliveries) {
      Json event = Json::parse(stored->payloads.at(delivery.payload)->body);
      if (key.endpoint == endpoint(rule) && event.contains("replay-name")) {
        CHECK(events.emplace(delivery.payload, std::move(event)).second);
      }
    }
    std::vector<Json> list;
    for (auto& [id, event] : events) list.push_back(std::move(event));
    return list;
  }
  // Their numbers.
  std::vector<int> numbers(const std::string& rule) const {
    std::vector<int> list;
    for (const Json& event : replayed(rule)) list.push_back(event["detail"]["n"].get<int>());
    return list;
  }
  static std::vector<int> sequence(int first, int last) {
    std::vector<int> list;
    for (int n = first; n <= last; ++n) list.push_back(n);
    return list;
  }

  std::unique_ptr<ModelReader> reader() const { return std::make_unique<ModelReader>(disk); }
  store::ArchiveTotals totals(const std::string& archive) const {
    return reader()->archive_totals(archive_id(archive)).value();
  }
  template <class C>
  void apply(C change) {
    store::Changes changes;
    changes.add(std::move(change));
    journal.apply(store::Lane::internal, std::move(changes)).value();
  }

 private:
  Result<control::Wiring> wire(const Catalog& catalog) {
    WAYBILL_TRY(auto built, Topology::build(catalog, Place{}, numbers_));
    WAYBILL_TRY(auto table, bus::RuleTable::build(built));
    ++wirings;
    control::Wiring wiring;
    for (const auto& [id, key] : std::exchange(numbers_.fresh, {})) wiring.changes.add(store::PutEndpoint{id, key});
    wiring.publish = [this, built, table] {
      topology.set(built);
      rules.set(table);
    };
    return wiring;
  }
  template <class F>
  void edit(const F& fill) {
    book.edit([&](const Catalog&) -> Result<control::Edit> {
          control::Edit edit;
          fill(edit);
          return edit;
        })
        .value();
  }

  store::JournalProbe journal_probe_;
  bus::BusProbe bus_probe_;
  control::Limits limits_;
  Topology::EndpointNumbers numbers_;
  int last_event_ = 0;

 public:
  const std::string bus = Place{}.event_bus("orders");
  FakeWallClock wall;
  SeededRandom random{7};
  ManualExecutor executor;
  std::shared_ptr<ModelDisk> disk;
  Snapshot<Topology> topology;
  Snapshot<bus::RuleTable> rules;
  std::map<EndpointId, std::int64_t> pending;
  int pauses = 0, wirings = 0;
  Guarded<int> told{0};  // deliveries that the sink heard of
  store::Journal journal;
  store::ReaderPool readers;
  control::Book book;
  bus::Acceptor acceptor;
  archive::ReplayRunner runner;
};

}  // namespace waybill::testing
