// A SQLite store in a fresh directory, as the conformance suite wants it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "store/sqlite/store.h"
#include "support/engine_conformance.h"
#include "support/temp_dir.h"

namespace waybill::testing {

class SqliteHarness final : public EngineHarness {
 public:
  explicit SqliteHarness(store::sqlite::StoreOptions options = {});

  store::Engine& engine() override { return *engine_; }
  std::unique_ptr<store::Reader> reader() override;
  void reopen() override;

  store::sqlite::Store& store() { return *store_; }
  const std::filesystem::path& directory() const { return directory_.path(); }

 private:
  void open();

  TempDir directory_;
  store::sqlite::StoreOptions options_;
  std::unique_ptr<store::sqlite::Store> store_;
  std::unique_ptr<store::Engine> engine_;
};

}  // namespace waybill::testing
