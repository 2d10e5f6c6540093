// What has to be done from time to time: payloads that nothing needs, expired items, old dead letters.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "control/book.h"
#include "metrics/pipeline_metrics.h"
#include "model/topology.h"
#include "store/journal.h"
#include "store/reader_pool.h"
#include "table/table_catalog.h"

namespace waybill {

// Owner: the App. run() waits for commits: a worker calls it; what it starts goes on in the Journal's maintenance lane.
// Thread-safe.
class Maintenance {
 public:
  struct Ports {
    store::Journal& journal;
    store::ReaderPool& readers;
    control::Book& book;
    const Snapshot<Topology>& topology;
    const Snapshot<table::TableCatalog>& tables;
    const WallClock& wall;
    metrics::PipelineMetrics& metrics;
    Millis dead_letter_retention;
  };
  explicit Maintenance(Ports ports) : ports_(ports) {}

  void run();
  // The whole minute after now() in which run() will find something that grew too old; none: nothing ever will. In
  // steps of a minute, so that a virtual clock does not stop at every single item. Reads the store.
  std::optional<WallTime> next_due();
  // What run() began has ended.
  bool quiet() const { return in_flight_ == 0; }

 private:
  Status look_ahead(std::optional<WallTime>& first);
  void sweep_payloads(PayloadId after, PayloadId before);
  void sweep_items(store::SweepExpiredItems sweep);
  void sweep_dead_letters(WallTime before);
  void sweep_archives();
  void sweep_queues();
  std::vector<QueueId> stored_queues();
  void sweep_queue(store::SweepMessages sweep);
  void drop_queue(store::DropQueue drop);
  Status look_at_queues(store::Reader& reader, std::optional<WallTime>& first);
  template <class Sweep>
  void sweep_archive(Sweep sweep);
  void submit(store::Change change, std::function<void(const store::Swept&)> swept);

  Ports ports_;
  std::mutex running_;  // one run() at a time
  std::atomic<std::int64_t> in_flight_{0};
  std::atomic<bool> sweeping_payloads_{false};
  std::atomic<int> sweeping_archives_{0};
  std::atomic<int> sweeping_queues_{0};
};

}  // namespace waybill
