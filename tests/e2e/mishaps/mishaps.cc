// A handler that does what a broken one may do, as the event asks.
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <thread>
#include <waybill/plugin.h>

namespace {

// Each call needs what the next one gives, so that no compiler makes a loop of it. The stack ends long before the
// count.
[[gnu::noinline]] int recurse(volatile int* depth) {
  volatile int here[256] = {*depth + 1};
  if (here[0] < 0) return 0;
  return recurse(here) + here[0];
}

void have_mishap(const std::string& kind) {
  if (kind == "segfault") std::raise(SIGSEGV);
  if (kind == "null") *static_cast<volatile int*>(nullptr) = 1;
  if (kind == "abort") std::abort();
  if (kind == "exit") std::exit(0);
  if (kind == "overflow") {
    volatile int depth = 0;
    recurse(&depth);
  }
}

void hang(const std::string& until) {
  for (;;) {
    if (FILE* file = std::fopen(until.c_str(), "r")) {
      std::fclose(file);
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace

class MishapHandler final : public waybill::Handler {
 public:
  waybill::Outcome handle(const waybill::Invocation& invocation, const waybill::TableReader&) override {
    waybill::Outcome outcome;
    for (const waybill::Record& record : invocation.records) outcome.records.push_back(handle(invocation, record));
    return outcome;
  }

 private:
  static waybill::RecordOutcome handle(const waybill::Invocation& invocation, const waybill::Record& record) {
    const waybill::Json detail = record.parse().at("detail");
    waybill::Effects effects;
    effects.put(invocation.env("TABLE"), {{"event_id", record.id}, {"number", detail.value("number", 0)}});
    if (detail.contains("hang_until")) hang(detail["hang_until"]);
    have_mishap(detail.value("mishap", ""));
    if (detail.value("mishap", "") == "bytes") throw std::runtime_error("no UTF-8: \xff\xfe");
    if (detail.contains("emit")) {
      waybill::Emit again;
      again.bus = invocation.env("BUS");
      again.source = "mishaps";
      again.detail_type = "Again";
      again.detail = detail;
      effects.emits.push_back(std::move(again));
    }
    return waybill::RecordOutcome::success(std::move(effects));
  }
};

WAYBILL_PLUGIN("mishaps", "1.0.0", WAYBILL_HANDLER("mishap", MishapHandler))
