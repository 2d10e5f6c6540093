// An engine over another one whose n-th fallible call fails, to walk every place where a disk can fail.
#pragma once

#include <atomic>
#include <memory>

#include "store/engine.h"

namespace waybill::testing {

// Shared between a test and the engine on the writer thread.
struct FailurePlan {
  enum class Kind {
    disk_full,    // this call fails, the next ones work: does not poison
    stays_full,   // this call and those that come after it fail, until works_again_at: does not poison
    failed_sync,  // this call fails; poisons
  };
  Kind kind = Kind::disk_full;
  std::atomic<std::int64_t> fail_at = 0;         // 1 is the first call; 0: none fails
  std::atomic<std::int64_t> works_again_at = 0;  // 0: never
  std::atomic<std::int64_t> calls = 0;
  std::atomic<int> failures = 0;
};

// A call that fails does not reach the inner engine. rollback() and the questions (has_table, tables, poisons) never
// fail. Owns the inner engine.
std::unique_ptr<store::Engine> make_failing_engine(std::unique_ptr<store::Engine> inner,
                                                   std::shared_ptr<FailurePlan> plan);

}  // namespace waybill::testing
