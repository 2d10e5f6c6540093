// A message on its way into the store: as a client sends it, or as part of another unit of changes.
#pragma once

#include "queue/service.h"

namespace waybill::queue {

// Checks it as SendMessage does and gives it its number. Whoever applies the change applies it soon: deduplication and
// delay count from `now`.
Answer<store::SendMessage> outgoing(const QueueSpec& queue, SendEntry entry, WallTime now, store::Journal& journal);

}  // namespace waybill::queue
