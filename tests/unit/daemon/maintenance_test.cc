#include "daemon/maintenance.h"

#include "support/queue_rig.h"

using namespace waybill;
using namespace waybill::testing;

namespace {

// Over the rig's queues; `before_lend` is called before each reader is made.
class MaintenanceWorld {
 public:
  MaintenanceWorld() {
    tables.set(std::make_shared<const table::TableCatalog>());
    REQUIRE(book.load().has_value());
  }
  void run() {
    maintenance.run();
    rig.commit();
    CHECK(maintenance.quiet());
  }

  QueueRig rig;
  std::function<Status()> before_lend = [] { return Status(); };
  Snapshot<table::TableCatalog> tables;
  metrics::PipelineMetrics metrics;
  control::Book book{*rig.journal, *rig.readers, rig.wall,
                     [](const Catalog&) -> Result<control::Wiring> { return control::Wiring{}; }};
  store::ReaderPool readers{[this]() -> Result<std::unique_ptr<store::Reader>> {
    WAYBILL_CHECK(before_lend());
    return rig.make_reader();
  }};
  Maintenance maintenance{{*rig.journal, readers, book, rig.topology, tables, rig.wall, metrics, Millis{1'000}}};
};

}  // namespace

TEST_CASE("messages of a queue that is gone are removed") {
  MaintenanceWorld world;
  world.rig.put_queue("q");
  world.rig.put_queue("gone");
  world.rig.send_text("q", "kept");
  world.rig.send_text("gone", "x");
  const QueueId gone = world.rig.id_of("gone");
  world.rig.drop_queue("gone");
  world.run();
  world.run();
  CHECK(world.rig.bodies("q") == std::vector<std::string>{"kept"});
  auto reader = world.rig.readers->lend();
  const auto stored = (*reader)->queues();
  CHECK(std::find(stored->begin(), stored->end(), gone) == stored->end());
}

TEST_CASE("a queue that is made while maintenance looks round keeps its messages") {
  MaintenanceWorld world;
  int lent = 0;
  world.before_lend = [&]() -> Status {
    // The first one is for the archives.
    if (++lent == 1) return internal("no reader");
    world.rig.put_queue("new");
    world.rig.send_text("new", "kept");
    return {};
  };
  world.run();
  CHECK(lent == 2);
  CHECK(world.rig.bodies("new") == std::vector<std::string>{"kept"});
}
