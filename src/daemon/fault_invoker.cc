#include "daemon/fault_invoker.h"

#include <algorithm>

#include "base/log.h"
#include "daemon/probes.h"
#include "destination/outcome.h"

namespace waybill {

namespace {

using delivery::Attempt;
using delivery::AttemptResult;
using delivery::FailureClass;
using delivery::Fault;

// Attempts whose call has returned: they own what they refer to.
struct KeptAttempts {
  explicit KeptAttempts(const std::vector<Attempt>& attempts)
      : endpoint(attempts.front().endpoint), now(attempts.front().now), deadline(attempts.front().deadline) {
    for (const Attempt& attempt : attempts) {
      deliveries.push_back(attempt.delivery);
      payloads.push_back(attempt.payload);
    }
  }
  std::vector<Attempt> list() const {
    std::vector<Attempt> attempts;
    for (std::size_t i = 0; i < deliveries.size(); ++i) {
      attempts.push_back({endpoint, deliveries[i], payloads[i], now, deadline});
    }
    return attempts;
  }
  EndpointSpec endpoint;
  WallTime now;
  SteadyTime deadline;
  std::vector<Delivery> deliveries;
  std::vector<Payload> payloads;
};

const char* kind_of(const Fault& fault) {
  if (fault.spec.status != 0) return "status";
  return fault.spec.fails ? "fail" : "latency";
}

// It was settled as a timeout at its deadline: nobody is called any more.
AttemptResult late_result() {
  AttemptResult late;
  late.ok = false;
  late.error_code = "TIMEOUT";
  late.error_message = "the attempt was slowed down beyond its timeout";
  return late;
}

}  // namespace

void FaultInvoker::say(const Fault& fault, const EndpointSpec& endpoint) const {
  ports_.metrics.fault(endpoint_label(endpoint), kind_of(fault));
  const std::string left = fault.spec.count ? std::to_string(*fault.spec.count) + " left" : "until it is cleared";
  spdlog::warn("fault {} ({}) touches an attempt at {}; {}", fault.id, kind_of(fault), endpoint_label(endpoint), left);
}

// As the target itself would have failed.
AttemptResult FaultInvoker::failure_of(const Fault& fault, const Attempt& attempt) const {
  const delivery::FaultSpec& spec = fault.spec;
  const std::string number = "fault " + std::to_string(fault.id) + ", as asked for";
  AttemptResult result;
  result.ok = false;
  result.retry_after = spec.retry_after;
  if (spec.status != 0) {
    net::HttpResponse answer;
    answer.status = spec.status;
    answer.body = number;
    destination::CallOutcome outcome = destination::classify(answer, endpoint_label(attempt.endpoint), {}, attempt.now);
    const bool retriable = outcome.kind == destination::CallOutcome::Kind::retriable;
    result.failure = retriable ? FailureClass::retriable : FailureClass::permanent;
    result.error_code = std::move(outcome.error_code);
    result.error_message = std::move(outcome.error_message);
    result.target_down = spec.status == 429 || spec.status >= 500;
  } else {
    result.failure = spec.permanent ? FailureClass::permanent : FailureClass::retriable;
    result.error_code = "ERROR_FROM_TARGET";
    result.error_message = number;
    result.target_down = !spec.permanent && ports_.behind.asynchronous(attempt.endpoint);
  }
  if (!spec.error_code.empty()) result.error_code = spec.error_code;
  if (!spec.message.empty()) result.error_message = spec.message;
  return result;
}

AttemptResult FaultInvoker::invoke(const Attempt& attempt) {
  const auto fault = ports_.faults.take(attempt.endpoint, attempt.may_block);
  if (!fault) return ports_.behind.invoke(attempt);
  say(*fault, attempt.endpoint);
  if (fault->spec.latency > Millis{0}) {
    const auto left = std::chrono::ceil<Millis>(attempt.deadline - ports_.steady.now());
    ports_.pause(std::min(fault->spec.latency, std::max(left, Millis{0})));
  }
  if (fault->spec.fails) return failure_of(*fault, attempt);
  return ports_.steady.now() < attempt.deadline ? ports_.behind.invoke(attempt) : late_result();
}

void FaultInvoker::invoke_async(const Attempt& attempt, Done done) { invoke_joint({attempt}, std::move(done)); }

void FaultInvoker::invoke_joint(const std::vector<Attempt>& attempts, Done done) {
  const auto fault = ports_.faults.take(attempts.front().endpoint, true);
  if (!fault) return pass_on(attempts, std::move(done));
  say(*fault, attempts.front().endpoint);
  if (fault->spec.latency > Millis{0}) return slow(*fault, attempts, std::move(done));
  done(failure_of(*fault, attempts.front()));
}

void FaultInvoker::pass_on(const std::vector<Attempt>& attempts, Done done) const {
  if (attempts.size() > 1) {
    ports_.behind.invoke_joint(attempts, std::move(done));
  } else {
    ports_.behind.invoke_async(attempts.front(), std::move(done));
  }
}

void FaultInvoker::slow(const Fault& fault, const std::vector<Attempt>& attempts, Done done) const {
  auto kept = std::make_shared<const KeptAttempts>(attempts);
  ports_.after(fault.spec.latency, [this, fault, kept, done = std::move(done)]() mutable {
    ports_.workers.post([this, fault, kept, done = std::move(done)]() mutable {
      const auto list = kept->list();
      if (fault.spec.fails) return done(failure_of(fault, list.front()));
      if (ports_.steady.now() < kept->deadline) return pass_on(list, std::move(done));
      done(late_result());
    });
  });
}

}  // namespace waybill
