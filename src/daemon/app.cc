#include "daemon/app.h"

#include <fstream>
#include <future>
#include <sys/resource.h>
#include <unistd.h>

#include "api/api.h"
#include "api/aws_error.h"
#include "base/log.h"
#include "base/worker_pool.h"
#include "bus/scheduler.h"
#include "control/control_plane.h"
#include "daemon/dead_letter_router.h"
#include "daemon/deployment.h"
#include "daemon/io_threads.h"
#include "daemon/listen_address.h"
#include "daemon/maintenance.h"
#include "daemon/plugins.h"
#include "daemon/probes.h"
#include "daemon/target_invoker.h"
#include "daemon/wiring.h"
#include "handlers/host/function_invoker.h"
#include "store/sqlite/store.h"
#include "waybill/version.h"

namespace waybill {

namespace {

constexpr std::size_t kSpareWorkers = 16;

std::int64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t total = 0, resident = 0;
  statm >> total >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

Status check_tenancy(const Settings& settings) {
  const std::string tenancy = settings.text("tenancy");
  if (tenancy == "single" || tenancy == "aws") return {};
  return invalid("tenancy: '" + tenancy + "' is not known; use single or aws");
}

control::Limits limits_of(const Settings& settings) {
  const auto number = [&](const char* name) { return static_cast<std::size_t>(settings.number(name)); };
  control::Limits limits;
  limits.buses = number("limits.event_buses");
  limits.rules_per_bus = number("limits.rules");
  limits.targets_per_rule = number("limits.targets");
  limits.pattern_characters = number("limits.pattern_characters");
  limits.policy_characters = number("limits.policy_characters");
  limits.tags = number("limits.tags");
  limits.active_replays = number("limits.active_replays");
  limits.connections = number("limits.connections");
  limits.api_destinations = number("limits.api_destinations");
  return limits;
}

Place place_of(const Settings& settings) { return {settings.text("account_id"), settings.text("region")}; }

LogLevel function_log_level(const std::string& text) {
  if (text == "debug") return LogLevel::debug;
  if (text == "info") return LogLevel::info;
  if (text == "error") return LogLevel::error;
  return LogLevel::warn;
}

}  // namespace

// Members are in the order in which they start; destruction is the reverse.
class App::Impl final : public bus::DeliverySink {
 public:
  explicit Impl(Settings settings) : settings_(std::move(settings)), began_(steady_.now()) {}
  ~Impl() override { stop(); }

  Status start();
  std::uint16_t port() const { return port_; }
  Status reload();
  bool stop();
  bool failed() const { return failed_; }
  nlohmann::json status() const;
  void committed(std::vector<NewDelivery> deliveries) override { dispatcher_->committed(std::move(deliveries)); }
  std::function<void()> on_failure_ = [] {};

 private:
  Status open_store();
  Status deploy();
  void make_delivery();
  void make_api();
  Status listen();
  Status start_schedules();
  void run_schedules();
  void catalog_changed();
  void plan_maintenance();
  void reset(std::function<void(Status)> done);
  Status drop_data();
  std::string metrics_text();
  bool drain(SteadyTime until);

  Settings settings_;
  SystemWallClock wall_;
  SystemSteadyClock steady_;
  SystemRandom random_;
  SteadyTime began_;
  Probes probes_;
  std::atomic<bool> failed_{false};
  std::atomic<bool> ready_{false};
  bool serving_ = false;
  std::uint16_t port_ = 0;

