// What archives hold, on the writing connection.
#pragma once

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

 private:
  struct Row {
    std::int64_t event_time, payload, bytes;
  };
  static Result<std::vector<Row>> rows_of(Execution& execution);
  Result<Swept> remove(ArchiveId archive, const std::vector<Row>& rows, int limit);
  Status let_go(const Row& row);

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
