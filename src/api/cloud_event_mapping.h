// From a CloudEvent to an entry of a bus. The mapping, both ways, is told in docs/cloudevents.md.
#pragma once

#include <string>

#include "api/cloud_event_attributes.h"
#include "base/result.h"
#include "bus/entry.h"

namespace waybill::api {

struct CloudEvent {
  enum class Data {
    none,
    json,   // a JSON text
    bytes,  // what they mean, datacontenttype says
  };
  CloudEventAttributes attributes;
  Data kind = Data::none;
  std::string data;
};

// The member of `detail` that holds the attributes.
inline constexpr std::string_view kCloudEventMember = "cloudevent";

// Checks the event against CloudEvents 1.0.2 and maps it; `bus` of the entry is left to the caller. Errors: invalid,
// beginning with the name of the attribute, `data` or `data_base64`, and a colon.
Result<bus::Entry> to_entry(CloudEvent event);

}  // namespace waybill::api
