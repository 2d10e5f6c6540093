// A queue that feeds a function in batches. AWS: Lambda, event source mappings for SQS; CloudFormation
// AWS::Lambda::EventSourceMapping.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"

namespace waybill {

namespace pattern {
class Pattern;
}
struct Place;

struct EventSourceSpec {
  std::string name;  // of the catalog row
  std::string queue_arn;
  std::string function_arn;
  bool enabled = true;
  int batch_size = 10;                 // 1..10,000; a FIFO queue gives at most 10
  std::chrono::seconds window{0};      // MaximumBatchingWindowInSeconds: how long a batch may wait to be full
  bool report_item_failures = false;   // FunctionResponseTypes: ReportBatchItemFailures
  std::optional<int> max_concurrency;  // ScalingConfig: 2..1000
  // FilterCriteria: a message that none of them matches is deleted unseen; empty: all are wanted.
  std::vector<std::shared_ptr<const pattern::Pattern>> filters;
};

// AWS: a filter of a queue may look at "body" alone. Error: invalid, naming another key.
Status check_queue_filter(std::string_view pattern);

// Reads the properties that the catalog has. FunctionName: a name or an ARN, either with a qualifier behind it.
// Errors: invalid, naming the property.
Result<EventSourceSpec> read_event_source(const std::string& name, const nlohmann::json& body, const Place& place);

}  // namespace waybill
