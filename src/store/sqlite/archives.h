// What archives hold, on the writing connection.
#pragma once

#include <map>
#include <vector>

#include "store/engine.h"
#include "store/sqlite/statement.h"

namespace waybill::store::sqlite {

// Payloads of archives are rows of archived_payloads until the last archive lets go of them. Then they move to
// payloads, where the sweep finds them: it never walks over what archives keep.
class SqliteArchives final : public Archives {
 public:
  explicit SqliteArchives(Database& database);

  Status insert(const ArchiveEvent& event) override;
  Result<Swept> sweep(ArchiveId archive, WallTime before, int limit) override;
  Result<Swept> drop(ArchiveId archive, int limit) override;

  // Totals are written once a transaction, before its commit: they are one row for all events of an archive.
  Status store_totals();
  void forget_totals() { added_.clear(); }  // of a transaction that was undone, or whose archives were
  void savepoint() { added_at_savepoint_ = added_; }
  void rolled_back_to_savepoint() { added_ = added_at_savepoint_; }

 private:
  struct Totals {
    std::int64_t events = 0;
    std::int64_t bytes = 0;
  };
  using TotalsByArchive = std::map<std::int64_t, Totals>;

  struct Row {
    std::int64_t event_time, payload, bytes;
  };
  static Result<std::vector<Row>> rows_of(Execution& execution);
  Result<Swept> remove(ArchiveId archive, const std::vector<Row>& rows, int limit);
  Status let_go(const Row& row);

  TotalsByArchive added_;  // in this transaction, not stored yet
  TotalsByArchive added_at_savepoint_;
  Statement insert_;
  Statement count_;
  Statement older_;
  Statement any_;
  Statement remove_;
  Statement held_;
  Statement to_payloads_;
  Statement remove_payload_;
  Statement forget_;
};

}  // namespace waybill::store::sqlite
