#include "support/fault_vfs.h"

#include <sqlite3.h>

namespace waybill::testing {

namespace {

std::string unique_fault_name() {
  static std::atomic<int> count{0};
  return "fault-" + std::to_string(++count);
}

}  // namespace

FaultVfs::FaultVfs(Fault fault) : fault_(fault), vfs_(unique_fault_name(), *this) {}

int FaultVfs::judge(int count, bool concerned, int code) {
  if (!concerned || fault_.at == 0) return SQLITE_OK;
  if (fault_.stays ? count < fault_.at : count != fault_.at) return SQLITE_OK;
  ++struck_;
  return code;
}

int FaultVfs::on_write(const std::string&, std::int64_t, std::string_view) {
  return judge(++writes_, fault_.kind != Fault::Kind::sync_error,
               fault_.kind == Fault::Kind::disk_full ? SQLITE_FULL : SQLITE_IOERR_WRITE);
}

int FaultVfs::on_truncate(const std::string&, std::int64_t) {
  return judge(++writes_, fault_.kind == Fault::Kind::write_error, SQLITE_IOERR_TRUNCATE);
}

int FaultVfs::on_sync(const std::string&) {
  return judge(++syncs_, fault_.kind == Fault::Kind::sync_error, SQLITE_IOERR_FSYNC);
}

}  // namespace waybill::testing
