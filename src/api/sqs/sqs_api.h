// The SQS API in both of its protocols: AWS JSON 1.0 at / and the query protocol at / and at queue URLs. One table of
// operations serves both.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "api/sqs/sqs_protocol.h"
#include "base/executor.h"
#include "base/function.h"
#include "control/control_plane.h"
#include "model/topology.h"
#include "queue/move_tasks.h"
#include "queue/service.h"

namespace waybill::api {

struct SqsPorts {
  queue::QueueService& queues;
  queue::MoveTasks& moves;
  control::ControlPlane& control;
  const Snapshot<Topology>& topology;
  Executor& io;       // where answers are formed after a commit
  Executor& workers;  // where calls run that edit the catalog
  const WallClock& wall;
  std::size_t message_bytes = 262'144;  // the most that a message or a batch may have, as limits.queue_message_bytes
};

// Who asks: account and region, unless any account is this one (tenancy: single).
struct SqsCaller {
  Place place;
  bool any_account = true;
};

// What one operation works on. Ports outlive it.
struct SqsCall {
  const SqsPorts* ports = nullptr;
  SqsJson request{};  // read by the model; QueueName beside QueueUrl where there is one
  Place place{};      // account and region that the call is for
  bool any_account = true;
  std::string base{};  // "http://host:port": what queue URLs begin with, as the client spelled it
  net::Peer peer{};    // who may leave before the answer

  std::string queue_name() const { return request.value("QueueName", ""); }
  std::string queue_arn() const { return place.queue(queue_name()); }
  std::string url_of(const std::string& queue) const { return base + "/" + place.account + "/" + queue; }
};
// Called once, on any thread.
using SqsDone = UniqueFunction<void(SqsAnswer)>;
using SqsRun = void (*)(SqsCall, SqsDone);

// Thread-safe; the ports must outlive it.
class SqsApi {
 public:
  explicit SqsApi(const SqsPorts& ports) : ports_(ports) {}

  // Is the form one of SQS? Its Version says so, or where it has none its Action.
  static bool is_query(const QueryCall& form);
  static bool is_target(std::string_view x_amz_target) { return x_amz_target.starts_with("AmazonSQS."); }

  // On an io thread; what may block goes to a worker.
  void json(const net::HttpRequest& request, const SqsCaller& caller, net::Reply reply) const;
  void query(const net::HttpRequest& request, QueryCall form, const SqsCaller& caller, net::Reply reply) const;

 private:
  void run(SqsProtocol protocol, const SqsOperationModel& model, SqsAnswer read, const net::HttpRequest& request,
           const SqsCaller& caller, net::Reply reply) const;

  const SqsPorts ports_;
};

// sqs_queues.cc
void sqs_create_queue(SqsCall call, SqsDone done);
void sqs_get_queue_url(SqsCall call, SqsDone done);
void sqs_list_queues(SqsCall call, SqsDone done);
void sqs_list_dead_letter_source_queues(SqsCall call, SqsDone done);
void sqs_delete_queue(SqsCall call, SqsDone done);
void sqs_purge_queue(SqsCall call, SqsDone done);
void sqs_get_queue_attributes(SqsCall call, SqsDone done);
void sqs_set_queue_attributes(SqsCall call, SqsDone done);
void sqs_tag_queue(SqsCall call, SqsDone done);
void sqs_untag_queue(SqsCall call, SqsDone done);
void sqs_list_queue_tags(SqsCall call, SqsDone done);
void sqs_add_permission(SqsCall call, SqsDone done);
void sqs_remove_permission(SqsCall call, SqsDone done);
// sqs_send.cc
void sqs_send_message(SqsCall call, SqsDone done);
void sqs_send_message_batch(SqsCall call, SqsDone done);
// sqs_receive.cc
void sqs_receive_message(SqsCall call, SqsDone done);
// sqs_handles.cc
void sqs_delete_message(SqsCall call, SqsDone done);
void sqs_delete_message_batch(SqsCall call, SqsDone done);
void sqs_change_message_visibility(SqsCall call, SqsDone done);
void sqs_change_message_visibility_batch(SqsCall call, SqsDone done);
// sqs_moves.cc
void sqs_start_message_move_task(SqsCall call, SqsDone done);
void sqs_cancel_message_move_task(SqsCall call, SqsDone done);
void sqs_list_message_move_tasks(SqsCall call, SqsDone done);

}  // namespace waybill::api
