// A blocking HTTP client for the command line and tests. The daemon itself must not use it: it would hold a thread.
#pragma once

#include "base/result.h"
#include "net/http.h"
#include "net/http_call.h"

namespace waybill::net {

// Any status is a success here. Redirects are not followed, proxies of the environment are not used. Thread-safe.
// Errors: invalid (url), unavailable (cannot connect), timeout, limit (response too large), io.
Result<HttpResponse> http_call(const HttpCall& call);

}  // namespace waybill::net
