#include "support/disk_image.h"

#include <algorithm>
#include <fstream>

namespace waybill::testing {

namespace {

constexpr std::size_t kSector = 512;
using Kind = DiskOperation::Kind;

void write_range(std::string& content, std::size_t at, std::string_view data) {
  if (content.size() < at + data.size()) content.resize(at + data.size(), '\0');
  content.replace(at, data.size(), data);
}

void apply_whole(std::string& content, const DiskOperation& operation) {
  if (operation.kind == Kind::truncate) {
    content.resize(static_cast<std::size_t>(operation.number), '\0');
  } else {
    write_range(content, static_cast<std::size_t>(operation.number), operation.data);
  }
}

// Each sector of the file that the write touches is written or not.
void apply_torn(std::string& content, const DiskOperation& write, double share, std::mt19937_64& random) {
  const auto begin = static_cast<std::size_t>(write.number);
  std::bernoulli_distribution there(share);
  for (std::size_t at = begin; at < begin + write.data.size();) {
    const std::size_t end = std::min((at / kSector + 1) * kSector, begin + write.data.size());
    if (there(random)) write_range(content, at, std::string_view(write.data).substr(at - begin, end - at));
    at = end;
  }
}

}  // namespace

void DiskImage::advance(std::size_t end) {
  for (; position_ < end; ++position_) {
    const DiskOperation& operation = operations_[position_];
    switch (operation.kind) {
      case Kind::mark: break;
      case Kind::create: files_[operation.file]; break;
      case Kind::remove: files_.erase(operation.file); break;
      case Kind::write:
      case Kind::truncate: files_[operation.file].pending.push_back(&operation); break;
      case Kind::sync: {
        File& file = files_[operation.file];
        for (const DiskOperation* pending : file.pending) apply_whole(file.synced, *pending);
        file.pending.clear();
        file.created = true;
      }
    }
  }
}

bool DiskImage::unsynced(const std::string& file) const {
  const auto found = files_.find(file);
  return found != files_.end() && !found->second.pending.empty();
}

std::string DiskImage::content(const File& file, std::uint64_t seed, std::mt19937_64& random) {
  std::string content = file.synced;
  if (seed == 0) return content;
  if (seed == 1) {
    for (const DiskOperation* operation : file.pending) apply_whole(content, *operation);
    return content;
  }
  std::vector<const DiskOperation*> pending = file.pending;
  // Every third disk writes in order and is cut short, as most do; the others in whatever order they like.
  if (seed % 3 != 0) {
    std::shuffle(pending.begin(), pending.end(), random);
  }
  if (!pending.empty()) pending.resize(random() % (pending.size() + 1));
  const double share = seed % 3 == 1 ? 1.0 : std::uniform_real_distribution(0.3, 1.0)(random);
  for (const DiskOperation* operation : pending) {
    const bool last = operation == pending.back();
    if (operation->kind == Kind::truncate || (seed % 3 == 0 && !last)) {
      apply_whole(content, *operation);
    } else {
      apply_torn(content, *operation, share, random);
    }
  }
  return content;
}

void DiskImage::write_to(const std::filesystem::path& directory, std::uint64_t seed) const {
  std::mt19937_64 random(seed * 1'000'003 + position_);
  for (const auto& [name, file] : files_) {
    if (!file.created && (seed == 0 || (seed != 1 && random() % 2 == 0))) continue;
    const std::string bytes = content(file, seed, random);
    std::ofstream(directory / name, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
}

}  // namespace waybill::testing
