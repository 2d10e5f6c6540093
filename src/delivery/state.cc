#include "delivery/state.h"

#include <cstdlib>

#include "base/log.h"

namespace waybill::delivery {

namespace {

using S = DeliveryState;
using I = DeliveryInput;
using R = DeliveryRecord;
constexpr std::nullopt_t kAsBefore = std::nullopt;
constexpr bool kCounted = true;
constexpr bool kUncounted = false;

// clang-format off
constexpr Transition kTable[] = {
    // from          input                  to                counts      written
    {S::pending,    I::due,                S::in_flight,     kUncounted, R::nothing},
    {S::pending,    I::too_old,            S::dead_lettered, kUncounted, R::bury},
    {S::pending,    I::late,               S::pending,       kUncounted, R::nothing},
    {S::pending,    I::crashed,            S::pending,       kUncounted, R::nothing},
    {S::pending,    I::reset,              S::forgotten,     kUncounted, R::nothing},

    {S::retry_wait, I::due,                S::in_flight,     kUncounted, R::nothing},
    {S::retry_wait, I::too_old,            S::dead_lettered, kUncounted, R::bury},
    {S::retry_wait, I::late,               S::retry_wait,    kUncounted, R::nothing},
    {S::retry_wait, I::crashed,            S::retry_wait,    kUncounted, R::nothing},
    {S::retry_wait, I::reset,              S::forgotten,     kUncounted, R::nothing},

    {S::in_flight,  I::succeeded,          S::delivered,     kCounted,   R::finish},
    {S::in_flight,  I::failed,             S::retry_wait,    kCounted,   R::reschedule},
    {S::in_flight,  I::timed_out,          S::retry_wait,    kCounted,   R::reschedule},
    {S::in_flight,  I::exhausted,          S::dead_lettered, kCounted,   R::bury},
    {S::in_flight,  I::failed_permanently, S::dead_lettered, kCounted,   R::bury},
    {S::in_flight,  I::too_old,            S::dead_lettered, kUncounted, R::bury},
    {S::in_flight,  I::postponed,          kAsBefore,        kUncounted, R::nothing},
    {S::in_flight,  I::unreadable,         kAsBefore,        kUncounted, R::nothing},
    {S::in_flight,  I::conflict,           kAsBefore,        kUncounted, R::nothing},
    {S::in_flight,  I::unavailable,        kAsBefore,        kUncounted, R::nothing},
    {S::in_flight,  I::crashed,            kAsBefore,        kUncounted, R::nothing},
    {S::in_flight,  I::fenced,             S::forgotten,     kUncounted, R::nothing},
    {S::in_flight,  I::reset,              S::forgotten,     kUncounted, R::nothing},
    {S::in_flight,  I::late,               S::in_flight,     kUncounted, R::nothing},

    // Results that come when all is over change nothing.
    {S::delivered,     I::late,            S::delivered,     kUncounted, R::nothing},
    {S::dead_lettered, I::late,            S::dead_lettered, kUncounted, R::nothing},
    {S::forgotten,     I::late,            S::forgotten,     kUncounted, R::nothing},
    {S::forgotten,     I::fenced,          S::forgotten,     kUncounted, R::nothing},
};
// clang-format on

}  // namespace

std::span<const Transition> transitions() { return kTable; }

const Transition* find_transition(DeliveryState from, DeliveryInput input) {
  for (const Transition& row : kTable) {
    if (row.from == from && row.input == input) return &row;
  }
  return nullptr;
}

const Transition& transition(DeliveryState from, DeliveryInput input) {
  const Transition* row = find_transition(from, input);
  if (!row) {  // a mistake in the dispatcher: what is stored is whole, and the next start goes on from it
    spdlog::critical("a delivery that is {} cannot be {}", name_of(from), name_of(input));
    std::abort();
  }
  return *row;
}

std::string_view name_of(DeliveryState state) {
  switch (state) {
    case S::pending: return "pending";
    case S::in_flight: return "in flight";
    case S::retry_wait: return "waiting for a retry";
    case S::delivered: return "delivered";
    case S::dead_lettered: return "dead-lettered";
    case S::forgotten: return "forgotten";
  }
  return "";
}

std::string_view name_of(DeliveryInput input) {
  switch (input) {
    case I::due: return "due";
    case I::too_old: return "too old";
    case I::succeeded: return "succeeded";
    case I::failed: return "failed";
    case I::timed_out: return "timed out";
    case I::exhausted: return "exhausted";
    case I::failed_permanently: return "failed permanently";
    case I::postponed: return "postponed";
    case I::unreadable: return "unreadable";
    case I::conflict: return "in conflict";
    case I::unavailable: return "unavailable";
    case I::fenced: return "fenced";
    case I::late: return "late";
    case I::crashed: return "crashed";
    case I::reset: return "reset";
  }
  return "";
}

}  // namespace waybill::delivery
