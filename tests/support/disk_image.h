// What a disk may hold when the power goes, made from what a RecordingVfs wrote down.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "support/recording_vfs.h"

namespace waybill::testing {

// The model, for each file: what was written before its latest sync is on the disk. Of the writes and truncations since
// then any subset may be, in any order, and of each write any of its 512-byte sectors, old or new as a whole. A file
// that was created is surely there once it was synced (SQLite syncs the directory with the first sync of a log or
// journal, Store::open that of the database), before that perhaps. A removal counts at once: what comes back after one
// that was lost is a log or journal whose content had been copied and synced before.
class DiskImage {
 public:
  explicit DiskImage(const std::vector<DiskOperation>& operations) : operations_(operations) {}

  // Moves on to the moment before operation `end`. REQUIRES: not backwards.
  void advance(std::size_t end);
  // Bytes were written to the file that no sync covers yet.
  bool unsynced(const std::string& file) const;

  // Writes one of the possible disks into an empty directory: what of the unsynced is there, the seed decides. Seeds 0
  // and 1 are the extremes: nothing of it, and all of it (which is what kill -9 leaves).
  void write_to(const std::filesystem::path& directory, std::uint64_t seed) const;

 private:
  struct File {
    bool created = false;  // surely on the disk
    std::string synced;
    std::vector<const DiskOperation*> pending;
  };
  static std::string content(const File& file, std::uint64_t seed, std::mt19937_64& random);

  const std::vector<DiskOperation>& operations_;
  std::size_t position_ = 0;
  std::map<std::string, File> files_;
};

}  // namespace waybill::testing
