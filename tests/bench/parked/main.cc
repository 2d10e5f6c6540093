// ./dev bench parked [--check] [--rows N]: a store with a million deliveries that wait for a retry, and how soon and
// how large the daemon is that opens it.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "base/clock.h"
#include "ingest/daemon_child.h"
#include "store/journal.h"
#include "store/sqlite/store.h"

namespace {

namespace fs = std::filesystem;
using namespace waybill;

constexpr double kMostReadyMs = 1'000;
constexpr std::int64_t kMostAnonymousKib = 100 * 1024;

std::string required(const char* variable) {
  const char* value = std::getenv(variable);
  if (!value) throw std::runtime_error(std::string(variable) + " is not set; run this through ./dev bench parked");
  return value;
}

// Deliveries of the first endpoint that the daemon has wired, due in an hour and later, with a failed attempt.
void fill(const fs::path& data, std::int64_t rows) {
  auto store = store::sqlite::Store::open(data.string()).value();
  const auto endpoints = store->make_reader().value()->endpoints().value();
  if (endpoints.empty()) throw std::runtime_error("the templates have no targets");
  store::JournalProbe probe;
  store::Journal journal(store->make_engine().value(), {}, probe, nullptr);
  const WallTime now = SystemWallClock().now();
  const std::string body = R"({"version":"0","detail":{"parked":")" + std::string(200, 'x') + "\"}}";
  for (std::int64_t row = 0; row < rows;) {
    store::Changes changes;
    for (const std::int64_t end = std::min(rows, row + 10'000); row < end; ++row) {
      auto payload = std::make_shared<const Payload>(
          Payload{PayloadId{journal.next_sequence()}, PayloadKind::event, now, "bus", body});
      const DeliveryKey key{endpoints.front().id, now + std::chrono::hours{1} + Millis{row},
                            DeliveryId{journal.next_sequence()}};
      changes.add(store::InsertDelivery{{key, payload->id, 1, 0, now, "the target is down"}});
      changes.add(store::InsertPayload{std::move(payload)});
    }
    journal.apply(store::Lane::internal, std::move(changes)).value();
  }
}

int run(int count, char** arguments) {
  bool check = false;
  std::int64_t rows = 1'000'000;
  for (int i = 1; i < count; ++i) {
    if (std::strcmp(arguments[i], "--check") == 0) {
      check = true;
    } else if (std::strcmp(arguments[i], "--rows") == 0 && i + 1 < count) {
      rows = std::atoll(arguments[++i]);
    } else {
      throw std::runtime_error("usage: bench_parked [--check] [--rows N]");
    }
  }
  const std::string binary = required("WAYBILL_BINARY");
  const fs::path directory = fs::path(required("WAYBILL_BENCH_DIR")) / "parked";
  fs::remove_all(directory);
  fs::create_directories(directory);
  { bench::DaemonChild wires(binary, WAYBILL_RULES, directory); }
  fs::remove(directory / "port");
  fill(directory / "data", rows);
  std::printf("%lld deliveries parked\n", static_cast<long long>(rows));
  bool fits = true;
  for (int round = 0; round < 3; ++round) {
    const bench::DaemonChild daemon(binary, WAYBILL_RULES, directory);
    const double pending = bench::metric(daemon.port(), "waybill_deliveries_pending", "");
    const bench::Usage usage = daemon.usage();
    std::printf("ready after %.0f ms, %.1f MiB anonymous, %.0f pending\n", daemon.ready_ms(),
                static_cast<double>(usage.anonymous_kib) / 1024, pending);
    fits = fits && daemon.ready_ms() < kMostReadyMs && usage.anonymous_kib < kMostAnonymousKib &&
           pending == static_cast<double>(rows);
    fs::remove(directory / "port");
  }
  fs::remove_all(directory);
  if (fits || !check) return 0;
  std::printf("FAILED: under %.0f ms and %lld MiB were wanted\n", kMostReadyMs,
              static_cast<long long>(kMostAnonymousKib / 1024));
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
