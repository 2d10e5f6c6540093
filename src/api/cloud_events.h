// POST /cloudevents: CloudEvents 1.0 over HTTP into a bus (docs/cloudevents.md).
#pragma once

#include "api/api.h"

namespace waybill::api {

// The entries that the events of a request become: all, or the first error with its status (400, 413, 415). CloudEvents
// have no answer for a single event of a batch, so a batch with a wrong event is refused whole. Takes the body.
Entries parse_cloud_events(net::HttpRequest& request, const PutEventsLimits& limits);

// Thread: any io thread; the ports must outlive it.
class CloudEventsApi {
 public:
  explicit CloudEventsApi(const ApiPorts& ports) : ports_(ports) {}
  // Answers as POST /events does.
  void receive(net::HttpRequest request, net::Reply reply) const;

 private:
  const ApiPorts& ports_;
};

}  // namespace waybill::api
