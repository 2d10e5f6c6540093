#include <doctest/doctest.h>

#include "support/engine_conformance.h"
#include "support/sqlite_harness.h"

using namespace waybill::testing;

TEST_CASE("SQLite passes the conformance suite") {
  check_engine_conformance([] {
    waybill::store::sqlite::StoreOptions quick;
    quick.synchronous = waybill::store::sqlite::Synchronous::off;
    return std::make_unique<SqliteHarness>(quick);
  });
}
