// Plain SQLite doing the rows of a queue: what the store's own work is measured against.
#pragma once

#include <cstdint>
#include <filesystem>

namespace waybill::bench {

// Sends, receives and deletes that many messages in transactions of `group` messages each, on a fresh file with the
// schema and the pragmas of the store. Answers the seconds it took.
double plain_queue_seconds(const std::filesystem::path& schema_from, const std::filesystem::path& fresh,
                           std::int64_t messages, std::int64_t group, int body_bytes);

}  // namespace waybill::bench
