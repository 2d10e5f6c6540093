#include "store/ingress_log.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include <spdlog/spdlog.h>
#include <zlib.h>

#include "store/logged_changes.h"

namespace waybill::store {

namespace {

constexpr std::uint32_t kMagic = 0x314C4257;  // "WBL1", the lowest byte first
constexpr std::size_t kHeaderBytes = 40;
constexpr std::size_t kUnitHeaderBytes = 4;
// No batch is larger; a size above it is not one that was written.
constexpr std::uint32_t kMaxBodyBytes = 1U << 30;
// What is kept of the memory for records between batches.
constexpr std::size_t kMaxKept = 256 << 10;
constexpr std::size_t kZeros = 1 << 20;  // written at once

template <class Number>
void put(std::string& bytes, std::size_t at, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i) {
    bytes[at + i] = static_cast<char>(static_cast<std::uint64_t>(number) >> (8 * i));
  }
}

template <class Number>
Number get(std::string_view bytes, std::size_t at) {
  std::uint64_t bits = 0;
  for (std::size_t i = sizeof(Number); i-- > 0;) bits = bits << 8 | static_cast<unsigned char>(bytes[at + i]);
  return static_cast<Number>(bits);
}

// Of everything in a record but the field of the checksum, which is the header's last.
std::uint32_t checksum(std::string_view header, std::string_view body) {
  const auto* first = reinterpret_cast<const Bytef*>(header.data());
  const auto* second = reinterpret_cast<const Bytef*>(body.data());
  uLong sum = crc32(0, first, static_cast<uInt>(kHeaderBytes - sizeof(std::uint32_t)));
  sum = crc32(sum, second, static_cast<uInt>(body.size()));
  return static_cast<std::uint32_t>(sum);
}

struct Header {
  std::uint32_t magic = 0;
  std::uint32_t body_bytes = 0;
  std::int64_t identity = 0;
  std::int64_t first = 0;
  std::int64_t units = 0;
  std::uint32_t run = 0;
  std::uint32_t checksum = 0;

  static Header read(std::string_view bytes) {
    if (bytes.size() < kHeaderBytes) return {};
    return {get<std::uint32_t>(bytes, 0), get<std::uint32_t>(bytes, 4), get<std::int64_t>(bytes, 8),
            get<std::int64_t>(bytes, 16), get<std::int64_t>(bytes, 24), get<std::uint32_t>(bytes, 32),
            get<std::uint32_t>(bytes, 36)};
  }
  bool looks_right() const {
    return magic == kMagic && body_bytes <= kMaxBodyBytes && first > 0 && units > 0 && units <= body_bytes;
  }
};

void finish_record(std::string& record, std::int64_t identity, std::int64_t run, std::int64_t first,
                   std::size_t units) {
  put(record, 0, kMagic);
  put(record, 4, static_cast<std::uint32_t>(record.size() - kHeaderBytes));
  put(record, 8, identity);
  put(record, 16, first);
  put(record, 24, static_cast<std::int64_t>(units));
  put(record, 32, static_cast<std::uint32_t>(run));
  const std::string_view bytes = record;
  put(record, 36, checksum(bytes.substr(0, kHeaderBytes), bytes.substr(kHeaderBytes)));
}

Error does_not_fit(const std::string& what) {
  return Error{ErrorCode::corrupt, what +
                                       ": was the database, or the log, put back from a copy? Put back waybill.db with "
                                       "its waybill.db-wal, waybill.db-ingress0 and waybill.db-ingress1 of the same "
                                       "moment, or remove the last two to start without what they hold"};
}

}  // namespace

Result<IngressLog::Segment> IngressLog::look_at(LogFile& file) {
  WAYBILL_TRY(const std::string bytes, file.read(0, kHeaderBytes));
  const Header header = Header::read(bytes);
  if (!header.looks_right()) return Segment{&file, 0};
  if (header.identity != identity_) {
    spdlog::warn(
        "an ingress log of another store lies beside this one's database; it is not read and will be overwritten");
    return Segment{&file, 0};
  }
  if (header.run > run_) {
    return does_not_fit("the ingress log was written after this database was last in use");
  }
  return Segment{&file, header.run == run_ ? header.first : 0};
}

Status IngressLog::recover(const Mark& mark, const Take& take) {
  identity_ = mark.identity;
  run_ = mark.run;
  std::array<Segment, 2> segments;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    WAYBILL_TRY(segments[i], look_at(*files_.file[i]));
  }
  if (segments[1].first < segments[0].first) std::swap(segments[0], segments[1]);
  std::int64_t next = mark.stored + 1;
  for (const Segment& segment : segments) {
    if (segment.first > 0) WAYBILL_CHECK(recover_segment(*segment.file, next, take));
  }
  last_ = next - 1;
  last_in_ = {last_, last_};
  // All that the files hold is stored before the first append.
  stored_for_good(last_);
  return {};
}

