// The inside of the App: what it is made of, and what it does when it starts. Included by app*.cc only.
#pragma once

#include <future>

#include "api/api.h"
#include "archive/replay_runner.h"
#include "base/guarded.h"
#include "base/virtual_clock.h"
#include "base/worker_pool.h"
#include "bus/scheduler.h"
#include "control/control_plane.h"
#include "daemon/app.h"
#include "daemon/dead_letter_router.h"
#include "daemon/deployment.h"
#include "daemon/fault_invoker.h"
#include "daemon/io_threads.h"
#include "daemon/mailer.h"
#include "daemon/maintenance.h"
#include "daemon/probes.h"
#include "daemon/target_invoker.h"
#include "daemon/time_machine.h"
#include "daemon/web_topics.h"
#include "daemon/wiring.h"
#include "handlers/host/batch_function_invoker.h"
#include "handlers/host/function_invoker.h"
#include "queue/event_sources.h"
#include "queue/move_tasks.h"
#include "queue/service.h"
#include "store/sqlite/store.h"

namespace waybill {

// The setting log.functions.
LogLevel function_log_level(const std::string& text);

// Members are in the order in which they start; destruction is the reverse.
class App::Impl final : public bus::DeliverySink {
 public:
  explicit Impl(Settings settings)
      : settings_(std::move(settings)),
        wall_(settings_.text("clock") == "virtual" ? static_cast<const WallClock&>(virtual_wall_) : system_wall_),
        began_(steady_.now()) {}
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
  bool clock_is_virtual() const { return &wall_ == &virtual_wall_; }
  void make_threads();
  Status open_store();
  void load_pending();
  Status set_clock();
  Status keep_clock();
  void make_time_machine();
  void make_faults();
  delivery::Invoker& first_invoker();
  void wake_dispatcher(Millis delay);
  Millis longest_attempt() const;
  Status deploy();
  void make_delivery();
  void make_web_topics();
  void make_api();
  Status listen();
  void make_replays();
  void make_queues();
  void add_queue_parts(std::vector<TimeMachine::Part>& parts);
  std::vector<metrics::Gauges::Queue> queue_gauges();
  std::vector<metrics::Gauges::Queue> count_queues();
  Status start_schedules();
  void run_schedules();
  void catalog_changed();
  void plan_maintenance();
  void reset(std::function<void(Status)> done);
  Status drop_data();
  std::string metrics_text();
  bool drain(SteadyTime until);

  Settings settings_;
  SystemWallClock system_wall_;
  VirtualClock virtual_wall_;
  const WallClock& wall_;  // one of these two
  WallDrivenSteadyClock virtual_rates_{virtual_wall_};
  SystemSteadyClock steady_;
  SystemRandom random_;
  SteadyTime began_;
  Probes probes_;
  std::atomic<bool> failed_{false};
  std::atomic<bool> ready_{false};
  bool serving_ = false;
  std::uint16_t port_ = 0;

  struct QueueGauges {
    std::vector<metrics::Gauges::Queue> gauges;
    SteadyTime until{};  // when they are counted anew
  };
  Guarded<QueueGauges> queue_gauges_;

  std::unique_ptr<IoThreads> io_;
  std::unique_ptr<WorkerPool> workers_;  // nothing that runs there blocks
  std::unique_ptr<WakeTimer> caller_timer_;
  std::unique_ptr<WorkerPool> callers_;  // functions run there, and nothing else
  std::unique_ptr<store::sqlite::Store> store_;
  std::unique_ptr<store::Journal> journal_;
  std::unique_ptr<store::ReaderPool> readers_;  // goes before the Journal: who closes the database last tidies it up
  Snapshot<Topology> topology_;
  Snapshot<bus::RuleTable> rules_;
  Snapshot<table::TableCatalog> tables_;
  Snapshot<Destinations> destinations_;
  std::vector<store::EndpointRow> found_;  // endpoints in the store at start, with what is pending
  std::unique_ptr<CatalogWiring> wiring_;
  std::unique_ptr<control::Book> book_;
  std::unique_ptr<control::ControlPlane> control_;
  std::unique_ptr<Deployment> deployment_;
  HandlerRegistry registry_;
  std::unique_ptr<bus::Acceptor> acceptor_;
  std::unique_ptr<EffectBuilder> effects_;
  std::unique_ptr<FunctionInvoker> functions_;
  std::unique_ptr<delivery::CrashLog> crashes_;
  std::unique_ptr<net::CurlOutbound> outbound_;
  std::unique_ptr<destination::DestinationCaller> caller_;
  WebTopicSetup web_setup_;
  std::unique_ptr<WebTopics> web_topics_;
  std::unique_ptr<Mailer> mailer_;  // where there is a server for e-mails
  std::unique_ptr<InvocationDestinations> invocations_;
  std::unique_ptr<QueueTargets> queue_targets_;
  std::unique_ptr<TargetInvoker> invoker_;
  std::unique_ptr<delivery::Faults> faults_;  // these two only where faults are allowed
  std::unique_ptr<FaultInvoker> fault_invoker_;
  std::promise<void> stopping_;
  std::unique_ptr<DeadLetterTargets> dead_letters_;
  std::unique_ptr<WakeTimer> wake_;
  std::unique_ptr<delivery::Dispatcher> dispatcher_;
  std::unique_ptr<bus::Scheduler> scheduler_;
  std::unique_ptr<WakeTimer> schedule_timer_;
  std::unique_ptr<archive::ReplayRunner> replays_;
  std::unique_ptr<WakeTimer> replay_timer_;
  std::unique_ptr<queue::QueueService> queues_;
  std::unique_ptr<WakeTimer> queue_timer_;
  std::unique_ptr<BatchFunctionInvoker> batches_;
  std::unique_ptr<queue::EventSources> event_sources_;
  std::unique_ptr<WakeTimer> event_source_timer_;
  std::unique_ptr<queue::MoveTasks> move_tasks_;
  std::unique_ptr<WakeTimer> move_timer_;
  std::unique_ptr<Maintenance> maintenance_;
  std::unique_ptr<WakeTimer> maintenance_timer_;
  std::unique_ptr<TimeMachine> time_machine_;  // where the clock is virtual
  std::unique_ptr<api::Api> api_;
  std::unique_ptr<net::HttpServer> server_;
};

}  // namespace waybill
