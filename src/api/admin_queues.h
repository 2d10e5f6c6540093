// The routes of queues for people: /_waybill/queues. What changes queues goes through the SQS API, but for what AWS
// does not have: handing dead letters back to the targets that left them.
#pragma once

#include <string>
#include <string_view>

#include "model/topology.h"
#include "net/http.h"
#include "queue/move_tasks.h"
#include "queue/service.h"

namespace waybill::api {

class QueuesApi {
 public:
  QueuesApi(queue::QueueService& queues, queue::MoveTasks& moves, const Snapshot<Topology>& topology,
            const WallClock& wall)
      : queues_(queues), moves_(moves), topology_(topology), wall_(wall) {}

  // → {"queues":[{name, arn, fifo, visible, in_flight, delayed, oldest_seconds, dead_letters_to}]}, by ARN.
  // oldest_seconds: age of the oldest message; absent where there is none.
  void list(net::Reply reply) const;
  // Messages as they stand, without receiving them: the one that becomes visible first at the front. queue: name in the
  // daemon's own place, or ARN. Query: limit, by default 10, at most 1,000.
  // → {"messages":[{id, state, receives, sent_at, visible_at, body, attributes, group, deduplication_id}]}; state:
  // visible, in_flight or delayed.
  void peek(const std::string& queue, const std::string& query, net::Reply reply) const;
  // Body: {"filter": {"rule", "target", "code"}, "dry_run", "after"}, all optional. Looks at some 1,000 visible
  // messages and hands those back that pass; on a worker. → {"redriven", "to": {ARN: how many}, "unknown", "dry_run",
  // "next"}. With dry_run nothing goes, and redriven is how many would; next: "after" of the next call, absent at the
  // end.
  net::HttpResponse redrive(const std::string& queue, const std::string& body) const;

 private:
  queue::QueueService& queues_;
  queue::MoveTasks& moves_;
  const Snapshot<Topology>& topology_;
  const WallClock& wall_;
};

}  // namespace waybill::api
