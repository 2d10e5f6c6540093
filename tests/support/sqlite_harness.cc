#include "support/sqlite_harness.h"

#include "support/conformance_rows.h"

namespace waybill::testing {

SqliteHarness::SqliteHarness(store::sqlite::StoreOptions options) : options_(std::move(options)) { open(); }

void SqliteHarness::open() {
  store_ = value_of(store::sqlite::Store::open(directory_.path().string(), options_));
  engine_ = value_of(store_->make_engine());
}

std::unique_ptr<store::Reader> SqliteHarness::reader() { return value_of(store_->make_reader()); }

void SqliteHarness::reopen() {
  engine_.reset();
  store_.reset();
  open();
}

}  // namespace waybill::testing
