// The model engine as a store under test.
#pragma once

#include <memory>

#include "support/engine_conformance.h"
#include "support/model_engine.h"

namespace waybill::testing {

class ModelHarness final : public EngineHarness {
 public:
  store::Engine& engine() override { return *engine_; }
  std::unique_ptr<store::Reader> reader() override { return std::make_unique<ModelReader>(disk_); }
  void reopen() override { engine_ = std::make_unique<ModelEngine>(disk_); }

 private:
  std::shared_ptr<ModelDisk> disk_ = std::make_shared<ModelDisk>();
  std::unique_ptr<ModelEngine> engine_ = std::make_unique<ModelEngine>(disk_);
};

}  // namespace waybill::testing
