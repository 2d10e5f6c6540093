#include "daemon/serve.h"

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <malloc.h>
#include <optional>
#include <sys/stat.h>
#include <time.h>

#include <systemd/sd-daemon.h>

#include "base/log.h"
#include "daemon/app.h"
#include "daemon/listen_address.h"
#include "daemon/port_file.h"
#include "daemon/signal_queue.h"
#include "delivery/crash_log.h"
#include "waybill/version.h"

namespace waybill {

namespace {

constexpr int kStopped = 0;
constexpr int kFailed = 1;

int refuse(const std::string& what) {
  std::cerr << "waybill serve: " << what << std::endl;
  return kFailed;
}

// systemd asks for the time at which a reload began.
void notify_reloading() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto micros = static_cast<unsigned long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
  ::sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%llu", micros);
}

void say_what_starts(const Settings& settings, const std::string& settings_file) {
  spdlog::info("waybill {}, account {}, region {}, data in {}", WAYBILL_VERSION, settings.text("account_id"),
               settings.text("region"), settings.text("data_dir"));
  if (settings_file.empty()) {
    spdlog::info("no settings file: defaults, environment and flags only");
  } else {
    spdlog::info("settings from {}", settings_file);
  }
}

std::size_t size_of(const nlohmann::json& status, const char* name) {
  const auto found = status.find(name);
  return found == status.end() ? 0 : found->size();
}

void say_what_is_loaded(const nlohmann::json& status) {
  std::size_t resources = 0;
  for (const auto& each : status.value("templates", nlohmann::json::array())) {
    const auto count = each.value("resources", std::size_t{0});
    spdlog::info("template {} with {} resources", each.value("file", ""), count);
    resources += count;
  }
  spdlog::info("templates: {}, resources: {}, notices: {}, drifted: {}", size_of(status, "templates"), resources,
               size_of(status, "notices"), size_of(status, "drift"));
  for (const char* kind : {"notices", "drift"}) {
    for (const auto& each : status.value(kind, nlohmann::json::array())) {
      if (each.is_string()) spdlog::warn("{}", each.get_ref<const std::string&>());
    }
  }
}

void reload(App& app) {
  spdlog::info("reading the templates again");
  notify_reloading();
  if (const Status done = app.reload(); !done) {
    spdlog::error("the templates stay as they were: {}", done.error().message);
  } else {
    say_what_is_loaded(app.status());
  }
  ::sd_notify(0, "READY=1");
}

// Until a signal ends the daemon, or its store failed.
void run(App& app, SignalQueue& signals) {
  for (;;) {
    const int signal = signals.wait();
    if (app.failed()) return;
    if (signal == SIGHUP) reload(app);
    if (signal != SIGTERM && signal != SIGINT) continue;
    spdlog::info("{}: finishing what is in flight", signal == SIGTERM ? "SIGTERM" : "SIGINT");
    return;
  }
}

int stop(std::unique_ptr<App> app, SignalQueue& signals) {
  ::sd_notify(0, "STOPPING=1");
  const int code = app->failed() ? kFailed : kStopped;
  const ImpatientExit impatient(signals);
  const bool whole = app->stop();
  if (code == kFailed) refuse("the store failed; see the log above. What was acknowledged is safe");
  spdlog::info("stopped");
  spdlog::default_logger()->flush();
  // A handler that still runs would use what destructors take away.
  if (!whole) std::_Exit(code);
  app.reset();
  return code;
}

}  // namespace

std::string service_url(const std::string& host, std::uint16_t port) {
  std::string shown = host;
  if (host == "0.0.0.0") shown = "127.0.0.1";
  if (host == "::") shown = "::1";
  if (shown.find(':') != std::string::npos) shown = "[" + shown + "]";
  return "http://" + shown + ":" + std::to_string(port);
}

int serve(const Settings& settings, const std::string& settings_file) {
  // What it stores is for its own user, also in a directory that others may look into.
  ::umask(0077);
  // Few threads allocate here; an arena for each would cost more memory than it saves time.
  ::mallopt(M_ARENA_MAX, 2);
  if (const Status set_up = set_up_logging(settings.text("log.level"), settings.text("log.format")); !set_up) {
    return refuse(set_up.error().message);
  }
  delivery::note_crashes();
  auto signals = SignalQueue::take();
  if (!signals) return refuse(signals.error().message);
  const auto address = parse_listen(settings.text("listen"));
  if (!address) return refuse(address.error().message);
  PortFile port_file(settings.text("port_file"));
  say_what_starts(settings, settings_file);

  auto app = std::make_unique<App>(settings);
  app->on_failure([&signals] { signals->wake(); });
  if (const Status started = app->start(); !started) return refuse(started.error().message);
  if (const Status written = port_file.write(app->port()); !written) {
    app->stop();
    return refuse(written.error().message);
  }
  say_what_is_loaded(app->status());
  spdlog::info("ready: {}", service_url(address->host, app->port()));
  spdlog::default_logger()->flush();
  ::sd_notify(0, "READY=1");
  run(*app, *signals);
  return stop(std::move(app), *signals);
}

}  // namespace waybill
