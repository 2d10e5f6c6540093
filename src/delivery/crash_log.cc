#include "delivery/crash_log.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"
#include "delivery/crash_signals.h"

namespace waybill::delivery {

// As it lies in the file: never change its layout.
struct CrashLog::Entry {
  std::atomic<std::int64_t> delivery{0};  // 0: the entry is free
  std::atomic<std::int32_t> crashes{0};
  CrashFlag crashed{0};
};

namespace {

// The first ones are for attempts under way, more than any daemon has workers; the rest for those suspected.
constexpr std::size_t kUnderWay = 512;
constexpr std::size_t kSuspected = 128;
constexpr std::size_t kEntries = kUnderWay + kSuspected;

}  // namespace

CrashLog::CrashLog() = default;

Result<std::unique_ptr<CrashLog>> CrashLog::open(const std::string& file) {
  static_assert(std::atomic<std::int64_t>::is_always_lock_free && CrashFlag::is_always_lock_free);
  static_assert(sizeof(Entry) == 16);
  std::unique_ptr<CrashLog> log(new CrashLog);
  if (file.empty()) {
    log->own_ = std::vector<Entry>(kEntries);
    log->entries_ = log->own_.data();
  } else {
    const auto failed = [&] { return Error{ErrorCode::io, file + ": " + std::strerror(errno)}; };
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return failed();
    const bool sized = ::ftruncate(descriptor, kEntries * sizeof(Entry)) == 0;
    void* mapped = sized ? ::mmap(nullptr, kEntries * sizeof(Entry), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
                         : MAP_FAILED;
    const int error = errno;
    ::close(descriptor);
    errno = error;
    if (mapped == MAP_FAILED) return failed();
    log->mapped_ = mapped;
    log->entries_ = static_cast<Entry*>(mapped);
  }
  log->read_last_run();
  return log;
}

CrashLog::~CrashLog() {
  if (mapped_) ::munmap(mapped_, kEntries * sizeof(Entry));
}

void CrashLog::read_last_run() {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = kUnderWay; i < kEntries; ++i) {  // first: new suspicions must find these places taken
    if (const DeliveryId delivery{entries_[i].delivery}; delivery.value != 0) suspected_[delivery] = &entries_[i];
  }
  for (std::size_t i = 0; i < kUnderWay; ++i) {
    Entry& entry = entries_[i];
    const DeliveryId delivery{entry.delivery};
    const int crashes = entry.crashes + (entry.crashed ? 1 : 0);
    entry.crashed = 0;
    entry.delivery = 0;
    free_.push_back(&entry);
    if (delivery.value == 0 || crashes == 0) continue;
    if (delivery.value < 0) {
      spdlog::error("a batch of queue {} was being handled when the daemon crashed", -delivery.value);
    } else {
      spdlog::error("delivery or message {} was being handled when the daemon crashed, {} times in a row by now",
                    delivery.value, crashes);
    }
    suspect_locked(delivery, crashes);
  }
  std::reverse(free_.begin(), free_.end());  // the first ones again and again: they share a cache line
}

void CrashLog::suspect_locked(DeliveryId delivery, int crashes) {
  const auto taken = [this](const Entry& entry) {
    return std::any_of(suspected_.begin(), suspected_.end(), [&](auto& each) { return each.second == &entry; });
  };
  Entry* const first = entries_ + kUnderWay;
  Entry* place = std::find_if_not(first, entries_ + kEntries, taken);
  if (place == entries_ + kEntries) {  // the oldest must have ended without being asked about
    place = suspected_.begin()->second;
    suspected_.erase(suspected_.begin());
  }
  place->crashes = crashes;
  place->delivery = delivery.value;
  suspected_[delivery] = place;
}

int CrashLog::crashes(DeliveryId delivery) const {
  const std::lock_guard lock(mutex_);
  const auto found = suspected_.find(delivery);
  return found == suspected_.end() ? 0 : found->second->crashes.load();
}

void CrashLog::forget(DeliveryId delivery) {
  const std::lock_guard lock(mutex_);
  const auto found = suspected_.find(delivery);
  if (found == suspected_.end()) return;
  found->second->delivery = 0;
  suspected_.erase(found);
}

CrashLog::Entry* CrashLog::begin(DeliveryId delivery) {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) return nullptr;
  Entry* entry = free_.back();
  free_.pop_back();
  int crashes = 0;
  if (const auto found = suspected_.find(delivery); found != suspected_.end()) {
    crashes = found->second->crashes;
    found->second->delivery = 0;
    suspected_.erase(found);
  }
  entry->crashes = crashes;
  entry->delivery = delivery.value;
  return entry;
}

void CrashLog::end(Entry* entry) {
  const std::lock_guard lock(mutex_);
  entry->delivery = 0;
  entry->crashes = 0;
  free_.push_back(entry);
}

CrashLog::Mark::Mark(CrashLog& log, DeliveryId delivery) : log_(log), entry_(log.begin(delivery)) {
  if (entry_) flag_crashes_in(&entry_->crashed);
}

CrashLog::Mark::~Mark() {
  if (!entry_) return;
  flag_crashes_in(nullptr);
  log_.end(entry_);
}

}  // namespace waybill::delivery