Status IngressLog::recover_segment(LogFile& file, std::int64_t& next, const Take& take) {
  std::int64_t expected = 0;  // the number behind the record before, in this file
  for (std::int64_t offset = 0;;) {
    WAYBILL_TRY(const std::string header_bytes, file.read(offset, kHeaderBytes));
    const Header header = Header::read(header_bytes);
    const bool follows = expected == 0 || header.first == expected;
    if (!header.looks_right() || header.identity != identity_ || header.run != run_ || !follows) return {};
    offset += static_cast<std::int64_t>(kHeaderBytes);
    expected = header.first + header.units;
    if (expected > next) {
      WAYBILL_TRY(const std::string body, file.read(offset, header.body_bytes));
      if (body.size() < header.body_bytes || checksum(header_bytes, body) != header.checksum) {
        if (!is_followed(file, offset + header.body_bytes, expected)) return {};
        return does_not_fit("the accepted events from number " + std::to_string(header.first) +
                            " on are damaged in the ingress log");
      }
      if (header.first > next) {
        return does_not_fit("the database holds the accepted events up to number " + std::to_string(next - 1) +
                            " and the ingress log goes on with " + std::to_string(header.first));
      }
      WAYBILL_CHECK(take_units(body, header.first, next, take));
    }
    offset += header.body_bytes;
  }
}

// A record is written when the one before it is on the disk whole. So one that is not whole and has a successor was
// damaged later; one without was never acknowledged.
bool IngressLog::is_followed(LogFile& file, std::int64_t offset, std::int64_t number) {
  const auto bytes = file.read(offset, kHeaderBytes);
  if (!bytes) return false;
  const Header header = Header::read(*bytes);
  return header.looks_right() && header.identity == identity_ && header.run == run_ && header.first == number;
}

Status IngressLog::take_units(std::string_view body, std::int64_t first, std::int64_t& next, const Take& take) {
  for (std::int64_t number = first; !body.empty(); ++number) {
    const std::size_t size = body.size() < kUnitHeaderBytes ? body.size() : get<std::uint32_t>(body, 0);
    if (size > body.size() - std::min(body.size(), kUnitHeaderBytes)) {
      return Error{ErrorCode::corrupt, "a record of the ingress log cannot be read"};
    }
    body.remove_prefix(kUnitHeaderBytes);
    if (number >= next) {
      WAYBILL_TRY(Changes changes, read_logged(body.substr(0, size)));
      WAYBILL_CHECK(take(number, std::move(changes)));
      next = number + 1;
    }
    body.remove_prefix(size);
  }
  return {};
}

Status IngressLog::prepare() {
  for (const auto& file : files_.file) {
    WAYBILL_TRY(std::int64_t end, file->size());
    if (end >= files_.segment_bytes) continue;
    const std::string zeros(std::min<std::size_t>(kZeros, static_cast<std::size_t>(files_.segment_bytes)), '\0');
    while (end < files_.segment_bytes) {
      const auto size = std::min<std::int64_t>(static_cast<std::int64_t>(zeros.size()), files_.segment_bytes - end);
      if (!file->write(end, std::string_view(zeros).substr(0, static_cast<std::size_t>(size)))) return {};
      end += size;
    }
    WAYBILL_CHECK(file->sync());
  }
  return {};
}

Status IngressLog::append(std::span<const Changes* const> units) {
  choose_file();
  record_.assign(kHeaderBytes, '\0');
  for (const Changes* changes : units) {
    const std::size_t at = record_.size();
    record_.append(kUnitHeaderBytes, '\0');
    append_logged(*changes, record_);
    put(record_, at, static_cast<std::uint32_t>(record_.size() - at - kUnitHeaderBytes));
  }
  finish_record(record_, identity_, run_, last_ + 1, units.size());
  LogFile& file = *files_.file[current_];
  WAYBILL_CHECK(file.write(end_, record_));
  if (auto synced = file.sync(); !synced) return Error{ErrorCode::io, synced.error().message};
  end_ += static_cast<std::int64_t>(record_.size());
  last_ += static_cast<std::int64_t>(units.size());
  last_in_[current_] = last_;
  if (end_ > files_.segment_bytes / 2) wanted_.store(last_in_[1 - current_], std::memory_order_relaxed);
  if (record_.capacity() > kMaxKept) std::string().swap(record_);
  return {};
}

void IngressLog::choose_file() {
  const std::int64_t stored = stored_.load(std::memory_order_relaxed);
  if (end_ < files_.segment_bytes) return;
  if (last_in_[1 - current_] > stored) return;
  current_ = 1 - current_;
  end_ = 0;
}

}  // namespace waybill::store
