#include "net/http_client.h"

#include "net/curl_call.h"

namespace waybill::net {

namespace {

ErrorCode code_of(CURLcode code) {
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return ErrorCode::invalid;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT: return ErrorCode::unavailable;
    case CURLE_OPERATION_TIMEDOUT: return ErrorCode::timeout;
    default: return ErrorCode::io;
  }
}

}  // namespace

Result<HttpResponse> http_call(const HttpCall& call) {
  CurlCall transfer(call);
  if (!transfer.easy()) return internal("libcurl could not be set up");
  const CURLcode code = curl_easy_perform(transfer.easy());
  const std::string what = call.method + " " + call.url;
  if (transfer.body_too_large()) {
    return Error{ErrorCode::limit,
                 what + ": the response exceeds " + std::to_string(call.max_response_bytes) + " bytes"};
  }
  if (code != CURLE_OK) return Error{code_of(code), what + ": " + transfer.failure(code)};
  return transfer.take_response();
}

}  // namespace waybill::net
