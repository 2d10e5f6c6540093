#include "api/sqs/sqs_api.h"

#include <algorithm>
#include <map>
#include <optional>

#include "api/sqs/queue_url.h"
#include "api/sqs/sqs_faults.h"
#include "base/edit_distance.h"

namespace waybill::api {

namespace {

constexpr std::string_view kTargetPrefix = "AmazonSQS.";
constexpr std::string_view kVersion = "2012-11-05";

SqsRun sqs_run(std::string_view name) {
  static const std::map<std::string_view, SqsRun> kRuns{
      {"AddPermission", sqs_add_permission},
      {"CancelMessageMoveTask", sqs_cancel_message_move_task},
      {"ChangeMessageVisibility", sqs_change_message_visibility},
      {"ChangeMessageVisibilityBatch", sqs_change_message_visibility_batch},
      {"CreateQueue", sqs_create_queue},
      {"DeleteMessage", sqs_delete_message},
      {"DeleteMessageBatch", sqs_delete_message_batch},
      {"DeleteQueue", sqs_delete_queue},
      {"GetQueueAttributes", sqs_get_queue_attributes},
      {"GetQueueUrl", sqs_get_queue_url},
      {"ListDeadLetterSourceQueues", sqs_list_dead_letter_source_queues},
      {"ListMessageMoveTasks", sqs_list_message_move_tasks},
      {"ListQueueTags", sqs_list_queue_tags},
      {"ListQueues", sqs_list_queues},
      {"PurgeQueue", sqs_purge_queue},
      {"ReceiveMessage", sqs_receive_message},
      {"RemovePermission", sqs_remove_permission},
      {"SendMessage", sqs_send_message},
      {"SendMessageBatch", sqs_send_message_batch},
      {"SetQueueAttributes", sqs_set_queue_attributes},
      {"StartMessageMoveTask", sqs_start_message_move_task},
      {"TagQueue", sqs_tag_queue},
      {"UntagQueue", sqs_untag_queue},
  };
  return kRuns.at(name);
}

control::Fault unknown_sqs_operation(std::string_view name) {
  const auto models = sqs_operation_models();
  const auto nearest = std::min_element(models.begin(), models.end(), [&](const auto& a, const auto& b) {
    return edit_distance(a.name, name) < edit_distance(b.name, name);
  });
  return {"UnknownOperationException", "The operation " + std::string(name) +
                                           " is not supported by Waybill; the nearest one that it has is " +
                                           std::string(nearest->name) + "."};
}

// The queue of the request, from its URL; a call without one is for no queue.
control::Answer<> name_queue(SqsCall& call) {
  const auto url = call.request.find("QueueUrl");
  if (url == call.request.end()) return {};
  const auto queue = parse_queue_url(url->get<std::string>());
  if (!queue) {
    return control::Fault("InvalidAddress",
                          "The address " + url->get<std::string>() + " is not valid for this endpoint.");
  }
  call.request["QueueName"] = queue->name;
  if (!call.any_account) call.place.account = queue->account;
  return {};
}

}  // namespace

bool SqsApi::is_query(const QueryCall& form) {
  if (form.has("Version")) return form.text("Version") == kVersion;
  return sqs_operation_model(form.action()) != nullptr;
}

void SqsApi::json(const net::HttpRequest& request, const SqsCaller& caller, net::Reply reply) const {
  const std::string_view name = request.header("x-amz-target").substr(kTargetPrefix.size());
  const SqsOperationModel* model = sqs_operation_model(name);
  if (!model) {
    return reply(sqs_refusal(SqsProtocol::json, unknown_sqs_operation(name.substr(0, 128)), request.request_id));
  }
  run(SqsProtocol::json, *model, read_sqs_json(*model, request.body), request, caller, std::move(reply));
}

void SqsApi::query(const net::HttpRequest& request, QueryCall form, const SqsCaller& caller, net::Reply reply) const {
  const std::string name = form.action();
  const SqsOperationModel* model = sqs_operation_model(name);
  if (!model) {
    return reply(sqs_refusal(SqsProtocol::query, unknown_sqs_operation(name.substr(0, 128)), request.request_id));
  }
  // A call to a queue's own address need not name it again.
  if (!form.has("QueueUrl") && parse_queue_url(request.path)) form.set("QueueUrl", request.path);
  run(SqsProtocol::query, *model, read_sqs_form(*model, form), request, caller, std::move(reply));
}

void SqsApi::run(SqsProtocol protocol, const SqsOperationModel& model, SqsAnswer read, const net::HttpRequest& request,
                 const SqsCaller& caller, net::Reply reply) const {
  const std::string& request_id = request.request_id;
  if (!read) return reply(sqs_refusal(protocol, read.error(), request_id));
  SqsCall call{
      &ports_,     std::move(*read), caller.place, caller.any_account, "http://" + std::string(request.header("host")),
      reply.peer()};
  if (const auto named = name_queue(call); !named) return reply(sqs_refusal(protocol, named.error(), request_id));
  sqs_run(model.name)(std::move(call), [&io = ports_.io, protocol, &model, request_id,
                                        reply = std::move(reply)](SqsAnswer answer) mutable {
    // Answers come on the writer thread, which has better things to do.
    io.post([protocol, &model, request_id, answer = std::move(answer), reply = std::move(reply)]() mutable {
      reply(sqs_response(protocol, model, answer, request_id));
    });
  });
}

}  // namespace waybill::api
