// A plugin without the C++ wrapper, as another language would write it. Not all of it is well-behaved.
#include <string.h>
#include <waybill/plugin_abi.h>

namespace {

int instance;

void* create(const waybill_sink_v1*) { return &instance; }
void destroy(void*) {}

void say(const waybill_sink_v1* sink, const char* text) { sink->write(sink->context, text, strlen(text)); }

template <const char* const& kOutcome>
int answer(void*, const waybill_host_v1*, const char*, size_t, const waybill_sink_v1* outcome) {
  say(outcome, kOutcome);
  return 0;
}

int pieces(void*, const waybill_host_v1* host, const char*, size_t, const waybill_sink_v1* outcome) {
  host->log(host->context, 2, "while it runs", 13);
  host->log(host->context, 99, "at a level nobody has", 21);
  say(outcome, R"({"records":[{"effects":)");
  say(outcome, R"({"logs":[{"message":"in the outcome"}]}}]})");
  return 0;
}

int silent_failure(void*, const waybill_host_v1*, const char*, size_t, const waybill_sink_v1*) { return 3; }

int odd_request(void*, const waybill_host_v1* host, const char*, size_t, const waybill_sink_v1* outcome) {
  const char* request = R"({"table":"items","partition":1,"limit":1e30})";
  return host->table_query(host->context, request, strlen(request), outcome);
}

const char* const kGarbage = "this is no JSON";
const char* const kNoRecords = R"({"records":[]})";
const char* const kUnknown = R"({"records":[{"effects":{"write":[]}}]})";
const char* const kWrongType = R"({"records":[{"effects":{"writes":[{"table":7,"item":{}}]}}]})";
const char* const kNoItem = R"({"records":[{"effects":{"writes":[{"table":"t"}]}}]})";
const char* const kBadChoice = R"({"records":[{"effects":{"writes":[{"table":"t","item":{},"condition":"maybe"}]}}]})";
const char* const kNoMetric = R"({"records":[{"effects":{"metrics":[{"namespace":"a","name":"b","value":null}]}}]})";
const char* const kMinimal = R"({"records":[{"effects":{"writes":[{"table":"t","item":{"a":1}}],)"
                             R"("publishes":[{"topic":"p","message":"m"}],"emits":[{"source":"s","detail_type":"d"}],)"
                             R"("metrics":[{"namespace":"a","name":"b"}]}}]})";

}  // namespace

extern "C" __attribute__((visibility("default"))) const waybill_plugin_v1* waybill_plugin() {
  static const waybill_handler_v1 handlers[] = {{"pieces", create, destroy, pieces},
                                                {"silent_failure", create, destroy, silent_failure},
                                                {"odd_request", create, destroy, odd_request},
                                                {"garbage", create, destroy, answer<kGarbage>},
                                                {"no_records", create, destroy, answer<kNoRecords>},
                                                {"unknown", create, destroy, answer<kUnknown>},
                                                {"wrong_type", create, destroy, answer<kWrongType>},
                                                {"no_item", create, destroy, answer<kNoItem>},
                                                {"bad_choice", create, destroy, answer<kBadChoice>},
                                                {"no_metric", create, destroy, answer<kNoMetric>},
                                                {"minimal", create, destroy, answer<kMinimal>}};
  static const waybill_plugin_v1 plugin = {WAYBILL_PLUGIN_ABI_VERSION,
                                           sizeof(waybill_plugin_v1),
                                           "raw",
                                           "1",
                                           sizeof(handlers) / sizeof(handlers[0]),
                                           handlers};
  return &plugin;
}
