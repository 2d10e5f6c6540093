#include <doctest/doctest.h>

#include "support/model_harness.h"

namespace waybill::testing {

TEST_CASE("the model engine keeps the laws of engines") {
  check_engine_conformance([] { return std::make_unique<ModelHarness>(); });
}

}  // namespace waybill::testing
