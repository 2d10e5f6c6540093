// The life of one delivery as one table (state.cc): where it stands, what can happen to it, where that leads, whether
// it counts as an attempt, and what is written. settle() and the dispatcher ask it and decide nothing of this
// themselves. Pure. With a picture: docs/life_of_an_event.md.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace waybill::delivery {

enum class DeliveryState {
  pending,        // stored; waits for its first attempt
  in_flight,      // being attempted, or its outcome being stored; in memory only: in the store it is as it was before
  retry_wait,     // stored with at least one counted attempt; waits for the next
  delivered,      // its row is gone
  dead_lettered,  // its row is gone, its dead letter is there
  forgotten,      // its row is gone with a reset: nothing that began before counts
};

enum class DeliveryInput {
  due,                 // its time has come, and its target has room for an attempt
  too_old,             // while it waited it got older than its policy allows
  succeeded,           // the attempt did
  failed,              // the attempt did; its policy leaves another
  timed_out,           // the attempt ran past its deadline; its policy leaves another
  exhausted,           // it failed or timed out, and its policy leaves no other
  failed_permanently,  // it failed, and another could not help
  postponed,           // its target's rate limit left no room: no attempt was made
  unreadable,          // its payload could not be read: no attempt was made
  conflict,            // the store refused the outcome: an item changed since the handler read it
  unavailable,         // the store could not take the outcome: disk full, stopping
  fenced,              // the store refused the outcome: the row has moved on without this attempt
  late,                // the result of an attempt that was settled as a timeout
  crashed,             // the daemon ended and loads what is stored
  reset,               // the store was emptied
};

// What the unit holds that settles an attempt. With the outcome of an attempt go its effects.
enum class DeliveryRecord {
  nothing,
  finish,      // FinishDelivery, effects
  reschedule,  // RescheduleDelivery: later due time, attempts + 1, the error; effects
  bury,        // FinishDelivery, effects, what the dead-letter queues get, InsertDeadLetter
};

struct Transition {
  DeliveryState from;
  DeliveryInput input;
  std::optional<DeliveryState> to;  // none: it waits as it did before, pending or retry_wait, and its row is as it was
  bool counted;                     // as an attempt, of those that its policy allows
  DeliveryRecord record;
};

// All there are. What is not in it cannot happen, and delivered and dead_lettered are ends.
std::span<const Transition> transitions();
// Null when it is not in the table.
const Transition* find_transition(DeliveryState from, DeliveryInput input);
// REQUIRES: it is in the table.
const Transition& transition(DeliveryState from, DeliveryInput input);

// Where a stored delivery stands.
inline DeliveryState waiting_state(int attempts) {
  return attempts == 0 ? DeliveryState::pending : DeliveryState::retry_wait;
}

std::string_view name_of(DeliveryState state);
std::string_view name_of(DeliveryInput input);

}  // namespace waybill::delivery
