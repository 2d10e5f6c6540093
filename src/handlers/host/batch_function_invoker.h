// Calls native handlers with batches of messages.
#pragma once

#include "handlers/host/function_invoker.h"
#include "queue/event_sources.h"

namespace waybill {

// Constant after construction; called on worker threads, several at once.
class BatchFunctionInvoker final : public queue::BatchInvoker {
 public:
  explicit BatchFunctionInvoker(FunctionInvoker::Ports ports) : ports_(ports) {}

  std::vector<queue::RecordResult> invoke(const queue::BatchCall& call) override;

 private:
  queue::RecordResult settle(const queue::BatchCall& call, const RecordOutcome& record,
                             const table::StoreTableReader& reads) const;

  FunctionInvoker::Ports ports_;
};

}  // namespace waybill
