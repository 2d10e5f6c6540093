// ./dev bench ingest [--check] [--events N] [--rounds N]: the real daemon under load from this process, beside plain
// SQLite with the same rows and the same number of syncs, in turn and in the same directory.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <stdexcept>
#include <thread>
#include <vector>

#include "ingest/daemon_child.h"
#include "ingest/load_client.h"
#include "ingest/plain_sqlite.h"

namespace {

namespace fs = std::filesystem;
using namespace waybill::bench;

constexpr double kLeastRatio = 0.60;  // of plain SQLite, with 10-entry requests

struct Options {
  bool check = false;
  std::int64_t events = 100'000;
  int rounds = 3;
};

struct Round {
  double handled_rate, plain_rate, ratio, p50_ms, p99_ms, cpu_cores, group;
  std::int64_t anonymous_kib;
};

Options parse(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    if (argument == "--check") {
      options.check = true;
    } else if (argument == "--events" && i + 1 < count) {
      options.events = std::atoll(arguments[++i]);
    } else if (argument == "--rounds" && i + 1 < count) {
      options.rounds = std::atoi(arguments[++i]);
    } else {
      throw std::runtime_error("usage: bench_ingest [--check] [--events N] [--rounds N]");
    }
  }
  return options;
}

std::string required(const char* variable) {
  const char* value = std::getenv(variable);
  if (!value) throw std::runtime_error(std::string(variable) + " is not set; run this through ./dev bench ingest");
  return value;
}

// Each is a transaction of the yardstick: commits, and appends to the ingress log.
double syncs_of(std::uint16_t port) {
  return metric(port, "waybill_commit_seconds_count") + metric(port, "waybill_ingress_log_seconds_count");
}

Round measure(const std::string& binary, const fs::path& base, int entries, std::int64_t events) {
  const fs::path directory = base / "run";
  fs::remove_all(directory);
  fs::create_directories(directory);
  Round round{};
  double commits = 0;
  std::int64_t acknowledged = 0;
  {
    DaemonChild daemon(binary, WAYBILL_RULES, directory);
    LoadPlan plan;
    plan.port = daemon.port();
    plan.entries_per_request = entries;
    plan.events = events;
    const double commits_before = syncs_of(daemon.port());
    const auto before = daemon.usage();
    const auto began = std::chrono::steady_clock::now();
    const LoadResult load = drive(plan);
    acknowledged = load.acknowledged;
    if (load.refused > 0) throw std::runtime_error(std::to_string(load.refused) + " requests were refused");
    while (metric(daemon.port(), "waybill_deliveries_total", "outcome=\"delivered\"") <
           static_cast<double>(acknowledged)) {
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    const auto after = daemon.usage();
    commits = syncs_of(daemon.port()) - commits_before;
    round.handled_rate = static_cast<double>(acknowledged) / seconds;
    round.p50_ms = load.p50_ms;
    round.p99_ms = load.p99_ms;
    round.cpu_cores = (after.cpu_seconds - before.cpu_seconds) / seconds;
    round.anonymous_kib = after.anonymous_kib;
    round.group = static_cast<double>(acknowledged) * 2 / commits;
  }
  const double plain = replay_rows(directory / "data" / "waybill.db", directory / "plain.db", acknowledged,
                                   static_cast<std::int64_t>(commits));
  round.plain_rate = static_cast<double>(acknowledged) / plain;
  round.ratio = round.handled_rate / round.plain_rate;
  return round;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

int run(const Options& options) {
  const std::string binary = required("WAYBILL_BINARY");
  const fs::path base = required("WAYBILL_BENCH_DIR");
  fs::create_directories(base);
  refuse_memory(base);
  std::printf("fsync of 8 KiB: %.3f ms (median of 200)\n", fsync_seconds(base) * 1000);
  {
    const fs::path idle = base / "idle";
    fs::remove_all(idle);
    fs::create_directories(idle);
    DaemonChild daemon(binary, WAYBILL_RULES, idle);
    std::printf("idle: ready in %.0f ms, %.1f MiB anonymous\n", daemon.ready_ms(),
                static_cast<double>(daemon.usage().anonymous_kib) / 1024);
  }
  std::printf("%-9s %12s %12s %7s %9s %9s %6s %10s %12s\n", "entries", "handled/s", "sqlite/s", "ratio", "p50 ms",
              "p99 ms", "cores", "anon MiB", "rows/commit");
  std::map<int, std::vector<double>> ratios;
  for (int i = 0; i < options.rounds; ++i) {
    for (const int entries : {10, 1}) {
      const Round round = measure(binary, base, entries, entries == 1 ? options.events / 2 : options.events);
      ratios[entries].push_back(round.ratio);
      std::printf("%-9d %12.0f %12.0f %7.2f %9.2f %9.2f %6.2f %10.1f %12.0f\n", entries, round.handled_rate,
                  round.plain_rate, round.ratio, round.p50_ms, round.p99_ms, round.cpu_cores,
                  static_cast<double>(round.anonymous_kib) / 1024, round.group);
      std::fflush(stdout);
    }
  }
  const double ratio = median(ratios[10]);
  std::printf("median ratio to plain SQLite: %.2f with 10 entries a request, %.2f with one\n", ratio,
              median(ratios[1]));
  if (!options.check) return 0;
  const bool good = ratio >= kLeastRatio;
  std::printf("%s: at least %.2f with 10 entries is wanted\n", good ? "gate held" : "GATE MISSED", kLeastRatio);
  return good ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return run(parse(count, arguments));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_ingest: %s\n", error.what());
    return 2;
  }
}
