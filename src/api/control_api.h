// The control plane in AWS's JSON protocol: X-Amz-Target names the operation, the credential's scope the place.
#pragma once

#include <string>
#include <string_view>

#include "api/api.h"

namespace waybill::api {

// Account and region that a request speaks for. With Tenancy::single always the daemon's own; with aws the region of
// the SigV4 credential scope, and the account where the access key id is one (12 digits).
Place place_of_request(const net::HttpRequest& request, Tenancy tenancy, const Place& home);

class ControlApi {
 public:
  explicit ControlApi(const ApiPorts& ports) : ports_(ports) {}

  // operation: without "AWSEvents.". Reads the store and waits for commits: on a worker.
  net::HttpResponse call(std::string_view operation, const net::HttpRequest& request) const;

 private:
  const ApiPorts& ports_;
};

}  // namespace waybill::api
