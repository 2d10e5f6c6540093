// The schema of waybill.db as data: what each version of it added, and how a file is brought to the newest.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/sqlite/database.h"

namespace waybill::store::sqlite {

// "WAYB", in the header of the file: `file waybill.db` and SQLite's own tools show it.
inline constexpr std::int32_t kApplicationId = 0x57415942;

struct Migration {
  int version;  // user_version after it
  std::string_view sql;
};

// Oldest first, versions 1, 2, 3, … A migration that was released is never edited: add another.
std::span<const Migration> migrations();
int newest_version();

// When a commit is on the disk. Anything but full loses acknowledged work when the power goes: the tests use the others
// to prove that they would notice.
enum class Synchronous { off, normal, full };

struct Pragmas {
  Synchronous synchronous = Synchronous::full;
  int cache_kib = 8000;
};

// Settings of the writing connection. REQUIRES: no transaction. The page size and auto-vacuum take effect only on a
// file without any page yet.
Status configure_writer(Database& database, const Pragmas& pragmas);
Status configure_reader(Database& database, int cache_kib);

// Refuses a file of another program, and one that a newer Waybill wrote. To be called first: it changes nothing.
// `name` is how messages call the file.
Status check_identity(Database& database, const std::string& name);
// Brings the file to newest_version() in one transaction.
Status migrate(Database& database);

}  // namespace waybill::store::sqlite
