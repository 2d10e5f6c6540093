#include "delivery/outcome.h"

#include "model/event.h"

namespace waybill::delivery {

namespace {

void append(Consequences from, Settled& into) {
  for (store::Change& change : from.changes.list) into.changes.list.push_back(std::move(change));
  for (NewDelivery& caused : from.deliveries) into.caused.push_back(std::move(caused));
}

DeadLetter letter_for(const SettleContext& context, const AttemptResult& result, const RetryDecision& decision,
                      store::Journal& journal) {
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
  letter.attempts = context.delivery.attempts + 1;
  letter.depth = context.delivery.depth;
  letter.ingested_at = context.delivery.ingested_at;
  letter.dead_at = context.now;
  return letter;
}

}  // namespace

// What the result means for one of several deliveries of a joint attempt.
AttemptResult part_of(const AttemptResult& joint) {
  AttemptResult part;
  part.ok = joint.ok;
  part.failure = joint.failure;
  part.error_code = joint.error_code;
  part.error_message = joint.error_message;
  part.retry_after = joint.retry_after;
  return part;
}

Settled settle(const SettleContext& context, AttemptResult result, const Backoff& backoff, Random& random,
               store::Journal& journal, DeadLetterRouter& router) {
  const Delivery& delivery = context.delivery;
  const DeliveryFence fence{delivery.key, delivery.attempts, context.generation};
  Settled settled;
  if (result.ok) {
    settled.changes.add(store::FinishDelivery{fence});
    append(std::move(result.consequences), settled);
    return settled;
  }
  const int attempts = delivery.attempts + 1;
  const RetryDecision decision = decide(context.endpoint.retry, backoff, result.failure, attempts, delivery.ingested_at,
                                        context.now, random, result.retry_after);
  if (decision.retry_at) {
    settled.outcome = DeliveryProbe::Outcome::retried;
    settled.retry = delivery;
    settled.retry->key.due = *decision.retry_at;
    settled.retry->attempts = attempts;
    settled.retry->last_error = result.error_message;
    settled.changes.add(store::RescheduleDelivery{fence, *decision.retry_at, result.error_message});
    append(std::move(result.consequences), settled);
    return settled;
  }
  settled.outcome = DeliveryProbe::Outcome::dead_lettered;
  settled.changes.add(store::FinishDelivery{fence});
  append(std::move(result.consequences), settled);
  DeadLetter letter = letter_for(context, result, decision, journal);
  append(router.route(context.endpoint, letter, delivery.depth + 1), settled);
  settled.changes.add(store::InsertDeadLetter{std::move(letter)});
  return settled;
}

}  // namespace waybill::delivery
