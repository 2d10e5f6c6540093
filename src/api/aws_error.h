// Errors in the form of AWS's JSON protocols: a status and {"__type":code,"message":text}.
#pragma once

#include <string>
#include <string_view>

#include "net/http.h"
#include "store/changes.h"

namespace waybill::api {

inline constexpr const char* kAwsJson = "application/x-amz-json-1.1";

// Of a body that is none, or nested deeper than kMaxRequestDepth.
inline constexpr const char* kBodyMustBeObject = "The body of the request must be a JSON object of at most 100 levels.";

struct AwsError {
  std::string code;
  std::string message;
  unsigned status = 400;
};

net::HttpResponse to_response(const AwsError& error);
// For requests that the Journal did not take: throttled where trying again helps, InternalException else. AWS's
// protocol throttles with 400, by which its clients know to try again; on plain routes (aws false) it is 503.
AwsError from_refusal(const store::Refusal& refusal, bool aws = false);
// What net answers by itself, in the same form; XML where the request is one of the query protocol.
net::HttpResponse server_error(unsigned status, std::string_view code, std::string_view message,
                               const net::HttpRequest* request);

}  // namespace waybill::api
