// ./dev bench queue [--check] [--messages N]: durable messages sent, received and deleted per second, beside plain
// SQLite doing the same rows in the same run; what a thousand polls that wait cost; and how soon one wakes after a
// send.
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/worker_pool.h"
#include "queue/plain_rows.h"
#include "queue/service.h"
#include "store/sqlite/store.h"

namespace {

namespace fs = std::filesystem;
using namespace waybill;
using Clock = std::chrono::steady_clock;

constexpr double kLeastRatio = 0.5;
constexpr std::int64_t kMostParkedKib = 20 * 1024;
constexpr int kPolls = 1'000;
constexpr int kBodyBytes = 420;
constexpr int kBatch = 10;
constexpr int kInFlight = 64;  // batches that wait for their commit at once

std::int64_t anonymous_kib() {
  std::ifstream status("/proc/self/status");
  std::string word;
  std::int64_t kib = 0;
  while (status >> word) {
    if (word == "RssAnon:") status >> kib;
  }
  return kib;
}

int threads() {
  int count = 0;
  for ([[maybe_unused]] const auto& each : fs::directory_iterator("/proc/self/task")) ++count;
  return count;
}

// Lets so many be under way, and waits for the last.
class Gate {
 public:
  void enter() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return under_way_ < kInFlight; });
    ++under_way_;
  }
  void leave() {
    const std::lock_guard lock(mutex_);
    --under_way_;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return under_way_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int under_way_ = 0;
};

struct Rig {
  explicit Rig(const fs::path& data) : store(store::sqlite::Store::open(data.string()).value()) {
    auto row = CatalogRow::read({{"000000000000", "us-east-1", kinds::kQueue, "q"}, "", "{}", R"({"Id":1})"}).value();
    Catalog catalog;
    catalog[row->resource.key] = row;
    Topology::EndpointNumbers numbers;
    topology.set(Topology::build(catalog, Place{}, numbers).value());
    journal.on_arrivals([this](const std::vector<QueueId>& queues) { service.arrived(queues); });
  }
  ~Rig() {
    service.stop();
    journal.stop();
  }

  std::unique_ptr<store::sqlite::Store> store;
  store::JournalProbe probe;
  SystemWallClock wall;
  SystemSteadyClock steady;
  WorkerPool workers{1};
  Snapshot<Topology> topology;
  store::ReaderPool readers{[this] { return store->make_reader(); }};
  store::Journal journal{store->make_engine().value(), {}, probe, nullptr};
  queue::QueueService service{{topology, journal, readers, wall, steady, workers, [](Millis) {}}};
  const std::string arn = Place{}.queue("q");
};

double service_seconds(Rig& rig, std::int64_t messages) {
  Gate gate;
  std::mutex mutex;
  std::vector<std::string> handles;
  const auto began = Clock::now();
  for (std::int64_t i = 0; i < messages; i += kBatch) {
    std::vector<queue::SendEntry> entries(kBatch);
    for (auto& entry : entries) entry.body = std::string(kBodyBytes, 'x');
    gate.enter();
    rig.service.send(rig.arn, std::move(entries), [&](auto sent) {
      if (!sent) throw std::runtime_error(sent.error().message);
      gate.leave();
    });
  }
  gate.wait();
  for (std::int64_t i = 0; i < messages; i += kBatch) {
    queue::ReceiveRequest request;
    request.max_messages = kBatch;
    request.visibility = std::chrono::seconds{600};
    gate.enter();
    rig.service.receive(rig.arn, std::move(request), [&](auto received) {
      const std::lock_guard lock(mutex);
      for (auto& each : *received) handles.push_back(std::move(each.receipt_handle));
      gate.leave();
    });
  }
  gate.wait();
  if (handles.size() != static_cast<std::size_t>(messages)) throw std::runtime_error("messages are missing");
  for (std::size_t i = 0; i < handles.size(); i += kBatch) {
    gate.enter();
    const auto first = handles.begin() + static_cast<std::ptrdiff_t>(i);
    rig.service.remove(rig.arn, {first, first + kBatch}, [&](auto) { gate.leave(); });
  }
  gate.wait();
  return std::chrono::duration<double>(Clock::now() - began).count();
}

