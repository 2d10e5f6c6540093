#include "api/aws_error.h"

#include "api/query/query_call.h"
#include "api/query/xml.h"
#include "base/json_text.h"

namespace waybill::api {

namespace {

std::string error_body(std::string_view code, std::string_view message) {
  std::string body = "{\"__type\":";
  append_json_string(code, body);
  body += ",\"message\":";
  append_json_string(message, body);
  body += "}";
  return body;
}

}  // namespace

net::HttpResponse to_response(const AwsError& error) {
  net::HttpResponse response;
  response.status = error.status;
  response.content_type = kAwsJson;
  response.body = error_body(error.code, error.message);
  if (error.status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

AwsError from_refusal(const store::Refusal& refusal, bool aws) {
  switch (refusal.reason) {
    case store::Refusal::Reason::shed:
      return {"ThrottlingException", "Too much is waiting to be stored; try again in a moment.", aws ? 400U : 503U};
    case store::Refusal::Reason::unavailable:
    case store::Refusal::Reason::poisoned:
      return {"ServiceUnavailableException", "Nothing can be stored at present: " + refusal.message, 503};
    default: return {"InternalException", refusal.message, 500};
  }
}

net::HttpResponse server_error(unsigned status, std::string_view code, std::string_view message,
                               const net::HttpRequest* request) {
  if (request && QueryCall::may_be_one(*request)) {
    return query_refusal(kNoService, {std::string(code), std::string(message), status}, request->request_id);
  }
  net::HttpResponse response;
  response.status = status;
  const bool aws = request && !request->header("x-amz-target").empty();
  response.content_type = aws ? kAwsJson : "application/json";
  response.body = error_body(code, message);
  return response;
}

}  // namespace waybill::api
