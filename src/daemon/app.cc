#include "daemon/app.h"

#include <fstream>
#include <future>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/app_impl.h"
#include "waybill/version.h"

namespace waybill {

namespace {
// What PutEvents acknowledged counts as pending from then on, also where it is on its way into the database still.
constexpr Millis kSettleLimit{1000};

std::int64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t total = 0, resident = 0;
  statm >> total >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

}  // namespace

Status App::Impl::reload() {
  WAYBILL_CHECK(deployment_->load(true));
  web_topics_->ask_receivers(topic::Subscriptions::Whom::silent_ones);
  return {};
}

void App::Impl::reset(std::function<void(Status)> done) {
  workers_->post([this, done = std::move(done)] {
    Status reset = book_->load_after([this] { return drop_data(); });
    if (reset) reset = deployment_->restore();
    if (reset) spdlog::warn("everything was reset, as asked");
    done(std::move(reset));
  });
}

// The dispatcher forgets on the writer thread: what is committed after the reset must not be forgotten with the rest.
Status App::Impl::drop_data() {
  store::Changes changes;
  changes.add(store::ResetAll{});
  std::promise<Status> promise;
  auto dropped = promise.get_future();
  journal_->submit(store::Lane::internal, std::move(changes),
                   [this, promise = std::move(promise)](const store::Applied& applied) mutable {
                     if (applied) {
                       dispatcher_->reset();
                       scheduler_->reset();
                       queues_->reset();
                     }
                     promise.set_value(applied ? Status() : Error{ErrorCode::unavailable, applied.error().message});
                   });
  return dropped.get();
}

bool App::Impl::stop() {
  if (!server_) return true;
  ready_ = false;
  stopping_.set_value();
  if (time_machine_) time_machine_->stop();  // answers whoever waits for it
  const SteadyTime until = steady_.now() + settings_.duration("shutdown.limit");
  if (event_sources_) event_sources_->stop();
  if (move_tasks_) move_tasks_->stop();
  if (queues_) queues_->stop();  // polls that wait are answered
  const bool drained = drain(until);
  if (replays_) replays_->stop();
  dispatcher_->stop();
  outbound_->stop();
  if (mailer_) mailer_->stop();
  const auto left = std::chrono::duration_cast<Millis>(until - steady_.now());
  const std::size_t stuck = callers_->stop(std::max(left, Millis{100}));
  workers_->stop();
  journal_->stop();
  io_->stop();
  server_.reset();
  if (!drained) spdlog::warn("some connections did not end in time and were cut");
  if (stuck > 0)
    spdlog::warn("{} handlers did not end in time; their deliveries are tried again at the next start", stuck);
  return stuck == 0;
}

bool App::Impl::drain(SteadyTime until) {
  if (!serving_) return true;  // the start failed, and no thread would say that it is done
  auto done = std::make_shared<std::promise<void>>();
  auto finished = done->get_future();
  server_->drain([done] { done->set_value(); });
  return finished.wait_until(until + std::chrono::seconds{1}) == std::future_status::ready;
}

std::string App::Impl::metrics_text() {
  metrics::Gauges gauges;
  const WallTime now = wall_.now();
  for (const delivery::EndpointCounts& count : dispatcher_->counts()) {
    const double age = count.oldest ? std::chrono::duration<double>(now - *count.oldest).count() : 0;
    gauges.endpoints.push_back(
        {count.spec ? endpoint_label(*count.spec) : count.key, count.pending, count.retrying, age, count.circuit_open});
  }
  gauges.queues = queue_gauges();
  if (auto reader = readers_->lend()) gauges.dead_letters = (*reader)->count_dead_letters().value();
  gauges.connections = probes_.connections();
  gauges.wal_bytes = probes_.wal_bytes();
  gauges.uptime_seconds = std::chrono::duration<double>(steady_.now() - began_).count();
  gauges.resident_bytes = resident_bytes();
  return probes_.metrics().text(gauges);
}

nlohmann::json App::Impl::status() const {
  nlohmann::json shown = deployment_->describe();
  shown["version"] = WAYBILL_VERSION;
  shown["account_id"] = settings_.text("account_id");
  shown["region"] = settings_.text("region");
  shown["data_dir"] = settings_.text("data_dir");
  shown["tenancy"] = settings_.text("tenancy");
  if (mailer_) shown["email"] = mailer_->status();
  shown["unknown_buses"] = nlohmann::json::array();
  for (const auto& [name, bus] : probes_.unknown_buses()) {
    shown["unknown_buses"].push_back(name + ": " + std::to_string(bus.events) + " events; the nearest bus is " +
                                     bus.nearest);
  }
  shown["clock"] = settings_.text("clock");
  shown["now"] = iso8601_millis(wall_.now());
  shown["uptime_seconds"] = std::chrono::floor<std::chrono::seconds>(steady_.now() - began_).count();
  shown["endpoints"] = nlohmann::json::array();
  journal_->settle(kSettleLimit);
  for (const delivery::EndpointCounts& count : dispatcher_->counts()) {
    shown["endpoints"].push_back({{"key", count.key}, {"pending", count.pending}, {"retrying", count.retrying}});
    if (count.circuit_open) shown["endpoints"].back()["circuit"] = "open";
    if (count.next_call) shown["endpoints"].back()["next_call"] = iso8601_millis(*count.next_call);
  }
  return shown;
}

App::App(Settings settings) : impl_(std::make_unique<Impl>(std::move(settings))) {}
App::~App() = default;
Status App::start() { return impl_->start(); }
std::uint16_t App::port() const { return impl_->port(); }
Status App::reload() { return impl_->reload(); }
bool App::stop() { return impl_->stop(); }
bool App::failed() const { return impl_->failed(); }
void App::on_failure(std::function<void()> callback) { impl_->on_failure_ = std::move(callback); }
nlohmann::json App::status() const { return impl_->status(); }

}  // namespace waybill
