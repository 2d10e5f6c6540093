#include "delivery/outcome.h"

#include "base/json_text.h"
#include "model/event.h"

namespace waybill::delivery {

namespace {

void append(Consequences from, Settled& into) {
  for (store::Change& change : from.changes.list) into.changes.list.push_back(std::move(change));
  for (NewDelivery& caused : from.deliveries) into.caused.push_back(std::move(caused));
}

DeadLetter letter_for(const SettleContext& context, const AttemptResult& result, const RetryDecision& decision,
                      int attempts, store::Journal& journal) {
  DeadLetter letter;
  letter.id = DeadLetterId{journal.next_sequence()};
  letter.endpoint = context.endpoint.id;
  letter.kind = context.payload.kind;
  letter.origin = context.payload.origin;
  letter.body = context.payload.body;
  letter.event_id = std::string(event_id(context.payload.body));
  letter.rule_arn = context.endpoint.rule_arn;
  letter.target_arn = context.endpoint.target_arn;
  letter.error_code = result.error_code;
  letter.error_message = result.error_message;
  letter.exhausted_condition = decision.exhausted_condition;
  letter.attempts = attempts;
  letter.depth = context.delivery.depth;
  letter.ingested_at = context.delivery.ingested_at;
  letter.dead_at = context.now;
  letter.delivery = context.delivery.key.id;
  return letter;
}

DeliveryProbe::Outcome outcome_of(DeliveryState state) {
  switch (state) {
    case DeliveryState::retry_wait: return DeliveryProbe::Outcome::retried;
    case DeliveryState::dead_lettered: return DeliveryProbe::Outcome::dead_lettered;
    default: return DeliveryProbe::Outcome::delivered;
  }
}

// Writes what the table says.
Settled settle_as(const SettleContext& context, DeliveryInput input, const RetryDecision& decision,
                  AttemptResult result, const SettlePorts& ports) {
  if (!is_valid_utf8(result.error_message)) result.error_message = valid_utf8(result.error_message);
  const Transition& step = transition(DeliveryState::in_flight, input);
  const Delivery& delivery = context.delivery;
  const DeliveryFence fence{delivery.key, delivery.attempts, context.generation};
  const int attempts = delivery.attempts + (step.counted ? 1 : 0);
  Settled settled;
  settled.state = *step.to;
  settled.outcome = outcome_of(settled.state);
  if (step.record == DeliveryRecord::reschedule) {
    settled.retry = delivery;
    settled.retry->key.due = *decision.retry_at;
    settled.retry->attempts = attempts;
    settled.retry->last_error = result.error_message;
    settled.changes.add(store::RescheduleDelivery{fence, *decision.retry_at, result.error_message});
  } else {
    settled.changes.add(store::FinishDelivery{fence});
  }
  settled.on_commit = std::move(result.consequences.on_commit);
  append(std::move(result.consequences), settled);
  if (step.record == DeliveryRecord::bury) {
    DeadLetter letter = letter_for(context, result, decision, attempts, ports.journal);
    append(ports.router.route(context.endpoint, letter, delivery.depth + 1), settled);
    settled.changes.add(store::InsertDeadLetter{std::move(letter)});
  }
  return settled;
}

}  // namespace

AttemptResult timeout_result(bool remote) {
  AttemptResult result;
  result.ok = false;
  result.error_code = "TIMEOUT";
  result.error_message = "the invocation did not end within its timeout";
  result.target_down = remote;
  return result;
}

AttemptResult exception_result(const char* what) {
  AttemptResult result;
  result.ok = false;
  result.error_code = "INTERNAL_ERROR";
  result.error_message = std::string("the attempt ended with an exception: ") + what;
  return result;
}

AttemptResult part_of(const AttemptResult& joint) {
  AttemptResult part;
  part.ok = joint.ok;
  part.failure = joint.failure;
  part.error_code = joint.error_code;
  part.error_message = joint.error_message;
  part.retry_after = joint.retry_after;
  part.target_down = joint.target_down;
  return part;
}

Settled settle(const SettleContext& context, AttemptResult result, bool timed_out, const SettlePorts& ports) {
  if (result.ok) return settle_as(context, DeliveryInput::succeeded, {}, std::move(result), ports);
  const RetryDecision decision =
      decide(context.endpoint.retry, ports.backoff, result.failure, context.delivery.attempts + 1,
             context.delivery.ingested_at, context.now, ports.random, result.retry_after);
  const DeliveryInput input = decision.retry_at ? (timed_out ? DeliveryInput::timed_out : DeliveryInput::failed)
                              : result.failure == FailureClass::permanent ? DeliveryInput::failed_permanently
                                                                          : DeliveryInput::exhausted;
  return settle_as(context, input, decision, std::move(result), ports);
}

Settled settle_too_old(const SettleContext& context, AttemptResult why, const SettlePorts& ports) {
  return settle_as(context, DeliveryInput::too_old, {std::nullopt, "MaximumEventAgeInSeconds"}, std::move(why), ports);
}

}  // namespace waybill::delivery
