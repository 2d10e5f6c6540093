// What every engine must do, as checks: the model engine and SQLite pass the same ones.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "store/engine.h"
#include "store/reader.h"

namespace waybill::testing {

// One store under test, empty at first.
class EngineHarness {
 public:
  virtual ~EngineHarness() = default;
  virtual store::Engine& engine() = 0;
  // Sees what is committed. REQUIRES: it is gone before reopen() and before the harness.
  virtual std::unique_ptr<store::Reader> reader() = 0;
  // Drops the engine as it stands, without a commit, and opens the store again. References from engine() are void.
  virtual void reopen() = 0;
};

struct ConformanceCheck {
  const char* name;
  void (*run)(EngineHarness& store);
};

std::vector<ConformanceCheck> transaction_checks();
std::vector<ConformanceCheck> delivery_checks();
std::vector<ConformanceCheck> item_checks();
std::vector<ConformanceCheck> query_checks();
std::vector<ConformanceCheck> catalog_checks();
std::vector<ConformanceCheck> archive_checks();
std::vector<ConformanceCheck> message_checks();
std::vector<ConformanceCheck> group_checks();

// Runs each check as a subcase with a store of its own. Call it from a TEST_CASE.
void check_engine_conformance(const std::function<std::unique_ptr<EngineHarness>()>& make);

}  // namespace waybill::testing
