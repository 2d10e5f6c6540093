// From the properties of an AWS::DynamoDB::Table to the shape of a table, and from one shape to the next.
#pragma once

#include "base/result.h"
#include "model/resource.h"
#include "model/table_spec.h"

namespace waybill::table {

// AWS: DynamoDB quotas.
inline constexpr std::size_t kMaxGlobalIndexes = 20;
inline constexpr std::size_t kMaxLocalIndexes = 5;

// resource.body holds resolved CloudFormation properties (AttributeDefinitions, KeySchema, GlobalSecondaryIndexes,
// LocalSecondaryIndexes, TimeToLiveSpecification, TableName; others do not shape a table); resource.key names the
// table. Global indexes come first, each kind in its order. Every index answers whole items, whatever its Projection.
// Errors (invalid) are CreateTable's, then the table in parentheses; a property of the wrong JSON type is named by
// path.
Result<TableSpec> spec_from_resource(const Resource& resource, TableId id);

// May the stored table `before` take the shape `after`? Its TTL attribute may change always; its keys and indexes only
// while it is empty. The order of the indexes is no difference. The error says what differs and what to do.
Status same_shape(const TableSpec& before, const TableSpec& after, bool empty);

// `after` under the id of `before`, its indexes in the order of `before` where they are the same ones.
// REQUIRES: same_shape() holds.
TableSpec in_place(const TableSpec& before, TableSpec after);

}  // namespace waybill::table
