// A handler's effects become changes for the Journal, after a look at what the function may do.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "bus/acceptor.h"
#include "delivery/invoker.h"
#include "model/topology.h"
#include "store/journal.h"
#include "table/store_table_reader.h"
#include "table/table_catalog.h"
#include "topic/publisher.h"
#include "waybill/handler.h"

namespace waybill {

// Declared here, implemented over the metrics room by the daemon. Thread-safe.
class HostProbe : public topic::TopicProbe {
 public:
  virtual void custom_metric(const Metric&) {}  // of a call whose effects are stored
};

// Constant after construction; thread-safe.
class EffectBuilder {
 public:
  struct Ports {
    const Snapshot<Topology>& topology;
    const Snapshot<table::TableCatalog>& tables;
    const bus::Acceptor& acceptor;
    store::Journal& journal;
    const WallClock& clock;
    Random& random;
    HostProbe& probe;
  };
  explicit EffectBuilder(Ports ports) : ports_(ports) {}

  struct Context {
    const FunctionSpec& function;
    int depth;                             // of the deliveries that the effects cause
    const table::StoreTableReader& reads;  // what the handler read
  };
  // Errors: denied (no permission), invalid or not_found (a bad effect); nothing is done then.
  Result<delivery::Consequences> build(const Context& context, const Effects& effects) const;

 private:
  Status add_write(const Context& context, const Write& write, delivery::Consequences& into) const;
  Status add_publish(const Context& context, const Publish& publish, delivery::Consequences& into) const;
  Status add_emits(const Context& context, const std::vector<Emit>& emits, delivery::Consequences& into) const;

  Ports ports_;
};

}  // namespace waybill
