// A plugin with one thing wrong, which the build chooses.
#include <waybill/plugin_abi.h>

#ifndef ABI_VERSION
#define ABI_VERSION WAYBILL_PLUGIN_ABI_VERSION
#endif
#ifndef SYMBOL
#define SYMBOL waybill_plugin
#endif
#ifndef TABLE
#define TABLE &plugin
#endif
#ifndef TABLE_SIZE
#define TABLE_SIZE sizeof(waybill_plugin_v1)
#endif
#ifndef NAME
#define NAME "refused"
#endif
#ifndef COUNT
#define COUNT 2
#endif
#ifndef SECOND
#define SECOND "second"
#endif
#ifndef HANDLE
#define HANDLE handle
#endif
#ifndef INSTANCE
#define INSTANCE &instance
#endif

namespace {

[[maybe_unused]] int instance;

void* create(const waybill_sink_v1* error) {
  void* self = INSTANCE;
  if (!self) error->write(error->context, "no database", 11);
  return self;
}
void destroy(void*) {}
[[maybe_unused]] int handle(void*, const waybill_host_v1*, const char*, size_t, const waybill_sink_v1*) { return 1; }

const waybill_handler_v1 handlers[] = {{"first", create, destroy, handle}, {SECOND, create, destroy, HANDLE}};
[[maybe_unused]] const waybill_plugin_v1 plugin = {ABI_VERSION, TABLE_SIZE, NAME, "1", COUNT, handlers};

}  // namespace

extern "C" __attribute__((visibility("default"))) const waybill_plugin_v1* SYMBOL() { return TABLE; }
