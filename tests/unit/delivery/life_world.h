// A dispatcher on a model engine, where a seed decides everything: which task runs next, when the store commits, what
// an attempt comes to, when the daemon dies, how the clocks move. It checks every attempt as it is made, and what is
// left at the end. One thread.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "delivery/dispatcher.h"
#include "support/failing_engine.h"
#include "support/pipeline.h"

namespace waybill::testing {

// Any of the tasks that wait may be the next.
class SeededExecutor final : public Executor {
 public:
  explicit SeededExecutor(Random& random) : random_(random) {}
  void post(UniqueFunction<void()> task) override { tasks_.push_back(std::move(task)); }
  bool run_one();
  void clear() { tasks_.clear(); }

 private:
  Random& random_;
  std::vector<UniqueFunction<void()>> tasks_;
};

class LifeWorld final : public delivery::Invoker {
 public:
  explicit LifeWorld(std::uint64_t seed);
  ~LifeWorld() override;

  void step();    // one of the things that can happen
  void finish();  // nothing bad happens any more: everything has to end
  const std::string& error() const { return error_; }
  std::string story() const;  // the steps so far
  // How often something happened in all worlds so far, to see that the interesting things do.
  static std::map<std::string, int>& tally();

  delivery::AttemptResult invoke(const delivery::Attempt& attempt) override;
  bool blocks(const EndpointSpec& endpoint) const override { return !asynchronous(endpoint); }
  bool asynchronous(const EndpointSpec& endpoint) const override;
  void invoke_async(const delivery::Attempt& attempt, UniqueFunction<void(delivery::AttemptResult)> done) override;
  std::size_t joint_limit(const EndpointSpec&) const override { return 3; }
  void invoke_joint(const std::vector<delivery::Attempt>& attempts,
                    UniqueFunction<void(delivery::AttemptResult)> done) override;

 private:
  struct Wiring;  // the same in every world
  static const Wiring& wiring();

  struct Known {
    std::shared_ptr<const EndpointSpec> spec;
    WallTime ingested_at;
    int could_count = 0;  // attempts that may have been counted
  };
  struct Held {
    std::vector<DeliveryId> ids;
    UniqueFunction<void(delivery::AttemptResult)> done;
  };
  // What the daemon loses when it dies.
  struct Life {
    std::unique_ptr<store::Journal> journal;
    std::unique_ptr<delivery::Dispatcher> dispatcher;
    std::vector<Held> held;
    std::map<DeliveryId, SteadyTime> flying;  // deadline of its attempt
  };

  void begin_life();
  void crash();
  void put();
  void reset();
  void commit(bool full_disk);
  void pass(Millis by);
  void jump(Millis by);
  void end_held();
  void begun(const delivery::Attempt& attempt);
  delivery::AttemptResult result_for(const std::vector<DeliveryId>& ids, bool remote);
  void check_ends();
  void check_letter(const DeadLetter& letter, const Known& known);
  void note(const char* what, std::int64_t number = 0);
  void wrong(const std::string& what);
  std::uint64_t dice(std::uint64_t sides) { return random_.below(sides); }

  SeededRandom random_;
  FakeWallClock wall_;
  FakeSteadyClock steady_;
  SeededExecutor executor_{random_};
  store::JournalProbe journal_probe_;
  delivery::DeliveryProbe probe_;
  FakeDeadLetters router_;
  std::shared_ptr<ModelDisk> disk_;
  std::shared_ptr<FailurePlan> failures_;
  std::unique_ptr<store::ReaderPool> readers_;
  std::unique_ptr<Life> life_;
  std::map<DeliveryId, Known> stored_;  // committed, and no reset since
  WallTime latest_ = wall_.now();       // that the clock has shown: what was due then may be on its way
  std::int64_t calls_ = 0;
  std::int64_t lives_ = 0;
  bool calm_ = false;
  std::string error_;
  std::vector<std::pair<const char*, std::int64_t>> story_;
};

}  // namespace waybill::testing
