// A SQLite file layer that stands before the platform's own and asks before it passes a call on.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace waybill::testing {

// What happens to files that must survive: the database, its write-ahead log and its rollback journal. Calls come on
// the threads that use SQLite. An answer other than SQLITE_OK (0) is given to SQLite, and the platform's layer is not
// called.
class VfsObserver {
 public:
  virtual ~VfsObserver() = default;
  // `file` is the name without its directory.
  virtual int on_open(const std::string& /*file*/) { return 0; }
  virtual int on_write(const std::string& /*file*/, std::int64_t /*offset*/, std::string_view /*data*/) { return 0; }
  virtual int on_truncate(const std::string& /*file*/, std::int64_t /*size*/) { return 0; }
  virtual int on_sync(const std::string& /*file*/) { return 0; }
  virtual int on_delete(const std::string& /*file*/) { return 0; }
};

// Registered under its name while it lives; no connection may outlive it. Syncs are reported and not carried out: the
// tests lose power on paper, and go faster without a real disk.
class WrappingVfs {
 public:
  // The observer must outlive it.
  WrappingVfs(std::string name, VfsObserver& observer);
  ~WrappingVfs();
  WrappingVfs(const WrappingVfs&) = delete;
  WrappingVfs& operator=(const WrappingVfs&) = delete;

  const std::string& name() const { return name_; }

 private:
  struct Registered;
  std::string name_;
  std::unique_ptr<Registered> registered_;
};

}  // namespace waybill::testing
