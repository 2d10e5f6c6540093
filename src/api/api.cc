#include "api/api.h"

#include "api/admin_dead_letters.h"
#include "api/admin_faults.h"
#include "api/admin_queues.h"
#include "api/admin_tables.h"
#include "api/answers.h"
#include "api/cloud_events.h"
#include "api/control_api.h"
#include "api/events.h"
#include "api/operations.h"
#include "api/sqs/queue_url.h"
#include "base/log.h"

namespace waybill::api {

class Api::Impl {
 public:
  explicit Impl(ApiPorts ports)
      : ports_(std::move(ports)),
        router_(server_error),
        events_(ports_),
        control_(ports_),
        cloud_events_(ports_),
        tables_(ports_),
        dead_letters_(ports_),
        clock_(ports_.wall, ports_.clock),
        faults_(ports_.faults, ports_.topology),
        sns_(ports_.sns),
        sqs_(ports_.sqs),
        queues_(ports_.sqs.queues, ports_.sqs.moves, ports_.topology, ports_.wall) {
    add_events();
    add_probes();
    add_admin();
    add_rehearsal();
  }

  void serve(net::HttpRequest request, net::Reply reply) const {
    // A name with a number in its middle is no pattern of the router.
    if (SnsApi::is_certificate(request)) {
      net::Reply watched = watch(request, "/SimpleNotificationService-{id}.pem", std::move(reply));
      return certificate(std::move(request), std::move(watched));
    }
    // Nor is an account, which tells the addresses of queues from other paths.
    if (is_queue_address(request)) {
      net::Reply watched = watch(request, "/{account}/{queue}", std::move(reply));
      return operate(std::move(request), std::move(watched));
    }
    auto found = router_.find(request.method, request.path);
    const auto* match = std::get_if<net::Router::Match>(&found);
    // Paths that nobody serves are one series.
    net::Reply watched = watch(request, match ? match->pattern : "none", std::move(reply));
    router_.serve(std::move(found), std::move(request), std::move(watched));
  }

 private:
  using Request = net::HttpRequest;
  using Params = net::PathParams;

  // What is counted and logged of every request. The reply may outlive this object, in a task that is never run; probe
  // and clock outlive that too.
  net::Reply watch(const Request& request, std::string_view route, net::Reply reply) const {
    net::Peer peer = reply.peer();
    return net::Reply::to(
        [&probe = ports_.probe, &steady = ports_.steady, began = ports_.steady.now(), route = std::string(route),
         id = request.request_id, method = request.method, path = request.path,
         reply = std::move(reply)](net::HttpResponse response) mutable {
          probe.request(route, response.status, steady.now() - began);
          if (response.status >= 400) log_refusal(id, method, path, response);
          reply(std::move(response));
        },
        std::move(peer));
  }

  // Bad input is worth a line, a fault of ours a loud one.
  static void log_refusal(const std::string& id, const std::string& method, const std::string& path,
                          const net::HttpResponse& response) {
    const auto level = response.status >= 500 ? spdlog::level::warn : spdlog::level::info;
    spdlog::log(level, "{}: {} {:.200} answered {}: {:.300}", id, method, path, response.status, response.body);
  }

  static bool is_queue_address(const Request& request) {
    return request.method == "POST" && parse_queue_url(request.path).has_value();
  }

  void add(const char* method, const char* pattern, net::RouteHandler handler) {
    const Status added = router_.add(method, pattern, std::move(handler));
    if (!added) spdlog::critical("route {} {}: {}", method, pattern, added.error().message);
  }

  // For calls that read the store: not on an io thread.
  void add_worker(const char* method, const char* pattern,
                  std::function<net::HttpResponse(const Request&, const Params&)> call) {
    add(method, pattern, [this, call = std::move(call)](Request request, const Params& params, net::Reply reply) {
      ports_.workers.post([call, request = std::move(request), params, reply = std::move(reply)]() mutable {
        reply(call(request, params));
      });
    });
  }

