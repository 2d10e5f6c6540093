#include <future>
#include <set>

#include "api/aws_error.h"
#include "base/log.h"
#include "daemon/app_impl.h"
#include "daemon/listen_address.h"
#include "daemon/plugins.h"

namespace waybill {

namespace {

// Threads for functions, docs/decisions/0014: a call that takes longer keeps no other waiting, up to so many at once.
constexpr Millis kCallerPatience{100};
constexpr std::size_t kSpareCallers = 256;

control::Limits limits_of(const Settings& settings) {
  const auto number = [&](const char* name) { return static_cast<std::size_t>(settings.number(name)); };
  control::Limits limits;
  limits.buses = number("limits.event_buses");
  limits.rules_per_bus = number("limits.rules");
  limits.targets_per_rule = number("limits.targets");
  limits.pattern_characters = number("limits.pattern_characters");
  limits.policy_characters = number("limits.policy_characters");
  limits.tags = number("limits.tags");
  limits.queue_message_bytes = number("limits.queue_message_bytes");
  limits.active_replays = number("limits.active_replays");
  limits.connections = number("limits.connections");
  limits.api_destinations = number("limits.api_destinations");
  limits.allow_http_endpoints = settings.flag("allow_http_endpoints");
  return limits;
}

}  // namespace

LogLevel function_log_level(const std::string& text) {
  if (text == "debug") return LogLevel::debug;
  if (text == "info") return LogLevel::info;
  if (text == "error") return LogLevel::error;
  return LogLevel::warn;
}

Status App::Impl::start() {
  WAYBILL_CHECK(check_listen(settings_));
  WAYBILL_TRY(web_setup_, web_topic_setup(settings_));
  WAYBILL_TRY(auto mail, mail_setup(settings_));
  if (mail)
    mailer_ =
        std::make_unique<Mailer>(std::move(*mail), topology_, wall_, [this] { return journal_->next_sequence(); });
  const auto threads = static_cast<std::size_t>(settings_.number("http.threads"));
  io_ = std::make_unique<IoThreads>(threads);
  WAYBILL_CHECK(open_store());
  WAYBILL_CHECK(load_handlers(settings_.list("plugins"), registry_));
  WAYBILL_CHECK(deploy());
  make_threads();
  make_delivery();
  make_replays();
  make_queues();
  plan_maintenance();
  if (clock_is_virtual()) make_time_machine();
  make_api();
  WAYBILL_CHECK(listen());
  load_pending();
  WAYBILL_CHECK(start_schedules());
  // After the load, which counts what is stored: an event accepted in between would be counted twice, or not at all.
  io_->start();
  serving_ = true;
  run_schedules();
  replays_->wake();
  event_sources_->reconfigure();
  move_tasks_->wake();
  web_topics_->ask_receivers(topic::Subscriptions::Whom::silent_ones);
  ready_ = true;
  return {};
}

void App::Impl::make_threads() {
  const auto workers = static_cast<std::size_t>(settings_.number("delivery.workers"));
  workers_ = std::make_unique<WorkerPool>(workers + 1);
  caller_timer_ = std::make_unique<WakeTimer>(io_->context(), [this] { callers_->tick(); });
  callers_ = std::make_unique<WorkerPool>(workers,
                                          WorkerPool::Growth{kSpareCallers, kCallerPatience, steady_,
                                                             [this](Millis delay) { caller_timer_->wake_in(delay); }});
}

// Counting what is pending reads all of it, so it was done once, before the deployment: no delivery was made since. The
// deployment may have added endpoints.
void App::Impl::load_pending() {
  std::set<EndpointId> known;
  for (const store::EndpointRow& row : found_) known.insert(row.id);
  const auto topology = topology_.get();
  for (const auto& [id, spec] : topology->endpoints()) {
    if (known.count(id) == 0) found_.push_back({id, spec->key, 0, std::nullopt});
  }
  dispatcher_->load(std::exchange(found_, {}));
}

Status App::Impl::open_store() {
  WAYBILL_TRY(store_, store::sqlite::Store::open(settings_.text("data_dir")));
  WAYBILL_TRY(auto engine, store_->make_engine());
  const std::string directory = settings_.text("data_dir");
  WAYBILL_TRY(crashes_, delivery::CrashLog::open(directory == ":memory:" ? "" : directory + "/in_flight"));
  readers_ = std::make_unique<store::ReaderPool>([this] { return store_->make_reader(); });
  WAYBILL_CHECK(set_clock());
  store::JournalOptions options;
  options.ingress_limit_bytes = static_cast<std::size_t>(settings_.number("journal.ingress_limit_bytes"));
  options.checkpoint_wal_bytes = settings_.number("journal.checkpoint_bytes");
  options.first_sequence_floor = to_millis(system_wall_.now()) * 1000;  // a virtual clock may stand where it stood
  options.first_run_floor = to_seconds(system_wall_.now());
  WAYBILL_TRY(auto log, store_->make_ingress_log());
  const auto on_poison = [this](const Error& error) {
    spdlog::critical("the store failed and nothing can be stored any more{}, and the daemon ends now: {}",
                     serving_ ? "; acknowledged events are safe" : "", error.message);
    failed_ = true;
    ready_ = false;
    on_failure_();
  };
  journal_ = std::make_unique<store::Journal>(std::move(engine), options, probes_, on_poison, std::move(log));
  return keep_clock();
}

Status App::Impl::deploy() {
  Deployment::Options options = template_options(settings_);
  wiring_ = std::make_unique<CatalogWiring>(
      CatalogWiring::Ports{topology_, rules_, destinations_, [this] { catalog_changed(); },
                           web_setup_.needs_confirmation()},
      options.place, settings_.text("retries") == "aws" ? Retries::aws : Retries::single,
      static_cast<std::size_t>(settings_.number("limits.queue_message_bytes")));
  {
    WAYBILL_TRY(const auto reader, readers_->lend());
    WAYBILL_TRY(found_, reader->endpoints());
    wiring_->load(found_);
    WAYBILL_TRY(auto tables, reader->tables());
    tables_.set(std::make_shared<const table::TableCatalog>(std::move(tables)));
  }
  book_ = std::make_unique<control::Book>(*journal_, *readers_, wall_,
                                          [this](const Catalog& catalog) { return wiring_->make(catalog); });
  book_->watch(kinds::kReplay, [this] {
    if (replays_) replays_->wake();
  });
  for (const char* kind : {"AWS::SNS::Topic", "AWS::SNS::Subscription"}) {
    book_->watch(kind, [this] {
      if (serving_) web_topics_->ask_receivers();
    });
  }
  WAYBILL_CHECK(book_->load());
  control_ = std::make_unique<control::ControlPlane>(*book_, *readers_, wall_, random_, limits_of(settings_));
  deployment_ =
      std::make_unique<Deployment>(Deployment::Ports{*readers_, registry_, *book_, tables_}, std::move(options));
  return deployment_->load(false);
}

// After every change of the catalog; at start before there is anybody to tell.
void App::Impl::catalog_changed() {
  if (dispatcher_) dispatcher_->reconfigure();
  if (queues_) queues_->reconfigure();
  if (event_sources_ && serving_) event_sources_->reconfigure();
  if (!scheduler_ || !serving_) return;
  scheduler_->reconfigure();
  run_schedules();
}

void App::Impl::make_replays() {
  replay_timer_ = std::make_unique<WakeTimer>(io_->context(), [this] { replays_->wake(); });
  replays_ = std::make_unique<archive::ReplayRunner>(
      archive::ReplayRunner::Ports{*book_, *readers_, *journal_, rules_, *this, *workers_, wall_, random_,
                                   [this](EndpointId endpoint) { return dispatcher_->pending(endpoint); },
                                   [this](Millis delay) { replay_timer_->wake_in(delay); }});
}

Status App::Impl::start_schedules() {
  scheduler_ = std::make_unique<bus::Scheduler>(
      bus::Scheduler::Ports{topology_, *journal_, *this, wall_, random_, clock_is_virtual()});
  schedule_timer_ = std::make_unique<WakeTimer>(io_->context(), [this] { run_schedules(); });
  std::map<std::string, std::string> fired;
  WAYBILL_TRY(const auto reader, readers_->lend());
  const auto topology = topology_.get();
  for (const auto& [arn, bus] : topology->buses()) {
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
  const auto next = scheduler_->tick();
  // A virtual clock does not come there by itself; whoever turns it fires what is due.
  if (next && !clock_is_virtual()) {
    schedule_timer_->wake_in(std::max(*next - wall_.now(), Millis{1}));
  }
}

void App::Impl::make_web_topics() {
  topic::Subscriptions::Ports subscriptions{
      *book_,
      topology_,
      *journal_,
      wall_,
      random_,
      [this](std::vector<NewDelivery> deliveries) { dispatcher_->committed(std::move(deliveries)); },
      [this](EndpointId endpoint) { return dispatcher_->pending(endpoint) > 0; },
      {}};
  const SteadyClock& rates = clock_is_virtual() ? static_cast<const SteadyClock&>(virtual_rates_) : steady_;
  web_topics_ = std::make_unique<WebTopics>(web_setup_, WebTopics::Ports{*outbound_, std::move(subscriptions), rates});
}

void App::Impl::make_delivery() {
  acceptor_ = std::make_unique<bus::Acceptor>(rules_, *journal_, wall_, random_, probes_);
  effects_ = std::make_unique<EffectBuilder>(
      EffectBuilder::Ports{topology_, tables_, *acceptor_, *journal_, wall_, random_, probes_});
  functions_ = std::make_unique<FunctionInvoker>(
      FunctionInvoker::Ports{registry_, *effects_, *readers_, topology_, tables_, random_,
                             function_log_level(settings_.text("log.functions"))});
  outbound_ = std::make_unique<net::CurlOutbound>(net::OutboundOptions{settings_.text("outbound.ca_file")});
  caller_ = std::make_unique<destination::DestinationCaller>(*outbound_, wall_, steady_,
                                                             clock_is_virtual() ? &virtual_rates_ : nullptr);
  make_web_topics();
  topic::Transports transports;
  transports["http"] = transports["https"] = &web_topics_->transport();
  if (mailer_) transports["email"] = transports["email-json"] = &mailer_->transport();
  invocations_ = std::make_unique<InvocationDestinations>(
      InvocationDestinations::Ports{topology_, *acceptor_, *journal_, random_});
  queue_targets_ = std::make_unique<QueueTargets>(
      topology_, *journal_, [this](const std::string& stored, const SubscriptionSpec& subscription) {
        return web_topics_->envelope(stored, subscription);
      });
  invoker_ = std::make_unique<TargetInvoker>(TargetInvoker::Ports{*functions_, *invocations_, *queue_targets_,
                                                                  *crashes_, *acceptor_, topology_, destinations_,
                                                                  *caller_, transports, *journal_, random_, probes_});
  make_faults();
  dead_letters_ = std::make_unique<DeadLetterTargets>(topology_, tables_, *invocations_, *queue_targets_, *journal_,
                                                      random_, probes_);
  wake_ = std::make_unique<WakeTimer>(io_->context(), [this] { dispatcher_->tick(); });
  delivery::DispatcherOptions options;
  options.backoff = {settings_.duration("retry.base"), settings_.duration("retry.cap")};
  options.window = static_cast<std::size_t>(settings_.number("delivery.window"));
  options.workers = static_cast<std::size_t>(settings_.number("delivery.workers"));
  options.circuit = {static_cast<int>(settings_.number("delivery.circuit_failures")),
                     settings_.duration("delivery.circuit_wait"), settings_.duration("delivery.circuit_wait_max")};
  dispatcher_ = std::make_unique<delivery::Dispatcher>(
      delivery::Dispatcher::Ports{*journal_, *readers_, topology_, first_invoker(), *dead_letters_, *workers_,
                                  *callers_, wall_, steady_, random_, probes_,
                                  [this](Millis delay) { wake_dispatcher(delay); }},
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
                    [this] { return ready_.load() && journal_->has_room(); },
                    [this] { return metrics_text(); },
                    [this] { return status(); },
                    [this](std::function<void(Status)> done) { reset(std::move(done)); },
                    limits,
                    settings_.flag("allow_reset"),
                    settings_.text("tenancy") == "aws" ? api::Tenancy::aws : api::Tenancy::single,
                    time_machine_.get(),
                    faults_.get(),
                    api::SnsPorts{web_topics_->subscriptions(), web_topics_->key(), *book_, topology_, *journal_, *this,
                                  *io_, wall_, random_, probes_},
                    api::SqsPorts{*queues_, *move_tasks_, *control_, topology_, *io_, *workers_, wall_,
                                  static_cast<std::size_t>(settings_.number("limits.queue_message_bytes"))}});
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
  if (const std::string host = public_host(settings_); !host.empty()) options.allowed_hosts.push_back(host);
  options.error_response = api::server_error;
  server_ = std::make_unique<net::HttpServer>(
      io_->context(), std::move(options),
      [this](net::HttpRequest request, net::Reply reply) { api_->serve(std::move(request), std::move(reply)); },
      random_, &probes_, [this]() -> boost::asio::io_context& { return io_->next(); });
  WAYBILL_TRY(const ListenAddress address, parse_listen(settings_.text("listen")));
  WAYBILL_TRY(port_, server_->listen(address.host, address.port));
  web_topics_->listens_on(address.host, port_);
  return {};
}

void App::Impl::plan_maintenance() {
  maintenance_ = std::make_unique<Maintenance>(Maintenance::Ports{*journal_, *readers_, *book_, topology_, tables_,
                                                                  wall_, probes_.metrics(),
                                                                  settings_.duration("dead_letters.retention")});
  maintenance_timer_ = std::make_unique<WakeTimer>(io_->context(), [this] {
    workers_->post([this] { maintenance_->run(); });  // it waits for commits
    maintenance_timer_->wake_in(settings_.duration("maintenance.interval"));
  });
  maintenance_timer_->wake_in(settings_.duration("maintenance.interval"));
}

}  // namespace waybill
