// What SQLite itself does on this disk with the same rows: the yardstick of the ratios.
#pragma once

#include <cstdint>
#include <filesystem>

namespace waybill::bench {

// Copies the schema of a database that the daemon has filled, then writes the rows of its table "item_1" (as often as
// needed to make `events`) the way the daemon did: archived payload and delivery in one transaction, item and removal
// of the delivery in a later one, `commits` synced transactions in all. Answers the seconds.
double replay_rows(const std::filesystem::path& filled, const std::filesystem::path& fresh, std::int64_t events,
                   std::int64_t commits);

// Throws for a directory that lies in memory: a sync there costs nothing, and would make every figure here a lie.
void refuse_memory(const std::filesystem::path& directory);

// Median seconds of an 8 KiB append with fdatasync.
double fsync_seconds(const std::filesystem::path& directory);

}  // namespace waybill::bench