  void add_events() {
    add("POST", "/",
        [this](Request request, const Params&, net::Reply reply) { operate(std::move(request), std::move(reply)); });
    // Addresses that receivers of notifications are given.
    add("GET", "/",
        [this](Request request, const Params&, net::Reply reply) { operate(std::move(request), std::move(reply)); });
    add("POST", "/events", [this](Request request, const Params&, net::Reply reply) {
      events_.plain(std::move(request), std::move(reply));
    });
    add("POST", "/cloudevents", [this](Request request, const Params&, net::Reply reply) {
      cloud_events_.receive(std::move(request), std::move(reply));
    });
  }

  // Making a key takes its time.
  void certificate(Request request, net::Reply reply) const {
    ports_.workers.post(
        [this, request = std::move(request), reply = std::move(reply)]() mutable { reply(sns_.certificate(request)); });
  }

  // A reply that is dropped answers in JSON, which no client of the query protocol reads.
  static net::Reply in_xml(net::Reply reply, const std::string& request_id) {
    net::Peer peer = reply.peer();
    return net::Reply::to(
        [request_id, reply = std::move(reply)](net::HttpResponse response) mutable {
          if (response.status >= 500 && response.content_type == "application/json") {
            response = query_refusal(kNoService, {"InternalFailure", "The request failed inside the server.", 500},
                                     request_id);
          }
          reply(std::move(response));
        },
        std::move(peer));
  }

  // The query protocol: the operation is the form's Action.
  void query(Request request, net::Reply reply) const {
    reply = in_xml(std::move(reply), request.request_id);
    auto call = QueryCall::parse(request);
    const auto refuse = [&](const AwsError& error) {
      reply(query_refusal(kNoService, {error.code, error.message, error.status}, request.request_id));
    };
    if (!call) return refuse({"MalformedQueryString", call.error().message, 400});
    if (request.method != "POST" && !(request.method == "GET" && SnsApi::may_be_visited(call->action()))) {
      return refuse({"InvalidAction", "The action " + call->action() + " must be sent by POST.", 405});
    }
    if (SqsApi::is_query(*call)) return sqs_.query(request, std::move(*call), caller_of(request), std::move(reply));
    if (!SnsApi::has(call->action())) return refuse(unknown_action(call->action()));
    ports_.workers.post(
        [this, call = std::move(*call), request = std::move(request), reply = std::move(reply)]() mutable {
          const Place place = place_of_request(request, ports_.tenancy, ports_.topology.get()->place());
          sns_.call(call, place, request.request_id, std::move(reply));
        });
  }

  SqsCaller caller_of(const Request& request) const {
    return {place_of_request(request, ports_.tenancy, ports_.topology.get()->place()),
            ports_.tenancy == Tenancy::single};
  }

  // The operation is in X-Amz-Target, or it is the query protocol's.
  void operate(Request request, net::Reply reply) const {
    constexpr std::string_view kService = "AWSEvents.";
    const std::string_view target = request.header("x-amz-target");
    if (target.empty() && QueryCall::is_one(request)) return query(std::move(request), std::move(reply));
    if (SqsApi::is_target(target)) return sqs_.json(request, caller_of(request), std::move(reply));
    const std::string name(target.starts_with(kService) ? target.substr(kService.size()) : "");
    if (name == "PutEvents") {
      events_.aws(std::move(request), std::move(reply));
    } else if (control::find_operation(name)) {
      ports_.workers.post([this, name, request = std::move(request), reply = std::move(reply)]() mutable {
        reply(control_.call(name, request));
      });
    } else {
      reply(to_response(unknown_operation(target, request.body)));
    }
  }

  void add_probes() {
    add("GET", "/healthz", [](Request, const Params&, net::Reply reply) { reply(json_answer({{"status", "ok"}})); });
    add("GET", "/readyz", [this](Request, const Params&, net::Reply reply) {
      const bool ready = ports_.ready();
      reply(json_answer({{"status", ready ? "ready" : "not ready"}}, ready ? 200 : 503));
    });
    add_worker("GET", "/metrics", [this](const Request&, const Params&) {
      net::HttpResponse response;
      response.content_type = "text/plain; version=0.0.4; charset=utf-8";
      response.body = ports_.metrics();
      return response;
    });
  }

