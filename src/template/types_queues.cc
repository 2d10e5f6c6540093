// AWS::SQS::* and AWS::Lambda::EventSourceMapping: queues, who may send to them, and the functions that they feed.
#include <algorithm>

#include "model/arn.h"
#include "model/event_source_spec.h"
#include "template/loader.h"
#include "template/resource_types.h"
#include "template/text.h"

namespace waybill::templates {

namespace {

constexpr std::string_view kFifoEnding = ".fifo";
constexpr std::int64_t kMostReceives = 1000;

bool is_queue_arn(const std::string& text) {
  const auto arn = Arn::parse(text);
  return arn && arn->service == "sqs";
}

bool is_set(const Json& body, std::string_view property) {
  const Json* value = find_member(body, property);
  return value && *value == true;
}

void check_queue_name(CheckContext& c, bool fifo) {
  std::string_view stem = c.name;
  if (fifo && !stem.ends_with(kFifoEnding)) {
    return c.bad(c.path / "QueueName", in_quotes(c.name) + " must end in .fifo, as FifoQueue is true");
  }
  if (fifo) stem.remove_suffix(kFifoEnding.size());
  if (stem.find('.') == std::string_view::npos) return;
  c.bad(c.path / "QueueName", in_quotes(c.name) + (stem.ends_with(kFifoEnding) || c.name.ends_with(kFifoEnding)
                                                       ? " needs FifoQueue: true, as it ends in .fifo"
                                                       : " may have letters, digits, hyphens and underscores only"));
}

// The counts of receives may be a text.
void check_redrive_policy(CheckContext& c, bool fifo) {
  const Json* policy = find_member(c.body, "RedrivePolicy");
  if (!policy || !policy->is_object()) return;
  const Path path = c.path / "RedrivePolicy";
  const std::string target = text_member(*policy, "deadLetterTargetArn");
  if (!is_queue_arn(target)) {
    c.bad(path / "deadLetterTargetArn", in_quotes(target) + " is not the ARN of a queue");
  } else if (Arn::parse(target)->resource.ends_with(kFifoEnding) != fifo) {
    c.bad(path / "deadLetterTargetArn", std::string("the dead-letter queue of a ") + (fifo ? "FIFO" : "standard") +
                                            " queue must be a " + (fifo ? "FIFO" : "standard") + " queue");
  }
  if (!target.empty() && target == c.options.place.queue(c.name)) {
    c.bad(path / "deadLetterTargetArn", "a queue cannot be its own dead-letter queue");
  }
  const Json* given = find_member(*policy, "maxReceiveCount");
  const auto count = given ? integer_of(scalar_text(*given).value_or("")) : std::nullopt;
  if (!count || *count < 1 || *count > kMostReceives) {
    return c.bad(
        path / "maxReceiveCount",
        given ? scalar_text(*given).value_or(kind_of(*given)) + " is not a whole number from 1 to 1000" : "is missing");
  }
  c.body["RedrivePolicy"]["maxReceiveCount"] = *count;
}

void check_redrive_allow(CheckContext& c) {
  const Json* policy = find_member(c.body, "RedriveAllowPolicy");
  if (!policy || !policy->is_object()) return;
  const Path path = c.path / "RedriveAllowPolicy";
  const std::string permission = text_member(*policy, "redrivePermission");
  if (permission != "allowAll" && permission != "denyAll" && permission != "byQueue") {
    c.bad(path / "redrivePermission", "must be \"allowAll\", \"denyAll\" or \"byQueue\", not " + in_quotes(permission));
  }
  if ((permission == "byQueue") != (find_member(*policy, "sourceQueueArns") != nullptr)) {
    c.bad(path / "sourceQueueArns", "goes with the redrivePermission \"byQueue\", and with no other");
  }
}

void check_queue(CheckContext& c) {
  const bool fifo = is_set(c.body, "FifoQueue");
  check_queue_name(c, fifo);
  for (const char* property : {"ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"}) {
    if (!fifo && find_member(c.body, property)) c.bad(c.path / property, "is for FIFO queues only");
  }
  if (text_member(c.body, "FifoThroughputLimit") == "perMessageGroupId" &&
      text_member(c.body, "DeduplicationScope") != "messageGroup") {
    c.bad(c.path / "FifoThroughputLimit", "perMessageGroupId needs the DeduplicationScope messageGroup");
  }
  check_redrive_policy(c, fifo);
  check_redrive_allow(c);
}

ResourceType queue() {
  ResourceType type;
  type.name = "AWS::SQS::Queue";
  type.name_property = "QueueName";
  type.name_length = 80;
  type.name_characters = "_-.";
  type.ending = {"FifoQueue", std::string(kFifoEnding)};
  type.arn = "arn:{partition}:sqs:{region}:{account}:{name}";
  type.ref = "{endpoint}/{account}/{name}";
  type.key = "{name}";
  type.attributes = {
      {"Arn", "{arn}", ""}, {"QueueName", "{name}", ""}, {"QueueUrl", "{endpoint}/{account}/{name}", ""}};
  type.properties = {
      text("QueueName"),
      integer("VisibilityTimeout").between(0, 43'200),
      integer("DelaySeconds").between(0, 900),
      integer("MaximumMessageSize").between(1024, 1'048'576),
      integer("MessageRetentionPeriod").between(60, 1'209'600),
      integer("ReceiveMessageWaitTimeSeconds").between(0, 20),
      boolean("FifoQueue"),
      boolean("ContentBasedDeduplication"),
      one_of("DeduplicationScope", {"messageGroup", "queue"}),
      one_of("FifoThroughputLimit", {"perQueue", "perMessageGroupId"}),
      document("RedrivePolicy"),
      document("RedriveAllowPolicy"),
      text("KmsMasterKeyId").without_effect(),
      integer("KmsDataKeyReusePeriodSeconds").between(60, 86'400).without_effect(),
      boolean("SqsManagedSseEnabled").without_effect(),
      tags(),
  };
  type.check = check_queue;
  return type;
}

void check_queue_policy(CheckContext& c) {
  const Json* document = find_member(c.body, "PolicyDocument");
  if (document && document->is_object() && !find_member(*document, "Statement")) {
    c.bad(c.path / "PolicyDocument", "Statement is missing");
  }
}

ResourceType queue_policy() {
  ResourceType type;
  type.name = "AWS::SQS::QueuePolicy";
  type.ref = "{stack}-{id}";
  type.key = "{stack}/{id}";
  type.attributes = {{"Id", "{stack}-{id}", ""}};
  type.properties = {document("PolicyDocument").required(), texts("Queues").required()};
  type.check = check_queue_policy;
  return type;
}

void check_batch(CheckContext& c, const std::string& source) {
  const Json* size = find_member(c.body, "BatchSize");
  if (!size || !size->is_number_integer() || size->get<std::int64_t>() <= 10) return;
  if (source.ends_with(kFifoEnding)) return c.bad(c.path / "BatchSize", "is at most 10 for a FIFO queue");
  const Json* window = find_member(c.body, "MaximumBatchingWindowInSeconds");
  if (!window || *window == 0) {
    c.bad(c.path / "BatchSize", "above 10 needs a MaximumBatchingWindowInSeconds of at least 1");
  }
}

// Patterns over {"body": …}: of queues, nothing else can be filtered by.
void check_filters(CheckContext& c, bool of_queue) {
  const Json* criteria = find_member(c.body, "FilterCriteria");
  const Json* filters = criteria ? find_member(*criteria, "Filters") : nullptr;
  if (!filters || !filters->is_array()) return;
  for (std::size_t i = 0; i < filters->size(); ++i) {
    const std::string pattern = text_member((*filters)[i], "Pattern");
    Status valid = c.options.check_pattern ? c.options.check_pattern(pattern) : Status();
    if (valid && of_queue) valid = check_queue_filter(pattern);
    if (!valid) c.bad(c.path / "FilterCriteria" / "Filters" / i / "Pattern", valid.error().message);
  }
}

void check_mapping(CheckContext& c) {
  const std::string source = text_member(c.body, "EventSourceArn");
  const auto arn = Arn::parse(source);
  if (!source.empty() && !arn) return c.bad(c.path / "EventSourceArn", in_quotes(source) + " is not an ARN");
  if (!arn || arn->service != "sqs") c.not_active("of event sources, Waybill has queues alone");
  check_filters(c, arn && arn->service == "sqs");
  check_batch(c, source);
  const Json* types = find_member(c.body, "FunctionResponseTypes");
  if (!types || !types->is_array()) return;
  for (std::size_t i = 0; i < types->size(); ++i) {
    if ((*types)[i] != "ReportBatchItemFailures") {
      c.bad(c.path / "FunctionResponseTypes" / i, "must be \"ReportBatchItemFailures\"");
    }
  }
}

Properties other_sources() {
  Properties properties;
  for (const char* name :
       {"AmazonManagedKafkaEventSourceConfig", "BisectBatchOnFunctionError", "DestinationConfig",
        "DocumentDBEventSourceConfig", "KmsKeyArn", "LoggingConfig", "MaximumRecordAgeInSeconds",
        "MaximumRetryAttempts", "MetricsConfig", "ParallelizationFactor", "ProvisionedPollerConfig", "Queues",
        "SelfManagedEventSource", "SelfManagedKafkaEventSourceConfig", "SourceAccessConfigurations", "StartingPosition",
        "StartingPositionTimestamp", "Topics", "TumblingWindowInSeconds"}) {
    properties.push_back(anything(name).without_effect());
  }
  return properties;
}

ResourceType event_source_mapping() {
  ResourceType type;
  type.name = "AWS::Lambda::EventSourceMapping";
  type.arn = "arn:{partition}:lambda:{region}:{account}:event-source-mapping:{uuid}";
  type.ref = "{uuid}";
  type.key = "{stack}/{id}";
  type.attributes = {{"Id", "{uuid}", ""}, {"EventSourceMappingArn", "{arn}", ""}};
  type.properties = {
      text("FunctionName").required().between(1, 140),
      text("EventSourceArn"),
      integer("BatchSize").between(1, 10'000),
      integer("MaximumBatchingWindowInSeconds").between(0, 300),
      boolean("Enabled"),
      texts("FunctionResponseTypes").at_most(1),
      object("ScalingConfig", {integer("MaximumConcurrency").between(2, 1000)}),
      object("FilterCriteria", {objects("Filters", {text("Pattern").required()}).at_most(10)}),
      tags(),
  };
  for (Property& each : other_sources()) type.properties.push_back(std::move(each));
  type.check = check_mapping;
  return type;
}

}  // namespace

std::vector<ResourceType> queue_types() { return {queue(), queue_policy(), event_source_mapping()}; }

}  // namespace waybill::templates