  std::unique_ptr<IoThreads> io_;
  std::unique_ptr<WorkerPool> workers_;
  std::unique_ptr<store::sqlite::Store> store_;
  std::unique_ptr<store::ReaderPool> readers_;
  std::unique_ptr<store::Journal> journal_;
  Snapshot<Topology> topology_;
  Snapshot<bus::RuleTable> rules_;
  Snapshot<table::TableCatalog> tables_;
  std::unique_ptr<CatalogWiring> wiring_;
  std::unique_ptr<control::Book> book_;
  std::unique_ptr<control::ControlPlane> control_;
  std::unique_ptr<Deployment> deployment_;
  HandlerRegistry registry_;
  std::unique_ptr<bus::Acceptor> acceptor_;
  std::unique_ptr<EffectBuilder> effects_;
  std::unique_ptr<FunctionInvoker> functions_;
  std::unique_ptr<TargetInvoker> invoker_;
  std::unique_ptr<DeadLetterTargets> dead_letters_;
  std::unique_ptr<WakeTimer> wake_;
  std::unique_ptr<delivery::Dispatcher> dispatcher_;
  std::unique_ptr<bus::Scheduler> scheduler_;
  std::unique_ptr<WakeTimer> schedule_timer_;
  std::unique_ptr<Maintenance> maintenance_;
  std::unique_ptr<WakeTimer> maintenance_timer_;
  std::unique_ptr<api::Api> api_;
  std::unique_ptr<net::HttpServer> server_;
};

Status App::Impl::start() {
  WAYBILL_CHECK(check_listen(settings_));
  WAYBILL_CHECK(check_tenancy(settings_));
  const auto threads = static_cast<std::size_t>(settings_.number("http.threads"));
  io_ = std::make_unique<IoThreads>(threads);
  WAYBILL_CHECK(open_store());
  WAYBILL_CHECK(load_handlers(settings_.list("plugins"), registry_));
  WAYBILL_CHECK(deploy());
  workers_ =
      std::make_unique<WorkerPool>(static_cast<std::size_t>(settings_.number("delivery.workers")) + 1, kSpareWorkers);
  make_delivery();
  make_api();
  WAYBILL_CHECK(listen());
  {
    WAYBILL_TRY(const auto reader, readers_->lend());
    WAYBILL_TRY(const auto endpoints, reader->endpoints());
    dispatcher_->load(endpoints);
  }
  WAYBILL_CHECK(start_schedules());
  // After the load, which counts what is stored: an event accepted in between would be counted twice, or not at all.
  io_->start(threads);
  serving_ = true;
  plan_maintenance();
  run_schedules();
  ready_ = true;
  return {};
}

Status App::Impl::open_store() {
  WAYBILL_TRY(store_, store::sqlite::Store::open(settings_.text("data_dir")));
  WAYBILL_TRY(auto engine, store_->make_engine());
  readers_ = std::make_unique<store::ReaderPool>([this] { return store_->make_reader(); });
  store::JournalOptions options;
  options.ingress_limit_bytes = static_cast<std::size_t>(settings_.number("journal.ingress_limit_bytes"));
  options.checkpoint_wal_bytes = settings_.number("journal.checkpoint_bytes");
  options.first_sequence_floor = to_millis(wall_.now()) * 1000;
  journal_ = std::make_unique<store::Journal>(std::move(engine), options, probes_, [this](const Error& error) {
    spdlog::critical(
        "the store failed and nothing can be stored any more; acknowledged events are safe, and the "
        "daemon ends now: {}",
        error.message);
    failed_ = true;
    ready_ = false;
    on_failure_();
  });
  return {};
}

Status App::Impl::deploy() {
  Deployment::Options options;
  options.place = place_of(settings_);
  options.rules = settings_.list("rules");
  options.parameters = settings_.parameters();
  options.unknown_is_error = settings_.text("templates.unknown") != "warn";
  wiring_ = std::make_unique<CatalogWiring>(CatalogWiring::Ports{topology_, rules_, [this] { catalog_changed(); }},
                                            options.place);
  {
    WAYBILL_TRY(const auto reader, readers_->lend());
    WAYBILL_CHECK(wiring_->load(*reader));
    WAYBILL_TRY(auto tables, reader->tables());
    tables_.set(std::make_shared<const table::TableCatalog>(std::move(tables)));
  }
  book_ = std::make_unique<control::Book>(*journal_, *readers_, wall_,
                                          [this](const Catalog& catalog) { return wiring_->make(catalog); });
  WAYBILL_CHECK(book_->load());
  control_ = std::make_unique<control::ControlPlane>(*book_, *readers_, wall_, random_, limits_of(settings_));
  deployment_ =
      std::make_unique<Deployment>(Deployment::Ports{*readers_, registry_, *book_, tables_}, std::move(options));
  return deployment_->load(false);
}

// After every change of the catalog; at start before there is anybody to tell.
void App::Impl::catalog_changed() {
  if (dispatcher_) dispatcher_->reconfigure();
  if (!scheduler_ || !serving_) return;
  scheduler_->reconfigure();
  run_schedules();
}

Status App::Impl::start_schedules() {
  scheduler_ = std::make_unique<bus::Scheduler>(bus::Scheduler::Ports{topology_, *journal_, *this, wall_, random_});
  schedule_timer_ = std::make_unique<WakeTimer>(io_->context(), [this] { run_schedules(); });
  std::map<std::string, std::string> fired;
  WAYBILL_TRY(const auto reader, readers_->lend());
  for (const auto& [arn, bus] : topology_.get()->buses()) {
    for (const RuleSpec& rule : bus.rules) {
      if (rule.schedule.empty()) continue;
      WAYBILL_TRY(const auto last, reader->setting(std::string(bus::Scheduler::kSettingPrefix) + rule.arn));
      if (last) fired[rule.arn] = *last;
    }
  }
  scheduler_->start(fired);
  return {};
}

void App::Impl::run_schedules() {
  if (const auto next = scheduler_->tick()) {
    schedule_timer_->wake_in(std::max(*next - wall_.now(), Millis{1}));
  }
}

void App::Impl::make_delivery() {
  acceptor_ = std::make_unique<bus::Acceptor>(rules_, *journal_, wall_, random_, probes_);
  effects_ = std::make_unique<EffectBuilder>(
      EffectBuilder::Ports{topology_, tables_, *acceptor_, *journal_, wall_, random_, probes_});
  functions_ = std::make_unique<FunctionInvoker>(
      FunctionInvoker::Ports{registry_, *effects_, *readers_, topology_, tables_, random_,
                             function_log_level(settings_.text("log.functions"))});
  invoker_ =
      std::make_unique<TargetInvoker>(TargetInvoker::Ports{*functions_, *acceptor_, topology_, *journal_, random_});
  dead_letters_ = std::make_unique<DeadLetterTargets>(topology_, tables_, *journal_, random_);
  wake_ = std::make_unique<WakeTimer>(io_->context(), [this] { dispatcher_->tick(); });
  delivery::DispatcherOptions options;
  options.backoff = {settings_.duration("retry.base"), settings_.duration("retry.cap")};
  options.window = static_cast<std::size_t>(settings_.number("delivery.window"));
  options.workers = static_cast<std::size_t>(settings_.number("delivery.workers"));
  dispatcher_ = std::make_unique<delivery::Dispatcher>(
      delivery::Dispatcher::Ports{*journal_, *readers_, topology_, *invoker_, *dead_letters_, *workers_, wall_, steady_,
                                  random_, probes_, [this](Millis delay) { wake_->wake_in(delay); }},
      options);
}

void App::Impl::make_api() {
  api::PutEventsLimits limits;
  limits.max_entries = static_cast<std::size_t>(settings_.number("limits.put_events_entries"));
  limits.max_request_bytes = static_cast<std::size_t>(settings_.number("limits.put_events_bytes"));
  api_ = std::make_unique<api::Api>(
      api::ApiPorts{*acceptor_,
                    *control_,
                    *this,
                    *dispatcher_,
                    *journal_,
                    *readers_,
                    topology_,
                    tables_,
                    *io_,
                    *workers_,
                    wall_,
                    steady_,
                    probes_,
                    [this] { return ready_.load(); },
                    [this] { return metrics_text(); },
                    [this] { return status(); },
                    [this](std::function<void(Status)> done) { reset(std::move(done)); },
                    limits,
                    settings_.flag("allow_reset"),
                    settings_.text("tenancy") == "aws" ? api::Tenancy::aws : api::Tenancy::single});
}

Status App::Impl::listen() {
  net::HttpServerOptions options;
  options.max_header_bytes = static_cast<std::size_t>(settings_.number("http.max_header_bytes"));
  options.max_body_bytes = static_cast<std::size_t>(settings_.number("http.max_body_bytes"));
  options.max_connections = static_cast<std::size_t>(settings_.number("http.max_connections"));
  options.read_deadline = settings_.duration("http.read_deadline");
  options.idle_deadline = settings_.duration("http.idle_deadline");
  options.write_deadline = settings_.duration("http.write_deadline");
  options.drain_limit = settings_.duration("shutdown.limit");
  options.allowed_hosts = settings_.list("allowed_hosts");
  options.error_response = api::server_error;
  server_ = std::make_unique<net::HttpServer>(
      io_->context(), std::move(options),
      [this](net::HttpRequest request, net::Reply reply) { api_->serve(std::move(request), std::move(reply)); },
      random_, &probes_);
  WAYBILL_TRY(const ListenAddress address, parse_listen(settings_.text("listen")));
  WAYBILL_TRY(port_, server_->listen(address.host, address.port));
  return {};
}

void App::Impl::plan_maintenance() {
  maintenance_ = std::make_unique<Maintenance>(
      Maintenance::Ports{*journal_, tables_, wall_, probes_.metrics(), settings_.duration("dead_letters.retention")});
  maintenance_timer_ = std::make_unique<WakeTimer>(io_->context(), [this] {
    maintenance_->run();
    maintenance_timer_->wake_in(settings_.duration("maintenance.interval"));
  });
  maintenance_timer_->wake_in(settings_.duration("maintenance.interval"));
}

Status App::Impl::reload() { return deployment_->load(true); }

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
                     }
                     promise.set_value(applied ? Status() : Error{ErrorCode::unavailable, applied.error().message});
                   });
  return dropped.get();
}

bool App::Impl::stop() {
  if (!server_) return true;
  ready_ = false;
  const SteadyTime until = steady_.now() + settings_.duration("shutdown.limit");
  const bool drained = drain(until);
  dispatcher_->stop();
  const auto left = std::chrono::duration_cast<Millis>(until - steady_.now());
  const std::size_t stuck = workers_->stop(std::max(left, Millis{100}));
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
        {count.spec ? endpoint_label(*count.spec) : count.key, count.pending, count.retrying, age});
  }
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
  shown["unknown_buses"] = nlohmann::json::array();
  for (const auto& [name, bus] : probes_.unknown_buses()) {
    shown["unknown_buses"].push_back(name + ": " + std::to_string(bus.events) + " events; the nearest bus is " +
                                     bus.nearest);
  }
  shown["uptime_seconds"] = std::chrono::floor<std::chrono::seconds>(steady_.now() - began_).count();
  shown["endpoints"] = nlohmann::json::array();
  for (const delivery::EndpointCounts& count : dispatcher_->counts()) {
    shown["endpoints"].push_back({{"key", count.key}, {"pending", count.pending}, {"retrying", count.retrying}});
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