  void add_admin() {
    add_worker("GET", "/_waybill/status",
               [this](const Request&, const Params&) { return json_answer(ports_.status()); });
    add_worker("GET", "/_waybill/tables", [this](const Request&, const Params&) { return tables_.list(); });
    add_worker("GET", "/_waybill/tables/{table}/items", [this](const Request& request, const Params& params) {
      return tables_.items(std::string(params.get("table")), request.query);
    });
    add_worker("GET", "/_waybill/dead-letters",
               [this](const Request& request, const Params&) { return dead_letters_.list(request.query); });
    add_worker("GET", "/_waybill/dead-letters/{id}",
               [this](const Request&, const Params& params) { return dead_letters_.show(params.get("id")); });
    add_worker("DELETE", "/_waybill/dead-letters/{id}",
               [this](const Request&, const Params& params) { return dead_letters_.drop(params.get("id")); });
    add_worker("POST", "/_waybill/dead-letters/redrive",
               [this](const Request& request, const Params&) { return dead_letters_.redrive(request.body); });
    add_worker("GET", "/_waybill/notifications",
               [this](const Request& request, const Params&) { return dead_letters_.notifications(request.query); });
    add("GET", "/_waybill/queues",
        [this](Request, const Params&, net::Reply reply) { queues_.list(std::move(reply)); });
    add("GET", "/_waybill/queues/{queue}/messages", [this](Request request, const Params& params, net::Reply reply) {
      queues_.peek(std::string(params.get("queue")), request.query, std::move(reply));
    });
    add_worker("POST", "/_waybill/queues/{queue}/redrive", [this](const Request& request, const Params& params) {
      return queues_.redrive(std::string(params.get("queue")), request.body);
    });
    add("POST", "/_waybill/reset", [this](Request, const Params&, net::Reply reply) { reset(std::move(reply)); });
  }

  // Time that is turned, and faults on request.
  void add_rehearsal() {
    add_worker("GET", "/_waybill/clock", [this](const Request&, const Params&) { return clock_.show(); });
    add("POST", "/_waybill/clock",
        [this](Request request, const Params&, net::Reply reply) { clock_.turn(request.body, std::move(reply)); });
    add_worker("GET", "/_waybill/faults", [this](const Request&, const Params&) { return faults_.list(); });
    add_worker("POST", "/_waybill/faults",
               [this](const Request& request, const Params&) { return faults_.add(request.body); });
    add_worker("DELETE", "/_waybill/faults",
               [this](const Request& request, const Params&) { return faults_.clear(request.query); });
    add_worker("DELETE", "/_waybill/faults/{id}",
               [this](const Request&, const Params& params) { return faults_.clear_one(params.get("id")); });
  }

  void reset(net::Reply reply) const {
    if (!ports_.allow_reset) {
      reply(error_answer(
          403, "ResetNotAllowed",
          "Resetting drops all data; it is off. Start the daemon with --set allow_reset=true to allow it."));
      return;
    }
    auto shared = std::make_shared<net::Reply>(std::move(reply));
    ports_.reset([shared](const Status& done) {
      if (done) {
        (*shared)(json_answer({{"status", "reset"}}));
      } else {
        (*shared)(error_answer(done.error()));
      }
    });
  }

  ApiPorts ports_;
  net::Router router_;
  EventsApi events_;
  ControlApi control_;
  CloudEventsApi cloud_events_;
  TablesApi tables_;
  DeadLettersApi dead_letters_;
  ClockApi clock_;
  FaultsApi faults_;
  SnsApi sns_;
  SqsApi sqs_;
  QueuesApi queues_;
};

Api::Api(ApiPorts ports) : impl_(std::make_shared<Impl>(std::move(ports))) {}
Api::~Api() = default;

void Api::serve(net::HttpRequest request, net::Reply reply) const {
  impl_->serve(std::move(request), std::move(reply));
}

}  // namespace waybill::api
