// Stands before the invoker that makes attempts, and lets the faults that somebody asked for happen instead.
#pragma once

#include <functional>

#include "base/executor.h"
#include "delivery/faults.h"
#include "delivery/invoker.h"
#include "metrics/pipeline_metrics.h"

namespace waybill {

// Thread-safe as the invoker behind it.
class FaultInvoker final : public delivery::Invoker {
 public:
  struct Ports {
    delivery::Invoker& behind;
    delivery::Faults& faults;
    metrics::PipelineMetrics& metrics;
    const SteadyClock& steady;
    Executor& workers;
    // Calls back after so much real time, on a thread that must not be blocked.
    std::function<void(Millis, UniqueFunction<void()>)> after;
    std::function<void(Millis)> pause;  // returns after so much real time
  };
  explicit FaultInvoker(Ports ports) : ports_(std::move(ports)) {}

  delivery::AttemptResult invoke(const delivery::Attempt& attempt) override;
  bool delivers(const EndpointSpec& endpoint) const override { return ports_.behind.delivers(endpoint); }
  bool asynchronous(const EndpointSpec& endpoint) const override { return ports_.behind.asynchronous(endpoint); }
  // An attempt that is slowed down is what a slow function is: it holds its thread and its slot, up to its deadline.
  bool blocks(const EndpointSpec& endpoint) const override {
    return ports_.behind.blocks(endpoint) || ports_.faults.may_slow(endpoint);
  }
  void invoke_async(const delivery::Attempt& attempt, UniqueFunction<void(delivery::AttemptResult)> done) override;
  std::size_t joint_limit(const EndpointSpec& endpoint) const override { return ports_.behind.joint_limit(endpoint); }
  void invoke_joint(const std::vector<delivery::Attempt>& attempts,
                    UniqueFunction<void(delivery::AttemptResult)> done) override;

 private:
  using Done = UniqueFunction<void(delivery::AttemptResult)>;
  void say(const delivery::Fault& fault, const EndpointSpec& endpoint) const;
  delivery::AttemptResult failure_of(const delivery::Fault& fault, const delivery::Attempt& attempt) const;
  void pass_on(const std::vector<delivery::Attempt>& attempts, Done done) const;
  void slow(const delivery::Fault& fault, const std::vector<delivery::Attempt>& attempts, Done done) const;

  const Ports ports_;
};

}  // namespace waybill
