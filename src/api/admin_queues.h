// The routes of queues for people: /_waybill/queues. What changes queues goes through the SQS API.
#pragma once

#include <string>
#include <string_view>

#include "model/topology.h"
#include "net/http.h"
#include "queue/service.h"

namespace waybill::api {

class QueuesApi {
 public:
  QueuesApi(queue::QueueService& queues, const Snapshot<Topology>& topology, const WallClock& wall)
      : queues_(queues), topology_(topology), wall_(wall) {}

  // → {"queues":[{name, arn, fifo, visible, in_flight, delayed, oldest_seconds, dead_letters_to}]}, by ARN.
  // oldest_seconds: age of the oldest message; absent where there is none.
  void list(net::Reply reply) const;
  // Messages as they stand, without receiving them: the one that becomes visible first at the front. queue: name in the
  // daemon's own place, or ARN. Query: limit, by default 10, at most 1,000.
  // → {"messages":[{id, state, receives, sent_at, visible_at, body, attributes, group, deduplication_id}]}; state:
  // visible, in_flight or delayed.
  void peek(const std::string& queue, const std::string& query, net::Reply reply) const;

 private:
  queue::QueueService& queues_;
  const Snapshot<Topology>& topology_;
  const WallClock& wall_;
};

}  // namespace waybill::api
