// ./dev bench redis [--check] [--rounds N] [--requests N]: single-entry PutEvents that are stored durably, beside Redis
// that appends the same bytes and syncs before it answers, in turn and in the same directory. Then the latency at half
// of that rate, in syncs, beside a bare loop's; and at half of the rate that the whole pipeline of logistics-events
// reached.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "ingest/daemon_child.h"
#include "ingest/load_client.h"
#include "ingest/plain_sqlite.h"
#include "redis/bare_loop.h"
#include "redis/redis_child.h"

namespace {

namespace fs = std::filesystem;
using namespace waybill::bench;

constexpr int kConnections = 32;
constexpr std::size_t kEventBytes = 420;  // an event of the load client, as it is stored
constexpr double kLeastRatio = 1.0;       // of Redis
constexpr double kMostSyncs = 5;          // p99 at half load
// Long enough that the first milliseconds do not count at the 99th percentile, and short enough that Redis does not
// come to rewrite its file, which it does at 64 MiB.
constexpr std::int64_t kRequests = 100'000;

std::string required(const char* variable) {
  const char* value = std::getenv(variable);
  if (!value) throw std::runtime_error(std::string(variable) + " is not set; run this through ./dev bench redis");
  return value;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

class Rounds {
 public:
  Rounds(fs::path base, std::int64_t requests) : base_(std::move(base)), requests_(requests) {}

  static void head() {
    std::printf("%11s %9s %6s | %-27s | %-19s | %9s %-27s | %7s\n", "PutEvents/s", "XADD/s", "ratio",
                "half: p50 ms  p99 ms  syncs", "bare loop: p99 syncs", "handled/s", "half: p50 ms  p99 ms  syncs",
                "sync ms");
  }

  void measure() {
    const double waybill = rate(load(WAYBILL_BENCH_ARCHIVE, 0));
    const double redis = RedisChild(fresh()).xadd_rate(kConnections, requests_, kEventBytes);
    const double sync_ms = fsync_seconds(base_) * 1000;
    const LoadResult half = load(WAYBILL_BENCH_ARCHIVE, waybill / 2);
    const LoadResult bare = drive(plan(BareLoop(fresh()).port(), waybill / 2));
    const double handled = rate(load(WAYBILL_RULES, 0));
    const LoadResult half_handled = load(WAYBILL_RULES, handled / 2);
    std::printf("%11.0f %9.0f %6.2f | %12.3f %7.3f %6.1f | %12.3f %7.1f | %9.0f %12.3f %7.3f %6.1f | %7.3f\n", waybill,
                redis, waybill / redis, half.p50_ms, half.p99_ms, half.p99_ms / sync_ms, bare.p99_ms,
                bare.p99_ms / sync_ms, handled, half_handled.p50_ms, half_handled.p99_ms, half_handled.p99_ms / sync_ms,
                sync_ms);
    std::fflush(stdout);
    ratios_.push_back(waybill / redis);
    stored_.push_back(half.p99_ms / sync_ms);
    bare_.push_back(bare.p99_ms / sync_ms);
    handled_.push_back(half_handled.p99_ms / sync_ms);
  }

  bool holds() const {
    std::printf("median: %.2f of Redis; p99 at half load %.1f syncs stored, %.1f handled; a bare loop %.1f\n",
                median(ratios_), median(stored_), median(handled_), median(bare_));
    return median(ratios_) >= kLeastRatio && median(stored_) <= kMostSyncs && median(handled_) <= kMostSyncs;
  }

 private:
  fs::path fresh() const {
    const fs::path directory = base_ / "run";
    fs::remove_all(directory);
    fs::create_directories(directory);
    return directory;
  }

  LoadPlan plan(std::uint16_t port, double rate) const {
    LoadPlan plan;
    plan.port = port;
    plan.connections = kConnections;
    plan.entries_per_request = 1;
    plan.events = requests_;
    plan.paced_rate = rate;
    return plan;
  }

  LoadResult load(const char* rules, double rate) const {
    const DaemonChild daemon(required("WAYBILL_BINARY"), rules, fresh());
    const LoadResult result = drive(plan(daemon.port(), rate));
    if (result.refused > 0) throw std::runtime_error(std::to_string(result.refused) + " requests were refused");
    return result;
  }

  static double rate(const LoadResult& result) { return static_cast<double>(result.acknowledged) / result.seconds; }

  const fs::path base_;
  const std::int64_t requests_;
  std::vector<double> ratios_;
  std::vector<double> stored_;  // p99 at half load, in syncs
  std::vector<double> handled_;
  std::vector<double> bare_;
};

int run(int count, char** arguments) {
  bool check = false;
  int rounds = 5;
  std::int64_t requests = kRequests;
  for (int i = 1; i < count; ++i) {
    if (std::strcmp(arguments[i], "--check") == 0) {
      check = true;
    } else if (std::strcmp(arguments[i], "--rounds") == 0 && i + 1 < count) {
      rounds = std::atoi(arguments[++i]);
    } else if (std::strcmp(arguments[i], "--requests") == 0 && i + 1 < count) {
      requests = std::atoll(arguments[++i]);
    } else {
      throw std::runtime_error("usage: bench_redis [--check] [--rounds N] [--requests N]");
    }
  }
  const fs::path base = fs::path(required("WAYBILL_BENCH_DIR")) / "redis";
  fs::create_directories(base);
  refuse_memory(base);
  Rounds::head();
  Rounds results(base, requests);
  for (int round = 0; round < rounds; ++round) results.measure();
  const bool good = results.holds();
  if (!check) return 0;
  std::printf("%s: at least %.2f of Redis and at most %.0f syncs are wanted\n", good ? "gates held" : "GATE MISSED",
              kLeastRatio, kMostSyncs);
  return good ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return run(count, arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_redis: %s\n", error.what());
    return 2;
  }
}
