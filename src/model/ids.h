// Strong ids: an EndpointId cannot be passed where a TableId is meant.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace waybill {

template <class Tag>
struct Id {
  std::int64_t value = 0;
  auto operator<=>(const Id&) const = default;
};

using PayloadId = Id<struct PayloadTag>;
using DeliveryId = Id<struct DeliveryTag>;
using EndpointId = Id<struct EndpointTag>;
using DeadLetterId = Id<struct DeadLetterTag>;
using TableId = Id<struct TableTag>;
using ArchiveId = Id<struct ArchiveTag>;
using QueueId = Id<struct QueueTag>;
using MessageId = Id<struct MessageTag>;

}  // namespace waybill

template <class Tag>
struct std::hash<waybill::Id<Tag>> {
  std::size_t operator()(const waybill::Id<Tag>& id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};
