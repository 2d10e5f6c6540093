// Runs the daemon in the foreground until a signal or a failure ends it.
#pragma once

#include <string>

#include "daemon/settings.h"

namespace waybill {

// For main, on the main thread, before any other thread runs: it takes over the process's signals. SIGTERM and SIGINT
// stop within the limits (a second one exits at once with 130), SIGHUP reads the templates again.
// Returns the exit code: 0 stopped as asked, 1 failed; what is wrong has been said on standard error.
// settings_file: what people are told, "" for none.
int serve(const Settings& settings, const std::string& settings_file);

// Where people reach a daemon that listens there: every address is also the loopback one.
std::string service_url(const std::string& host, std::uint16_t port);

}  // namespace waybill
