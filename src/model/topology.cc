#include "model/topology.h"

namespace waybill {

EndpointId Topology::EndpointNumbers::number(const std::string& key) {
  const auto [found, fresh_key] = by_key.try_emplace(key, EndpointId{last + 1});
  if (fresh_key) {
    ++last;
    fresh.emplace_back(found->second, key);
  }
  return found->second;
}

TargetKind target_kind(const std::string& arn) {
  const auto parsed = Arn::parse(arn);
  if (!parsed) return TargetKind::other;
  if (parsed->service == "lambda") return TargetKind::function;
  if (parsed->service == "sns") return TargetKind::topic;
  if (parsed->service == "sqs") return TargetKind::queue;
  if (parsed->service == "logs") return TargetKind::log_group;
  if (parsed->service == "events" && parsed->resource_of("event-bus")) return TargetKind::bus;
  if (parsed->service == "events" && parsed->resource_of("api-destination")) return TargetKind::api_destination;
  return TargetKind::other;
}

const BusSpec* Topology::bus_at(std::string_view arn) const {
  const auto found = buses_.find(arn);
  return found == buses_.end() ? nullptr : &found->second;
}

std::shared_ptr<const FunctionSpec> Topology::function(const std::string& arn) const {
  const auto found = functions_.find(arn);
  return found == functions_.end() ? nullptr : found->second;
}

const TopicSpec* Topology::topic(const std::string& arn) const {
  const auto found = topics_.find(arn);
  return found == topics_.end() ? nullptr : &found->second;
}

std::shared_ptr<const QueueSpec> Topology::queue(const std::string& arn) const {
  const auto found = queues_.find(arn);
  return found == queues_.end() ? nullptr : found->second;
}

std::shared_ptr<const QueueSpec> Topology::queue(QueueId id) const {
  const auto found = queues_by_id_.find(id);
  return found == queues_by_id_.end() ? nullptr : found->second;
}

std::shared_ptr<const EndpointSpec> Topology::endpoint(EndpointId id) const {
  const auto found = endpoints_.find(id);
  return found == endpoints_.end() ? nullptr : found->second;
}

std::string Topology::owner_of(const std::string& arn) const {
  const auto found = owners_.find(arn);
  return found == owners_.end() ? std::string() : found->second;
}

}  // namespace waybill
