#include "store/sqlite/sequence.h"

namespace waybill::store::sqlite {

Sequence::Sequence(Database& database)
    : read_(database, "SELECT value FROM meta WHERE name = 'sequence'"),
      write_(database,
             "INSERT INTO meta (name, value) VALUES ('sequence', ?1)"
             " ON CONFLICT (name) DO UPDATE SET value = excluded.value") {}

Status Sequence::load() {
  auto execution = read_.with();
  WAYBILL_TRY(const bool row, execution.next());
  highest_ = stored_ = pending_ = row ? execution.integer(0) : 0;
  return {};
}

Status Sequence::store() {
  pending_ = stored_;
  if (highest_ <= stored_) return {};
  WAYBILL_CHECK(write_.with(highest_ + kStep).run());
  pending_ = highest_ + kStep;
  return {};
}

}  // namespace waybill::store::sqlite
