// SQS's two protocols over one form of requests and answers: AWS JSON 1.0 (X-Amz-Target: AmazonSQS.SendMessage) and the
// query protocol (Action=SendMessage as a form, XML back).
#pragma once

#include <string>
#include <string_view>

#include "api/query/query_call.h"
#include "api/sqs/sqs_shapes.h"
#include "control/fault.h"
#include "net/http.h"

namespace waybill::api {

using SqsJson = nlohmann::json;
// In the form of the JSON protocol.
using SqsAnswer = control::Answer<SqsJson>;

enum class SqsProtocol { json, query };

// Requests in the one form: members that the model knows, each of its type, without empty maps and lists. Faults:
// MissingParameter, SerializationException (JSON of another type), InvalidParameterValue (a form's number that is
// none).
SqsAnswer read_sqs_json(const SqsOperationModel& model, std::string_view body);
SqsAnswer read_sqs_form(const SqsOperationModel& model, const QueryCall& form);

// The answer, or the fault, whose code is that of the JSON protocol ("QueueDoesNotExist").
net::HttpResponse sqs_response(SqsProtocol protocol, const SqsOperationModel& model, const SqsAnswer& answer,
                               const std::string& request_id);
net::HttpResponse sqs_refusal(SqsProtocol protocol, const control::Fault& fault, const std::string& request_id);
// What the query protocol calls the fault: "AWS.SimpleQueueService.NonExistentQueue". Failed entries of a batch are
// told by it in both protocols.
std::string sqs_query_code(const control::Fault& fault);

}  // namespace waybill::api
