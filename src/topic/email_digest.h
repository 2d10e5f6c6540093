// Several notifications of one subscription joined to one. A digest is a payload with a delivery of its own, which
// takes the place of theirs in one transaction before anything is sent: whatever happens then, what is sent again is
// the same e-mail. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "topic/transport.h"

namespace waybill::topic {

// A number that no row had before: Journal::next_sequence().
using NextId = std::function<std::int64_t()>;

struct DigestLimits {
  std::size_t bytes;  // of notifications in one digest
};

// {"Type": "Digest", "TopicArn": …, "Notifications": [{"AcceptedAt": ms, "IngestedAt": ms, "Depth": n, "Notification":
// {…}}, …]}
bool is_digest(const Payload& payload);

// The notifications in it, as they were before. Empty for what is no digest.
std::vector<Payload> notifications_in(const Payload& digest);

// What takes the place of these deliveries, which have one endpoint: as few digests as the limits allow. One that is
// left alone stays a notification. A digest is due before everything that waits, keeps the age of its oldest, and has
// as many attempts behind it as the most tried. REQUIRES: no digests in it.
Regrouped join(const std::vector<Outgoing>& outgoing, DigestLimits limits, const NextId& next_id);

// The opposite: a delivery for each notification in the digest, without attempts. REQUIRES: is_digest().
Regrouped split(const Outgoing& digest, const NextId& next_id);

}  // namespace waybill::topic
