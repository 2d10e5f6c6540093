// The inside of the QueueService. Included by service*.cc only.
#pragma once

#include <atomic>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <tuple>
#include <unordered_map>

#include "queue/service.h"

namespace waybill::queue {

// One mutex around who waits where; it is never held over a call out: functions that end in _locked only collect Work.
//
// The store tells with every receive whether there is more, or when the next message becomes visible. As long as
// nothing arrives that stays true, so an empty queue is not asked again: `known_empty`. Arrivals are told before
// anybody hears of the commit that they came with, and a receive that was under way meanwhile proves nothing.
// How often those who wait are asked whether they are still there.
inline constexpr Millis kLookForLeavers{1'000};

class QueueService::Impl : public std::enable_shared_from_this<QueueService::Impl> {
 public:
  Impl(Ports ports, Limits limits) : ports_(std::move(ports)), limits_(limits) {}

  using Spec = std::shared_ptr<const QueueSpec>;
  struct Poll {
    Spec queue;
    int limit = 1;
    std::size_t bytes = 16 << 20;
    std::optional<std::chrono::seconds> visibility{};  // none: the queue's, as it is when messages come
    std::optional<SteadyTime> until;                   // none: as long as it takes
    std::function<bool()> wanted;
    bool waited = false;
    Done<std::vector<Received>> done;
  };

  Spec find(const std::string& arn) const { return ports_.topology.get()->queue(arn); }
  const Ports& ports() const { return ports_; }

  void send(const Spec& queue, std::vector<SendEntry> entries, BatchDone<Sent> done);
  void remove(const Spec& queue, std::vector<std::string> handles, BatchDone<void> done);
  void change_visibility(const Spec& queue, std::vector<VisibilityChange> changes, BatchDone<void> done);
  void purge(const Spec& queue, Done<void> done);
  void begin(Poll poll);

  std::size_t parked() const;
  void reconfigure();
  void arrived(const std::vector<QueueId>& queues);
  void removed(QueueId queue, std::int64_t messages);
  void reset();
  void tick();
  std::optional<WallTime> next_due() const;
  bool quiet() const { return receiving_.load() == 0; }
  void stop();

 private:
  using PollNumber = std::int64_t;
  struct State {
    std::map<PollNumber, Poll> parked;  // in order of arrival
    bool known_empty = false;
    std::optional<WallTime> next;  // known_empty: when the next message becomes visible; none: there is none
    std::int64_t arrivals = 0;     // counts what was told
    std::int64_t wakes = 0;        // how many of those who wait may ask now
    // About as many as are in flight, rather more than less; none: nothing is known yet.
    std::optional<std::int64_t> in_flight;
    WallTime counted_at;  // when the store counted them last
    std::optional<WallTime> purged_at;
  };
  // What is done once the lock is released.
  struct Work {
    std::vector<std::pair<Poll, PollNumber>> receives;
    std::vector<Poll> empty;
    std::vector<std::pair<Poll, Fault>> faults;
    std::optional<Millis> wake;
  };
  // What a receive was told when it began.
  struct Asked {
    PollNumber number;
    std::int64_t arrivals = 0;
    bool count = true;
    WallTime at{};
  };

  void park_locked(State& state, PollNumber number, Poll poll);
  void pump_locked(State& state, Work& work);
  bool may_have_locked(const State& state) const;
  void learn_locked(State& state, bool fifo, const store::MessagesReceived& received, const Asked& asked);
  void settle_locked(Poll& poll, PollNumber number, State& state, Work& work);
  void plan_wake_locked(Work& work);
  void end_abandoned();
  void start(Work work);
  static bool is_unwanted(const Poll& poll);
  void pass_on(Poll poll, Work& work);
  void receive(Poll poll, PollNumber number, Work& work);
  bool is_full_locked(const Poll& poll, Asked& asked) const;
  void settle_full_locked(Poll& poll, const Asked& asked, Work& work);
  std::int64_t limit_of(const QueueSpec& queue) const {
    return queue.fifo ? limits_.in_flight_fifo : limits_.in_flight;
  }
  void received(Poll poll, const Asked& asked, store::Applied applied);
  store::ReceiveMessages change_for(const Poll& poll, const Asked& asked) const;
  std::vector<Received> answer(store::MessagesReceived received, WallTime at) const;
  void purge_failed(QueueId queue);
  void purge_rest(const Spec& queue, MessageId before, Done<void> done);

  const Ports ports_;
  const Limits limits_;
  std::atomic<int> receiving_{0};  // receives in the Journal, and what follows from them
  mutable std::mutex mutex_;
  std::unordered_map<QueueId, State> queues_;                        // guarded by mutex_, as all below
  std::set<std::tuple<SteadyTime, QueueId, PollNumber>> deadlines_;  // of those who wait
  PollNumber last_number_ = 0;
  SteadyTime look_again_{};  // for those who left
  bool stopped_ = false;
};

// The fault that a refused unit is answered with.
Fault fault_of(const store::Refusal& refusal);

}  // namespace waybill::queue
