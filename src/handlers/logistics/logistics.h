// System S1, logistics events: what happens to a shipment that was created, changed its status, or failed somewhere.
// Each is a function from an invocation to an outcome: no state, no I/O, safe from any thread. A record that fails
// gives a failed record outcome (an error line, and an item in ERROR_TABLE but for notifications), never an exception.
//
// Environment: ENVIRONMENT (dev), EVENTS_TABLE, ERROR_TABLE, SNS_TOPIC (shipment_processor, optional), ALERT_TOPIC and
// PROCESSING_TOPIC (notification_handler). Tables are names or ARNs, topics are ARNs.
//
// An info line says each success and an error line each failure. The line with the whole event is at debug level: the
// event can be read in the history.
#pragma once

#include "waybill/handler.h"

namespace waybill::logistics {

// `Shipment Created`: checks and stores the shipment; tells SNS_TOPIC of delivered, failed and cancelled ones.
Outcome shipment_processor(const Invocation& invocation);

// `Shipment Status Updated`: stores the step from the old status (null where not sent) to the new one.
Outcome status_updater(const Invocation& invocation);

// `Processing Error`, `Critical Error`: tells ALERT_TOPIC what is critical and PROCESSING_TOPIC the rest.
Outcome notification_handler(const Invocation& invocation);

}  // namespace waybill::logistics
