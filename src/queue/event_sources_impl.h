// The inside of EventSources. Included by event_sources*.cc only.
#pragma once

#include <list>
#include <map>
#include <mutex>
#include <set>

#include "queue/event_sources.h"

namespace waybill::queue {

// Past its deadline by so much, a function is given up.
inline constexpr Millis kBatchHangs{250};
// So many calls that were given up and do not come back: the function is unhealthy. Nothing is received for it until
// one does, so that good messages do not use up their receives.
inline constexpr int kMostStuck = 4;

// One mutex around plain data; it is never held over a call out.
class EventSources::Impl : public std::enable_shared_from_this<EventSources::Impl> {
 public:
  explicit Impl(Ports ports) : ports_(std::move(ports)) {}

  void reconfigure();
  void tick();
  std::optional<WallTime> next_due() const;
  bool quiet() const;
  void stop();

 private:
  using Spec = std::shared_ptr<const EventSourceSpec>;

  // A batch with its function, from the call to the commit. Belongs to the thread that works on it; what is guarded is
  // said.
  struct Run {
    Spec source;
    std::string source_name;
    std::int64_t source_number = 0;  // Source::number
    std::shared_ptr<const FunctionSpec> function;
    bool fifo = false;
    std::vector<Received> messages;     // changed while it is not with its function
    std::vector<Received> later;        // given to the function when these are done: BatchInvoker::wants_alone()
    std::vector<RecordResult> results;  // of those, when it was
    std::size_t settled = 0;            // so many of the messages, from the first on
    std::set<std::string> stopped_groups;
    bool keep_all = false;  // BatchRules
    bool parts = false;     // something was refused: what follows is stored in parts, so that little is done again
    std::size_t given = 0;  // messages that the function was given
    std::size_t failed = 0;
    int conflicts = 0;
    SteadyTime deadline;         // guarded by mutex_, as all below
    bool with_function = false;  // tick() looks at the deadline
    bool given_up = false;       // its slot went to another batch
  };
  using RunPtr = std::shared_ptr<Run>;

  struct Source {
    Spec spec;
    std::int64_t generation = 0;  // takes of an earlier one are not wanted any more
    bool taking = false;
    std::int64_t number = 0;  // another one when a source of that name is made anew
    int running = 0;
    int stuck = 0;  // given up, and not back yet
    std::vector<Received> gathered;
    std::size_t gathered_bytes = 0;
    WallTime window_end;  // REQUIRES: gathered is not empty
  };
  struct Take {
    std::string name;
    Spec spec;
    std::int64_t generation = 0;
    int most = 0;
    std::size_t bytes = 0;
  };
  struct Work {
    std::vector<Take> takes;
    std::vector<RunPtr> runs;
    std::optional<Millis> wake;
  };

  int limit_of(const EventSourceSpec& spec, const Topology& topology) const;
  void pump_locked(const std::string& name, Source& source, Work& work);
  void launch_locked(const std::string& name, Source& source, Work& work);
  void start(Work work);
  void take(const Take& take);
  void taken(const Take& take, Answer<std::vector<Received>> answer);
  bool is_wanted(const std::string& name, std::int64_t generation) const;

  Source* source_of_locked(const Run& run);

  // event_sources_run.cc
  void run(const RunPtr& run);
  void drop_unwanted(Run& run);
  void set_aside(Run& run) const;
  // False: it was not in time, or did not answer for each message.
  bool ask(Run& run);
  void judge(Run& run) const;
  static void fail(Run& run, std::size_t message, const std::string& why);
  void commit_next(const RunPtr& run);
  void commit(const RunPtr& run, const BatchPart& part, bool then_ask);
  void committed(const RunPtr& run, const BatchPart& part, bool then_ask);
  void refused(const RunPtr& run, const store::Refusal& refusal, const BatchUnit& unit);
  void ask_again(const RunPtr& run);
  void part_done(const RunPtr& run);
  void end(const RunPtr& run);
  void came_back(const RunPtr& run);

  const Ports ports_;
  mutable std::mutex mutex_;
  std::map<std::string, Source> sources_;  // by name; guarded by mutex_, as all below
  std::list<RunPtr> runs_;                 // from their launch to their end
  std::int64_t last_number_ = 0;           // of sources and of their generations
  bool stopped_ = false;
};

}  // namespace waybill::queue
