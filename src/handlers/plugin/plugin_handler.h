// A handler on the other side of the plugin border, as the host sees it: an invocation becomes JSON, the outcome comes
// back as JSON. What goes wrong in between (an error, a bad outcome) fails every record with a text that names the
// handler. Thread-safe as far as the plugin keeps to the contract.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "waybill/handler.h"
#include "waybill/plugin_abi.h"

namespace waybill {

// Makes the plugin's instance. REQUIRES: every function of `table` is there and stays valid; full_name is for errors.
Result<std::shared_ptr<Handler>> make_plugin_handler(const waybill_handler_v1& table, std::string full_name);

}  // namespace waybill
