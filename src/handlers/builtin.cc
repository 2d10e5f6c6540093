#include "handlers/builtin.h"

#include <initializer_list>
#include <memory>

#include "handlers/logistics/logistics.h"
#include "handlers/shipment_pipeline/shipment_pipeline.h"

namespace waybill {

namespace {

using HandlerFunction = Outcome (*)(const Invocation&);

class FunctionHandler final : public Handler {
 public:
  explicit FunctionHandler(HandlerFunction function) : function_(function) {}
  Outcome handle(const Invocation& invocation, const TableReader&) override { return function_(invocation); }

 private:
  HandlerFunction function_;
};

struct Named {
  const char* name;
  HandlerFunction function;
};

Status add_system(HandlerRegistry& registry, const char* system, std::initializer_list<Named> handlers) {
  for (const auto& [name, function] : handlers) {
    WAYBILL_CHECK(registry.add(system, name, std::make_shared<FunctionHandler>(function)));
  }
  return {};
}

}  // namespace

Status add_builtin_handlers(HandlerRegistry& registry) {
  WAYBILL_CHECK(add_system(registry, "logistics",
                           {{"shipment_processor", logistics::shipment_processor},
                            {"status_updater", logistics::status_updater},
                            {"notification_handler", logistics::notification_handler}}));
  WAYBILL_CHECK(add_system(registry, "shipment_pipeline", {{"event_processor", shipment_pipeline::event_processor}}));
  return {};
}

}  // namespace waybill
