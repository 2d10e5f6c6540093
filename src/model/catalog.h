// The catalog in memory: every resource by key, its JSON read once. Immutable; a change makes a new one that shares the
// rows which stayed.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "model/arn.h"
#include "model/resource.h"

namespace waybill {

namespace kinds {
inline constexpr const char* kEventBus = "AWS::Events::EventBus";
inline constexpr const char* kRule = "AWS::Events::Rule";
inline constexpr const char* kArchive = "AWS::Events::Archive";
inline constexpr const char* kReplay = "Waybill::Events::Replay";
inline constexpr const char* kConnection = "AWS::Events::Connection";
inline constexpr const char* kEventBusPolicy = "AWS::Events::EventBusPolicy";
inline constexpr const char* kApiDestination = "AWS::Events::ApiDestination";
inline constexpr const char* kTable = "AWS::DynamoDB::Table";
inline constexpr const char* kQueue = "AWS::SQS::Queue";
inline constexpr const char* kQueuePolicy = "AWS::SQS::QueuePolicy";
inline constexpr const char* kMessageMoveTask = "Waybill::SQS::MessageMoveTask";
inline constexpr const char* kEventSourceMapping = "AWS::Lambda::EventSourceMapping";
}  // namespace kinds

// In the state of an archive whose managed rule lost its target, or is deleted: it takes no events.
inline constexpr const char* kManagedRuleLeft = "ManagedRule";

struct CatalogRow {
  Resource resource;
  nlohmann::json body;   // object: the properties, as CloudFormation and the API name them
  nlohmann::json state;  // object: what the service keeps: Created, Modified (ms since the epoch), Id, …

  // Error: corrupt, naming the resource, when body or state is no JSON object, or deeper than
  // kMaxPayloadDepth.
  static Result<std::shared_ptr<const CatalogRow>> read(Resource resource);
  Place place() const { return {resource.key.account, resource.key.region}; }
};

using CatalogRowPtr = std::shared_ptr<const CatalogRow>;
using Catalog = std::map<ResourceKey, CatalogRowPtr>;

// Error: corrupt, as in CatalogRow::read.
Result<Catalog> catalog_of(std::vector<Resource> resources);

}  // namespace waybill
