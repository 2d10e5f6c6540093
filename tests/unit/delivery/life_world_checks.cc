// What an attempt comes to in a LifeWorld, and what is checked.
#include "life_world.h"

namespace waybill::testing {

using delivery::Attempt;
using delivery::AttemptResult;
using delivery::FailureClass;
using std::chrono::seconds;

namespace {

const TableId kEffectsTable{1};

std::string text_of(DeliveryId id) { return std::to_string(id.value); }

AttemptResult succeeded_with(store::PutItem effect) {
  AttemptResult result;
  result.consequences.changes.add(std::move(effect));
  return result;
}

AttemptResult failed_as(FailureClass failure_class, const char* code) {
  return {false, failure_class, code, "it failed", {}};
}

}  // namespace

// Every attempt is of a delivery that is stored as it is given, due, within its policy, and in no other attempt.
void LifeWorld::begun(const Attempt& attempt) {
  const DeliveryId id = attempt.delivery.key.id;
  note("attempt", id.value);
  const auto state = disk_->state();
  const auto row = state->deliveries.find(attempt.delivery.key);
  if (row == state->deliveries.end()) return wrong("an attempt of " + text_of(id) + ", which is not stored like that");
  const int attempts = row->second.attempts;
  if (attempts != attempt.delivery.attempts) return wrong("an attempt of " + text_of(id) + " with a wrong count");
  const auto known = stored_.find(id);
  if (known == stored_.end()) return wrong("an attempt of " + text_of(id) + ", which a reset took");
  const RetryPolicy& policy = known->second.spec->retry;
  if (attempts > policy.max_retries) wrong("more attempts of " + text_of(id) + " than its policy allows");
  if (attempts > known->second.could_count) wrong("an attempt of " + text_of(id) + " was counted that was none");
  const WallTime now = wall_.now();
  if (attempt.delivery.key.due > latest_) wrong("an attempt of " + text_of(id) + " before it was due");
  if (attempts > 0 && now > known->second.ingested_at + policy.max_age + seconds{60}) {
    wrong("a retry of " + text_of(id) + " after its maximum age");
  }
  const auto flying = life_->flying.find(id);
  if (flying != life_->flying.end() && steady_.now() < flying->second) {
    wrong("two attempts of " + text_of(id) + " at once");
  }
  life_->flying[id] = attempt.deadline;
}

AttemptResult LifeWorld::result_for(const std::vector<DeliveryId>& ids, bool remote) {
  ++calls_;
  const auto counts = [&] {
    for (const DeliveryId id : ids) {
      if (const auto known = stored_.find(id); known != stored_.end()) ++known->second.could_count;
    }
  };
  store::PutItem put;
  put.table = kEffectsTable;
  put.row = {ids.size() == 1 ? text_of(ids.front()) : "joint", std::to_string(calls_), "{}", {}, {}, 0};
  const std::uint64_t luck = dice(calm_ ? 8 : 12);
  if (luck == 1 || luck == 2) {
    note("failed");
    counts();
    AttemptResult result = failed_as(FailureClass::retriable, "ERROR_FROM_TARGET");
    result.target_down = remote && dice(4) > 0;
    if (dice(3) == 0) result.retry_after = seconds{static_cast<std::int64_t>(dice(20))};
    return result;
  }
  if (luck == 3) {
    note("failed for good");
    counts();
    return failed_as(FailureClass::permanent, "NO_RESOURCE");
  }
  if (luck == 8 || luck == 9) {
    if (!remote) {
      note("stale read");
      counts();  // after too many
      put.condition.version = 999'999;
      return succeeded_with(std::move(put));
    }
    note("postponed");
    counts();  // when its event is too old
    AttemptResult result;
    result.postponed = Millis{static_cast<std::int64_t>(dice(3'000))};
    return result;
  }
  if (luck == 10 && !remote) {
    note("condition failed");
    counts();
    put.condition.existence = store::ItemCondition::Existence::present;
    return succeeded_with(std::move(put));
  }
  note("succeeded");
  return ids.size() == 1 ? succeeded_with(std::move(put)) : AttemptResult{};
}

AttemptResult LifeWorld::invoke(const Attempt& attempt) {
  begun(attempt);
  const DeliveryId id = attempt.delivery.key.id;
  if (!calm_ && dice(10) == 0) {
    note("hangs");
    if (const auto known = stored_.find(id); known != stored_.end()) ++known->second.could_count;
    pass(seconds{31});
  } else if (!calm_ && dice(10) == 0) {
    commit(false);  // others' outcomes, or a reset, come in between
  }
  if (!calm_ && dice(12) == 0) {
    note("throws");
    if (const auto known = stored_.find(id); known != stored_.end()) ++known->second.could_count;
    life_->flying.erase(id);
    throw std::runtime_error("it broke");
  }
  AttemptResult result = result_for({id}, false);
  life_->flying.erase(id);
  return result;
}

bool LifeWorld::asynchronous(const EndpointSpec& endpoint) const { return endpoint.target_arn.ends_with("remote"); }

void LifeWorld::invoke_async(const Attempt& attempt, UniqueFunction<void(AttemptResult)> done) {
  invoke_joint({attempt}, std::move(done));
}

void LifeWorld::invoke_joint(const std::vector<Attempt>& attempts, UniqueFunction<void(AttemptResult)> done) {
  std::vector<DeliveryId> ids;
  for (const Attempt& attempt : attempts) {
    begun(attempt);
    ids.push_back(attempt.delivery.key.id);
    if (const auto known = stored_.find(ids.back()); known != stored_.end()) ++known->second.could_count;  // a timeout
  }
  if (!calm_ && dice(12) == 0) {
    note("throws");
    for (const DeliveryId id : ids) life_->flying.erase(id);
    throw std::runtime_error("it broke");
  }
  if (attempts.size() > 1) note("joint", static_cast<std::int64_t>(attempts.size()));
  life_->held.push_back({std::move(ids), std::move(done)});
}

void LifeWorld::check_letter(const DeadLetter& letter, const Known& known) {
  const RetryPolicy& policy = known.spec->retry;
  const std::string name = "dead letter " + std::to_string(letter.id.value);
  if (letter.attempts > policy.max_retries + 1) wrong(name + " counts more attempts than its policy allows");
  if (letter.exhausted_condition == "MaximumRetryAttempts" && letter.attempts != policy.max_retries + 1) {
    wrong(name + " gave up before its retries were used");
  }
  if (letter.exhausted_condition == "MaximumEventAgeInSeconds" &&
      letter.dead_at < letter.ingested_at + policy.max_age) {
    wrong(name + " gave up before its age");
  }
  if (letter.exhausted_condition.empty() && letter.error_code != "NO_RESOURCE") {
    wrong(name + " gave up without a reason");
  }
}

// Every delivery ended once: its effects stand there once, or its dead letter does.
void LifeWorld::check_ends() {
  if (!error_.empty()) return;
  const auto state = disk_->state();
  if (!state->deliveries.empty()) return wrong("deliveries are left that nobody attends to");
  if (!life_->dispatcher->quiet()) return wrong("the dispatcher does not come to rest");
  std::int64_t pending = 0;
  for (const auto& count : life_->dispatcher->counts()) pending += count.pending != 0 ? 1 : 0;
  if (pending != 0) wrong("the dispatcher counts deliveries that are not there");
  std::map<std::string, int> effects;
  for (const auto& [key, row] : state->tables.at(kEffectsTable).rows) ++effects[key.first];
  std::map<DeliveryId, int> letters;
  std::size_t buried = 0;
  for (const auto& [id, letter] : state->dead_letters) {
    const auto known = stored_.find(DeliveryId{std::stoll(letter.body)});
    if (known == stored_.end()) return wrong("a dead letter of a delivery that a reset took");
    ++letters[known->first];
    ++buried;
    check_letter(letter, known->second);
  }
  for (const auto& [id, known] : stored_) {
    const int effect = effects.count(text_of(id)) > 0 ? effects[text_of(id)] : 0;
    const int letter = letters.count(id) > 0 ? letters[id] : 0;
    if (effect > 1) wrong("the effects of " + text_of(id) + " were stored twice");
    if (letter > 1) wrong(text_of(id) + " has two dead letters");
    if (effect + letter > 1) wrong(text_of(id) + " was delivered and dead-lettered");
    if (effect + letter == 0 && !asynchronous(*known.spec)) wrong(text_of(id) + " ended nowhere");
  }
  ++tally()[buried > 0 ? "ended with dead letters" : "ended without dead letters"];
}

}  // namespace waybill::testing
