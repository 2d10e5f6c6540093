// Invokes native handlers for deliveries: builds the invocation, calls the handler, turns its outcome into changes.
#pragma once

#include "delivery/invoker.h"
#include "handlers/host/effects.h"
#include "handlers/registry.h"
#include "store/reader_pool.h"

namespace waybill {

// Constant after construction; called on worker threads, several at once.
class FunctionInvoker {
 public:
  struct Ports {
    const HandlerRegistry& registry;
    const EffectBuilder& effects;
    store::ReaderPool& readers;
    const Snapshot<Topology>& topology;
    const Snapshot<table::TableCatalog>& tables;
    Random& random;
    LogLevel log_level;  // of functions' own lines
  };
  explicit FunctionInvoker(Ports ports) : ports_(ports) {}

  // input: what the function gets, the event or what its target's input makes of it.
  delivery::AttemptResult invoke(const delivery::Attempt& attempt, const std::string& input);

 private:
  delivery::AttemptResult settle(const delivery::Attempt& attempt, const std::string& request_id, RecordOutcome record,
                                 const table::StoreTableReader& reads) const;

  Ports ports_;
};

}  // namespace waybill
