// The handler of the shipment pipeline (rules/shipment-pipeline.yaml): messages of a queue become items, each event
// once however often its message comes.
#pragma once

#include "waybill/handler.h"

namespace waybill::shipment_pipeline {

// A batch. A message fails alone: of bad JSON, or without shipment_id, event_timestamp or event_type. Reads
// EVENTS_TABLE_NAME and ENVIRONMENT.
Outcome event_processor(const Invocation& invocation);

}  // namespace waybill::shipment_pipeline
