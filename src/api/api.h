// Everything that is served over HTTP. The daemon gives the parts; this room speaks the protocols.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "api/admin_clock.h"
#include "api/put_events_request.h"
#include "api/sns/sns_api.h"
#include "api/sqs/sqs_api.h"
#include "base/executor.h"
#include "bus/acceptor.h"
#include "control/control_plane.h"
#include "delivery/dispatcher.h"
#include "delivery/faults.h"
#include "net/router.h"
#include "store/reader_pool.h"
#include "table/table_catalog.h"

namespace waybill::api {

// Declared here, implemented over the metrics room by the daemon. Thread-safe.
class ApiProbe {
 public:
  virtual ~ApiProbe() = default;
  virtual void request(std::string_view /*route*/, unsigned /*status*/, std::chrono::nanoseconds /*duration*/) {}
};

// Whose resources a request reaches: always the daemon's own, or those of the account and region that it speaks for.
enum class Tenancy { single, aws };

struct ApiPorts {
  const bus::Acceptor& acceptor;
  control::ControlPlane& control;
  bus::DeliverySink& sink;
  delivery::Dispatcher& dispatcher;
  store::Journal& journal;
  store::ReaderPool& readers;
  const Snapshot<Topology>& topology;
  const Snapshot<table::TableCatalog>& tables;
  Executor& io;       // where answers are formed after a commit
  Executor& workers;  // where calls that read the store run
  const WallClock& wall;
  const SteadyClock& steady;
  ApiProbe& probe;
  std::function<bool()> ready;
  std::function<std::string()> metrics;                    // Prometheus text
  std::function<nlohmann::json()> status;                  // what runs, and the notices of the templates
  std::function<void(std::function<void(Status)>)> reset;  // see POST /_waybill/reset
  PutEventsLimits limits;
  bool allow_reset = false;
  Tenancy tenancy = Tenancy::single;
  ClockControl* clock = nullptr;       // null: the clock is the system's
  delivery::Faults* faults = nullptr;  // null: not allowed
  SnsPorts sns;
  SqsPorts sqs;
};

// Serves requests from any io thread. The ports must outlive it.
class Api {
 public:
  explicit Api(ApiPorts ports);
  ~Api();
  void serve(net::HttpRequest request, net::Reply reply) const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace waybill::api
