// The inside of EventSources. Included by event_sources*.cc only.
#pragma once

#include <list>
#include <map>
#include <mutex>

#include "queue/event_sources.h"

namespace waybill::queue {

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
    std::shared_ptr<const FunctionSpec> function;
    bool fifo = false;
    std::vector<Received> messages;
    std::vector<RecordResult> results;
    std::size_t first_size = 0;
    std::size_t failed = 0;
    int conflicts = 0;
    SteadyTime deadline;
    bool with_function = false;  // guarded by mutex_
    bool given_up = false;       // guarded by mutex_: its slot went to another batch
  };
  using RunPtr = std::shared_ptr<Run>;

  struct Source {
    Spec spec;
    std::int64_t generation = 0;  // takes of an earlier one are not wanted any more
    bool taking = false;
    int running = 0;
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
    int stuck = 0;
  };

  int limit_of(const EventSourceSpec& spec, const Topology& topology) const;
  void pump_locked(const std::string& name, Source& source, Work& work);
  void launch_locked(const std::string& name, Source& source, Work& work);
  void start(Work work);
  void take(const Take& take);
  void taken(const Take& take, Answer<std::vector<Received>> answer);
  bool is_wanted(const std::string& name, std::int64_t generation) const;

  // event_sources_run.cc
  void run(const RunPtr& run);
  bool drop_unwanted(Run& run);
  void commit(const RunPtr& run, std::size_t count);
  void committed(const RunPtr& run, std::size_t count);
  void refused(const RunPtr& run, const store::Refusal& refusal, const BatchUnit& unit);
  void ask_again(const RunPtr& run);
  void end(const RunPtr& run);

  const Ports ports_;
  mutable std::mutex mutex_;
  std::map<std::string, Source> sources_;  // by name; guarded by mutex_, as all below
  std::list<RunPtr> runs_;
  std::int64_t last_generation_ = 0;
  bool stopped_ = false;
};

}  // namespace waybill::queue
