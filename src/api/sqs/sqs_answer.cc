// Writing answers and errors in both protocols.
#include <algorithm>
#include <array>

#include "api/query/xml.h"
#include "api/sqs/sqs_protocol.h"

namespace waybill::api {

namespace {

constexpr QueryService kSqsService{"http://queue.amazonaws.com/doc/2012-11-05/"};
constexpr const char* kSqsJson = "application/x-amz-json-1.0";

// How a fault is told. Those without a line are named alike in both protocols, with 400.
struct FaultName {
  std::string_view code;   // of control::Fault
  std::string_view type;   // __type of the JSON protocol
  std::string_view query;  // Code of the query protocol
  unsigned status = 400;
};
#define WAYBILL_SQS_FAULT(name, query, status) \
  FaultName { name, "com.amazonaws.sqs#" name, query, status }
constexpr std::array kFaultNames{
    WAYBILL_SQS_FAULT("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", 400),
    WAYBILL_SQS_FAULT("QueueNameExists", "QueueAlreadyExists", 400),
    WAYBILL_SQS_FAULT("QueueDeletedRecently", "AWS.SimpleQueueService.QueueDeletedRecently", 400),
    WAYBILL_SQS_FAULT("PurgeQueueInProgress", "AWS.SimpleQueueService.PurgeQueueInProgress", 403),
    WAYBILL_SQS_FAULT("MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight", 400),
    WAYBILL_SQS_FAULT("UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation", 400),
    WAYBILL_SQS_FAULT("EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest", 400),
    WAYBILL_SQS_FAULT("TooManyEntriesInBatchRequest", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest", 400),
    WAYBILL_SQS_FAULT("BatchEntryIdsNotDistinct", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct", 400),
    WAYBILL_SQS_FAULT("InvalidBatchEntryId", "AWS.SimpleQueueService.InvalidBatchEntryId", 400),
    WAYBILL_SQS_FAULT("BatchRequestTooLong", "AWS.SimpleQueueService.BatchRequestTooLong", 400),
    WAYBILL_SQS_FAULT("ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid", 404),
    WAYBILL_SQS_FAULT("ResourceNotFoundException", "ResourceNotFoundException", 404),
    WAYBILL_SQS_FAULT("InvalidAddress", "InvalidAddress", 404),
    WAYBILL_SQS_FAULT("OverLimit", "OverLimit", 403),
    WAYBILL_SQS_FAULT("RequestThrottled", "RequestThrottled", 403),
    FaultName{"MissingParameter", "com.amazon.coral.service#MissingRequiredParameterException", "MissingParameter"},
    FaultName{"InvalidParameterValue", "com.amazon.coral.service#InvalidParameterValueException",
              "InvalidParameterValue"},
    FaultName{"SerializationException", "com.amazon.coral.service#SerializationException", "MalformedInput"},
    FaultName{"UnknownOperationException", "com.amazon.coral.service#UnknownOperationException", "InvalidAction"},
    FaultName{"InternalException", "com.amazon.coral.service#InternalFailure", "InternalFailure", 500},
    FaultName{"ServiceUnavailable", "com.amazon.coral.service#ServiceUnavailableException", "ServiceUnavailable", 503},
};
#undef WAYBILL_SQS_FAULT

struct ToldFault {
  std::string type, query;
  unsigned status;
};
ToldFault told(const control::Fault& fault) {
  const auto found = std::find_if(kFaultNames.begin(), kFaultNames.end(),
                                  [&](const FaultName& each) { return each.code == fault.code; });
  if (found == kFaultNames.end()) return {"com.amazonaws.sqs#" + fault.code, fault.code, fault.status};
  return {std::string(found->type), std::string(found->query), found->status};
}

std::string scalar_text(const SqsJson& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.dump();
}

void write_members(std::span<const SqsMember> members, const SqsJson& value, Xml& xml);

void write_value(const SqsShape& shape, std::string_view name, const SqsJson& value, Xml& xml) {
  switch (shape.kind) {
    case SqsKind::structure:
      xml.open(name);
      write_members(shape.members, value, xml);
      xml.close(name);
      return;
    case SqsKind::list:
      for (const SqsJson& each : value) write_value(*shape.element, name, each, xml);
      return;
    case SqsKind::map:
      for (const auto& [key, each] : value.items()) {
        xml.open(name).text(shape.key, key);
        write_value(*shape.element, "Value", each, xml);
        xml.close(name);
      }
      return;
    default: xml.text(name, scalar_text(value));
  }
}

void write_members(std::span<const SqsMember> members, const SqsJson& value, Xml& xml) {
  for (const SqsMember& member : members) {
    const auto found = value.find(member.name);
    if (found != value.end()) write_value(member.shape, member.query, *found, xml);
  }
}

net::HttpResponse sqs_json(unsigned status, const SqsJson& body) {
  net::HttpResponse response;
  response.status = status;
  response.content_type = kSqsJson;
  response.body = body.dump(-1, ' ', false, SqsJson::error_handler_t::replace);
  return response;
}

}  // namespace

net::HttpResponse sqs_response(SqsProtocol protocol, const SqsOperationModel& model, const SqsAnswer& answer,
                               const std::string& request_id) {
  if (!answer) return sqs_refusal(protocol, answer.error(), request_id);
  if (protocol == SqsProtocol::json) {
    if (!model.answer.empty()) return sqs_json(200, *answer);
    net::HttpResponse nothing;  // as AWS: no body at all
    nothing.content_type = kSqsJson;
    return nothing;
  }
  const std::string action(model.name);
  if (model.answer.empty()) return query_answer_without_result(kSqsService, action, request_id);
  Xml result;
  write_members(model.answer, *answer, result);
  return query_answer(kSqsService, action, result.str(), request_id);
}

net::HttpResponse sqs_refusal(SqsProtocol protocol, const control::Fault& fault, const std::string& request_id) {
  const ToldFault names = told(fault);
  if (protocol == SqsProtocol::query) {
    return query_refusal(kSqsService, {names.query, fault.message, names.status}, request_id);
  }
  net::HttpResponse response = sqs_json(names.status, {{"__type", names.type}, {"message", fault.message}});
  response.headers.emplace_back("x-amzn-query-error", names.query + (names.status >= 500 ? ";Receiver" : ";Sender"));
  return response;
}

std::string sqs_query_code(const control::Fault& fault) { return told(fault).query; }

}  // namespace waybill::api
