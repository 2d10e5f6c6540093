// Dead letters to the targets that are configured for them: a table (templates only; docs/differences.md), a topic, the
// function's own dead-letter target, and where its invocation was a delivery of its own, its OnFailure destination.
#pragma once

#include "base/random.h"
#include "daemon/invocation_destinations.h"
#include "daemon/queue_targets.h"
#include "delivery/invoker.h"
#include "store/journal.h"
#include "table/table_catalog.h"
#include "topic/publisher.h"

namespace waybill {

// Constant after construction; thread-safe.
class DeadLetterTargets final : public delivery::DeadLetterRouter {
 public:
  DeadLetterTargets(const Snapshot<Topology>& topology, const Snapshot<table::TableCatalog>& tables,
                    const InvocationDestinations& invocations, const QueueTargets& queues, store::Journal& journal,
                    Random& random, topic::TopicProbe& probe)
      : topology_(topology),
        tables_(tables),
        invocations_(invocations),
        queues_(queues),
        journal_(journal),
        random_(random),
        probe_(probe) {}

  delivery::Consequences route(const EndpointSpec& endpoint, const DeadLetter& letter, int depth) override;

 private:
  void send(const std::string& arn, const EndpointSpec& endpoint, const DeadLetter& letter, int depth,
            delivery::Consequences& into) const;
  Status put_row(const TableSpec& table, const EndpointSpec& endpoint, const DeadLetter& letter,
                 delivery::Consequences& into) const;
  Status enqueue(const std::string& arn, const EndpointSpec& endpoint, const DeadLetter& letter,
                 delivery::Consequences& into) const;
  Status publish(const std::string& arn, const EndpointSpec& endpoint, const DeadLetter& letter, int depth,
                 delivery::Consequences& into) const;

  const Snapshot<Topology>& topology_;
  const Snapshot<table::TableCatalog>& tables_;
  const InvocationDestinations& invocations_;
  const QueueTargets& queues_;
  store::Journal& journal_;
  Random& random_;
  topic::TopicProbe& probe_;
};

}  // namespace waybill
