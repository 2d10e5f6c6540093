// The API destinations of the catalog, ready to be called.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "destination/specs.h"
#include "model/catalog.h"

namespace waybill {

// By ARN. Immutable.
using Destinations = std::map<std::string, std::shared_ptr<const destination::DestinationSpec>>;

// Those that cannot be read are left out, with a line in the log: they count as missing.
Destinations destinations_of(const Catalog& catalog);

// A target's HttpParameters for one event: values that are paths into it ("$.detail.id") are what stands there, or ""
// where nothing does. Error: invalid, when `json` is no such object.
Result<destination::HttpParameters> http_parameters_of(const std::string& json, const std::string& event);

}  // namespace waybill
