// PutEvents in AWS's protocol and for curl.
#pragma once

#include <memory>

#include "api/api.h"

namespace waybill::api {

class EventsApi {
 public:
  explicit EventsApi(const ApiPorts& ports) : ports_(ports) {}

  // PutEvents in AWS's protocol.
  void aws(net::HttpRequest request, net::Reply reply) const;
  // POST /events: any content type.
  void plain(net::HttpRequest request, net::Reply reply) const;

 private:
  void put_events(net::HttpRequest request, BodyForm form, net::Reply reply) const;
  const ApiPorts& ports_;
};

}  // namespace waybill::api