// KiB that a thousand polls take which wait; no thread may come with them.
std::int64_t parked_kib(Rig& rig) {
  const std::int64_t before = anonymous_kib();
  const int threads_before = threads();
  std::atomic<int> ended = 0;
  for (int i = 0; i < kPolls; ++i) {
    queue::ReceiveRequest request;
    request.wait = std::chrono::seconds{20};
    rig.service.receive(rig.arn, std::move(request), [&](auto) { ++ended; });
  }
  rig.journal.apply(store::Lane::internal, {}).value();
  const std::int64_t kib = anonymous_kib() - before;
  std::printf("%zu polls wait: %.1f MiB, %d more threads\n", rig.service.parked(), static_cast<double>(kib) / 1024,
              threads() - threads_before);
  if (rig.service.parked() != kPolls || threads() != threads_before) throw std::runtime_error("polls took threads");
  rig.service.stop();
  return kib;
}

// From the call of send() to the answer of a poll that waited.
void measure_wake_up(const fs::path& data) {
  Rig rig(data);
  std::vector<double> micros;
  for (int i = 0; i < 300; ++i) {
    std::mutex mutex;
    std::condition_variable changed;
    bool answered = false;
    Clock::time_point at;
    queue::ReceiveRequest request;
    request.wait = std::chrono::seconds{20};
    rig.service.receive(rig.arn, std::move(request), [&](auto) {
      const std::lock_guard lock(mutex);
      at = Clock::now();
      answered = true;
      changed.notify_all();
    });
    rig.journal.apply(store::Lane::internal, {}).value();
    const auto began = Clock::now();
    rig.service.send(rig.arn, {queue::SendEntry{"x"}}, [](auto) {});
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return answered; });
    micros.push_back(std::chrono::duration<double, std::micro>(at - began).count());
  }
  std::sort(micros.begin(), micros.end());
  std::printf("wake-up after a send, both commits included: median %.0f us, 99 %% %.0f us\n", micros[150], micros[297]);
}

int run(int count, char** arguments) {
  bool check = false;
  std::int64_t messages = 100'000;
  for (int i = 1; i < count; ++i) {
    if (std::strcmp(arguments[i], "--check") == 0) {
      check = true;
    } else if (std::strcmp(arguments[i], "--messages") == 0 && i + 1 < count) {
      messages = std::max<std::int64_t>(std::atoll(arguments[++i]) / kBatch, 1) * kBatch;
    } else {
      throw std::runtime_error("usage: bench_queue [--check] [--messages N]");
    }
  }
  const char* place = std::getenv("WAYBILL_BENCH_DIR");
  const fs::path directory = fs::path(place ? place : ".") / "queue";
  fs::remove_all(directory);
  fs::create_directories(directory);
  std::int64_t kib = 0;
  {
    Rig rig(directory / "parked");  // first: memory that was freed before would hide what they take
    kib = parked_kib(rig);
  }
  std::vector<double> ratios;
  for (int round = 0; round < 3; ++round) {
    const fs::path data = directory / ("data" + std::to_string(round));
    double ours = 0;
    {
      Rig rig(data);
      ours = service_seconds(rig, messages);
    }
    const double plain = bench::plain_queue_seconds(data / "waybill.db", directory / ("plain" + std::to_string(round)),
                                                    messages, std::int64_t{kBatch} * kInFlight / 2, kBodyBytes);
    ratios.push_back(plain / ours);
    std::printf("sent, received and deleted: %.0f messages/s; plain SQLite: %.0f; ratio %.2f\n",
                static_cast<double>(messages) / ours, static_cast<double>(messages) / plain, ratios.back());
  }
  measure_wake_up(directory / "wake");
  fs::remove_all(directory);
  std::sort(ratios.begin(), ratios.end());
  const bool fits = ratios[1] >= kLeastRatio && kib < kMostParkedKib;
  if (fits || !check) return 0;
  std::printf("FAILED: a ratio of %.2f and under %lld MiB were wanted\n", kLeastRatio,
              static_cast<long long>(kMostParkedKib / 1024));
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return run(count, arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
