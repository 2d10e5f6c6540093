// Calls native handlers with batches of messages. One that crashes the daemon again and again is not given to its
// handler any more, so that no message can be a crash loop.
#pragma once

#include "delivery/crash_log.h"
#include "handlers/host/function_invoker.h"
#include "queue/event_sources.h"

namespace waybill {

// Constant after construction; called on worker threads, several at once.
class BatchFunctionInvoker final : public queue::BatchInvoker {
 public:
  BatchFunctionInvoker(FunctionInvoker::Ports ports, delivery::CrashLog& crashes, store::Journal& journal)
      : ports_(ports), crashes_(crashes), journal_(journal) {}

  std::vector<queue::RecordResult> invoke(const queue::BatchCall& call) override;
  // One that was in work when the daemon crashed. Of a batch of several it is not known which of them it was.
  bool wants_alone(const queue::Received& message) const override;

 private:
  std::vector<queue::RecordResult> call_function(const queue::BatchCall& call) const;
  queue::RecordResult give_up(const queue::BatchCall& call) const;
  queue::RecordResult settle(const queue::BatchCall& call, RecordOutcome record,
                             const table::StoreTableReader& reads) const;

  const FunctionInvoker::Ports ports_;
  delivery::CrashLog& crashes_;
  store::Journal& journal_;
};

}  // namespace waybill
