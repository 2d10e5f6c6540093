// Inside of the dispatcher; included by its .cc files only.
#pragma once

#include <deque>
#include <list>
#include <mutex>
#include <set>
#include <unordered_map>

#include "delivery/dispatcher.h"
#include "delivery/outcome.h"
#include "delivery/state.h"
#include "delivery/window.h"

namespace waybill::delivery {

struct Lane;  // one endpoint

// Running and stuck invocations of one function (or other target), over all endpoints that name it.
struct Slots {
  int running = 0;
  int stuck = 0;
  std::vector<Lane*> blocked;  // wait for a slot
  Circuit circuit;
};

// Lanes whose attempts are made by the same threads.
struct Crew {
  std::deque<Lane*> ready;  // have something due, or want a page; they take turns
  std::size_t tasks = 0;    // that count against DispatcherOptions::workers
};

// Deliveries of one endpoint that one task works through. It holds one slot of its function's concurrency.
struct Batch {
  std::shared_ptr<Lane> lane;
  std::shared_ptr<const EndpointSpec> spec;
  std::deque<Window::Waiting> todo;
  // The deliveries of the attempt that runs: one, or several of a joint attempt; empty between attempts. Changed under
  // the lock, by the task that works through the batch, and not once it is abandoned.
  std::vector<Window::Waiting> current;
  SteadyTime started;
  SteadyTime deadline;  // of the current attempt
  std::int64_t generation = 0;
  bool unhealthy = false;                      // too many invocations of the function hang: fail without calling it
  Slots* slots = nullptr;                      // those it holds one of: the lane's specification may change meanwhile
  bool probe = false;                          // of an open circuit; false again once it has told of its target
  std::vector<store::Journal::Unit> finished;  // settled, to be submitted together
  bool abandoned = false;                      // the current attempt ran past its deadline and was settled as a timeout
  bool async = false;                          // its one attempt is asynchronous, for all it holds
  bool on_worker = true;                       // an asynchronous attempt gives its worker back once it has begun
  bool blocking = false;                       // runs on a caller
  bool concluded = false;                      // the asynchronous attempt has ended, one way or another
  // Whose task it is, while it counts as one: until it ended, or gave its worker back; on a caller until it begins, so
  // that those that hang count no more.
  Crew* crew = nullptr;
};

struct Lane {
  Lane(EndpointId endpoint, std::size_t limit) : id(endpoint), window(limit) {}
  EndpointId id;
  std::string key;
  std::shared_ptr<const EndpointSpec> spec;  // null: no longer configured
  Window window;
  std::int64_t pending = 0;
  std::optional<WallTime> parked_since;   // ingestion of the oldest, where nothing delivers yet
  bool queued = false;                    // stands in a crew's ready, or in blocked
  std::optional<WallTime> indexed;        // stands in due_ with this time
  std::optional<WallTime> stalled_until;  // the store could not take an outcome; try again then
  std::chrono::nanoseconds pace{0};       // moving average of an attempt; 0 before the first
  bool dispatchable = true;               // somebody delivers to it, or what has it is gone; not once it is forgotten
  Slots* slots = nullptr;                 // of its target; never null
  // While it is held: when the first in the window will be too old. Empty: not looked at yet.
  std::optional<WallTime> expires;
};

// How long an endpoint rests when the store could not be read or written.
inline constexpr Millis kRest{1'000};

inline WallTime expiry_of(const Lane& lane, WallTime ingested_at) {
  return lane.spec ? ingested_at + lane.spec->retry.max_age : WallTime::max();
}

// All members are guarded by mutex_, but for those constant after construction. Functions that end in _locked expect
// the lock; nothing is called out of the room while it is held.
class Dispatcher::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(Ports ports, DispatcherOptions options) : ports_(std::move(ports)), options_(options) {}

  void load(const std::vector<store::EndpointRow>& endpoints);
  void committed(std::vector<NewDelivery> deliveries);
  void reconfigure();
  void reset();
  void tick();
  void stop();
  bool quiet() const;
  std::vector<EndpointCounts> counts() const;
  std::int64_t pending(EndpointId endpoint) const;
  std::optional<WallTime> next_due() const;

 private:
  // Where an attempt came from, for its settlement.
  struct Origin {
    std::shared_ptr<Lane> lane;
    std::shared_ptr<const EndpointSpec> spec;  // never null
    std::int64_t generation;
  };
  static Origin origin_of(const Batch& batch);

  // Deliveries that got too old while they were held.
  struct Aged {
    Origin origin;
    std::vector<Window::Waiting> waiting;
    AttemptResult why;
  };
  struct CircuitNews {
    std::shared_ptr<const EndpointSpec> spec;
    bool open;
    std::string message;
  };
  // What has to be done once the lock is released.
  struct Work {
    std::vector<std::shared_ptr<Batch>> batches;
    std::vector<Lane*> pages;
    std::vector<std::shared_ptr<Batch>> timed_out;
    std::vector<Aged> aged;
    std::vector<CircuitNews> circuits;
    std::vector<store::Journal::Unit> finished;
    std::optional<Millis> wake;
  };

  Lane& lane_locked(EndpointId id);
  static bool is_done_with(const Lane& lane);
  void forget_locked(Lane& lane);
  void forget_done_locked();
  void refresh_locked(Lane& lane);  // puts the lane where it belongs: ready_, due_ or a page read
  void index_locked(Lane& lane, std::optional<WallTime> due);
  void pump_locked(Work& work);
  void pump_crew_locked(Crew& crew, Work& work);
  std::shared_ptr<Batch> make_batch_locked(Lane& lane, WallTime now);
  void set_spec_locked(Lane& lane, std::shared_ptr<const EndpointSpec> spec);
  bool blocks(const Lane& lane) const;
  Crew& crew_of(const Lane& lane);
  void enqueue_locked(Lane& lane);
  void leave_crew_locked(Batch& batch);
  int limit_of(const Lane& lane) const;
  bool is_full(const Lane& lane) const;
  void release_slot_locked(Batch& batch);
  void wake_blocked_locked(Slots& slots);
  bool may_never_run(const Lane& lane) const;
  std::optional<WallTime> held_until(const Lane& lane, WallTime now) const;
  bool hold_locked(Lane& lane, WallTime now, bool wants_page);
  void take_aged_locked(Lane& lane, WallTime now, Work& work);
  void tell_circuit_locked(Batch& batch, const Origin& origin, const AttemptResult& result, Work& work);
  void wake_lanes_of_locked(const Slots& slots);
  void bury_aged(Aged aged);
  void unblock_all_locked();
  void plan_wake_locked(Work& work);
  void expire_locked(Work& work);
  void start(Work work);

  void run_batch(const std::shared_ptr<Batch>& batch);
  bool make_attempts(const std::shared_ptr<Batch>& batch, const Origin& origin);
  AttemptResult attempt(const Batch& batch, const Origin& origin);
  void break_off(Batch& batch, const Origin& origin, const char* why);
  void conclude_async(const std::shared_ptr<Batch>& batch, const Origin& origin, AttemptResult result,
                      SteadyTime began);
  bool next_of_batch(const std::shared_ptr<Batch>& batch);
  bool prepare(Batch& batch, const Origin& origin);
  void end_batch(const std::shared_ptr<Batch>& batch);
  bool is_too_late(const Origin& origin, const Delivery& delivery) const;
  std::optional<AttemptResult> refuse_attempt(const Batch& batch, const Window::Waiting& waiting,
                                              const Payload& payload) const;
  Attempt attempt_of(const Batch& batch, const Origin& origin, const Window::Waiting& waiting) const;
  void begin_async(const std::shared_ptr<Batch>& batch, const Origin& origin);
  bool conclude(Batch& batch, const Origin& origin, AttemptResult result, SteadyTime began);
  void settle_timeout(Batch& batch);
  void postpone(const Origin& origin, std::vector<Window::Waiting> waiting, Millis delay, Batch& batch);
  PayloadPtr payload_of(const Window::Waiting& waiting);
  PayloadPtr read_payload(const Delivery& delivery);
  // The delivery goes where the table leads from its flight. `delay`: how long its endpoint rests, where it is put
  // back.
  void follow_locked(const Origin& origin, Window::Waiting waiting, DeliveryInput input, Millis delay = Millis{0});
  enum class Ended { attempt, timed_out, too_old };
  Settled settled(const Origin& origin, const Window::Waiting& waiting, AttemptResult result, Ended ended);
  store::Journal::Unit settle_unit(const Origin& origin, Window::Waiting waiting, AttemptResult result,
                                   Ended ended = Ended::attempt);
  store::Journal::Unit joined_unit(const Origin& origin, std::vector<Window::Waiting> waiting, AttemptResult result);
  void applied(const Origin& origin, Window::Waiting waiting, Settled settled, store::Applied applied);
  void refused(const Origin& origin, Window::Waiting waiting, const store::Refusal& refusal);
  void fail(const Origin& origin, Window::Waiting waiting, std::string message);
  void read_page(Lane* lane);

  const Ports ports_;
  const DispatcherOptions options_;

  mutable std::mutex mutex_;
  // A lane goes when its endpoint is configured no longer and has no delivery; late batches may still hold it.
  std::unordered_map<EndpointId, std::shared_ptr<Lane>> lanes_;
  Crew own_, callers_;  // by Ports::executor, by Ports::callers
  std::set<std::pair<WallTime, Lane*>> due_;
  std::unordered_map<std::string, Slots> slots_;  // by target ARN; they stay where they are
  std::list<std::shared_ptr<Batch>> running_;
  std::size_t active_ = 0;  // of those, the ones that are not abandoned
  std::size_t reading_ = 0;
  std::int64_t in_journal_ = 0;  // units submitted and not yet answered
  std::optional<SteadyTime> wake_at_;
  bool stopping_ = false;
};

}  // namespace waybill::delivery
