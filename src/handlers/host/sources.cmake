set(WAYBILL_HOST_SOURCES host/effects.cc host/function_invoker.cc host/permissions.cc)
set(WAYBILL_HOST_DEPS waybill_bus waybill_delivery waybill_store waybill_table waybill_topic)
