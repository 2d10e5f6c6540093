// AWS::DynamoDB::Table and AWS::SNS::*: where handlers write and publish.
#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string_view>

#include "model/arn.h"
#include "net/smtp.h"
#include "template/loader.h"
#include "template/resource_types.h"
#include "template/text.h"
#include "topic/filter_policy.h"
#include "topic/subscription_checks.h"

namespace waybill::templates {

namespace {

// Attribute names that the key schema of the table or of an index uses, checked on the way.
void check_key_schema(CheckContext& c, const Json& holder, const Path& path, const std::set<std::string>& defined,
                      std::set<std::string>& used) {
  const Json* schema = find_member(holder, "KeySchema");
  if (!schema || !schema->is_array() || schema->empty()) return;
  for (std::size_t i = 0; i < schema->size(); ++i) {
    const Json& key = (*schema)[i];
    const std::string name = text_member(key, "AttributeName");
    const std::string type = text_member(key, "KeyType");
    if (!type.empty() && type != (i == 0 ? "HASH" : "RANGE")) {
      c.bad(path / "KeySchema" / i, i == 0 ? "the first key must be HASH" : "the second key must be RANGE");
    }
    if (name.empty()) continue;
    if (i == 1 && name == text_member((*schema)[0], "AttributeName")) {
      c.bad(path / "KeySchema" / i, "both keys are " + in_quotes(name));
    }
    used.insert(name);
    if (!defined.contains(name)) {
      c.bad(path / "KeySchema" / i, "the attribute " + in_quotes(name) + " is not among the AttributeDefinitions");
    }
  }
}

void check_indexes(CheckContext& c, const char* property, const std::set<std::string>& defined,
                   std::set<std::string>& used, std::set<std::string>& names) {
  const Json* indexes = find_member(c.body, property);
  if (!indexes || !indexes->is_array()) return;
  for (std::size_t i = 0; i < indexes->size(); ++i) {
    const Json& index = (*indexes)[i];
    const Path path = c.path / property / i;
    check_key_schema(c, index, path, defined, used);
    const std::string name = text_member(index, "IndexName");
    if (!name.empty() && !names.insert(name).second) c.bad(path, "a second index named " + in_quotes(name));
    const auto usual = [](unsigned char letter) {
      return std::isalnum(letter) || std::string_view("._-").find(static_cast<char>(letter)) != std::string_view::npos;
    };
    if (!std::all_of(name.begin(), name.end(), usual)) {
      c.bad(path / "IndexName", in_quotes(name) + " may have letters, digits and ._- only");
    }
  }
}

// The name of the n-th key; "" when there is none.
std::string key_name(const Json& holder, std::size_t n) {
  const Json* schema = find_member(holder, "KeySchema");
  return schema && schema->is_array() && schema->size() > n ? text_member((*schema)[n], "AttributeName") : "";
}

// They sort a table's partitions in another way, so both have two keys and share the first.
void check_local_indexes(CheckContext& c) {
  const Json* indexes = find_member(c.body, "LocalSecondaryIndexes");
  if (!indexes || !indexes->is_array() || indexes->empty()) return;
  if (key_name(c.body, 1).empty()) {
    return c.bad(c.path / "LocalSecondaryIndexes", "needs a table with a RANGE key, and this one has none");
  }
  for (std::size_t i = 0; i < indexes->size(); ++i) {
    const Path path = c.path / "LocalSecondaryIndexes" / i / "KeySchema";
    const std::string first = key_name((*indexes)[i], 0);
    if (key_name((*indexes)[i], 1).empty()) c.bad(path, "a local index has a RANGE key");
    if (!first.empty() && first != key_name(c.body, 0)) {
      c.bad(path, "the first key must be the table's, " + in_quotes(key_name(c.body, 0)) + ", not " + in_quotes(first));
    }
  }
}

void check_table(CheckContext& c) {
  std::set<std::string> defined;
  const Json* definitions = find_member(c.body, "AttributeDefinitions");
  if (definitions && definitions->is_array()) {
    for (std::size_t i = 0; i < definitions->size(); ++i) {
      const std::string name = text_member((*definitions)[i], "AttributeName");
      if (defined.insert(name).second || name.empty()) continue;
      c.bad(c.path / "AttributeDefinitions" / i, "a second definition of the attribute " + in_quotes(name));
    }
  }
  std::set<std::string> used;
  std::set<std::string> names;
  check_key_schema(c, c.body, c.path, defined, used);
  check_indexes(c, "GlobalSecondaryIndexes", defined, used, names);
  check_indexes(c, "LocalSecondaryIndexes", defined, used, names);
  check_local_indexes(c);
  for (const std::string& name : defined) {
    if (!name.empty() && !used.contains(name)) {
      c.bad(c.path / "AttributeDefinitions",
            "the attribute " + in_quotes(name) + " is no key of the table or of an index");
    }
  }
  if (c.name.size() < 3) c.bad(c.path / "TableName", "a table's name has at least 3 characters");
  if (find_member(c.body, "StreamSpecification")) c.not_active("its changes are not streamed yet");
  const Json* ttl = find_member(c.body, "TimeToLiveSpecification");
  const Json* enabled = ttl ? find_member(*ttl, "Enabled") : nullptr;
  if (enabled && *enabled == true && text_member(*ttl, "AttributeName").empty()) {
    c.bad(c.path / "TimeToLiveSpecification", "AttributeName is missing");
  }
}

Property key_schema() {
  return objects("KeySchema",
                 {text("AttributeName").required().between(1, 255), one_of("KeyType", {"HASH", "RANGE"}).required()})
      .required()
      .between(1, 2);
}

Properties index_properties() {
  return {
      text("IndexName").required().between(3, 255),
      key_schema(),
      // An index always has the whole item.
      object("Projection",
             {one_of("ProjectionType", {"ALL", "KEYS_ONLY", "INCLUDE"}).required(), texts("NonKeyAttributes")})
          .required()
          .without_effect(),
      anything("ProvisionedThroughput").without_effect(),
      anything("OnDemandThroughput").without_effect(),
      anything("WarmThroughput").without_effect(),
      anything("ContributorInsightsSpecification").without_effect(),
  };
}

Properties table_properties() {
  return {
      text("TableName"),
      objects("AttributeDefinitions",
              {text("AttributeName").required().between(1, 255), one_of("AttributeType", {"S", "N", "B"}).required()})
          .required(),
      key_schema(),
      objects("GlobalSecondaryIndexes", index_properties()).at_most(20),
      objects("LocalSecondaryIndexes", index_properties()).at_most(5),
      object("TimeToLiveSpecification", {boolean("Enabled").required(), text("AttributeName").between(1, 255)}),
      object("StreamSpecification",
             {one_of("StreamViewType", {"NEW_AND_OLD_IMAGES", "NEW_IMAGE", "OLD_IMAGE", "KEYS_ONLY"}).required(),
              anything("ResourcePolicy").without_effect()}),
      one_of("BillingMode", {"PAY_PER_REQUEST", "PROVISIONED"}).without_effect(),
      anything("ProvisionedThroughput").without_effect(),
      anything("OnDemandThroughput").without_effect(),
      anything("WarmThroughput").without_effect(),
      object("SSESpecification", {boolean("SSEEnabled").required(), text("SSEType"), text("KMSMasterKeyId")})
          .without_effect(),
      object("PointInTimeRecoverySpecification",
             {boolean("PointInTimeRecoveryEnabled"), integer("RecoveryPeriodInDays")})
          .without_effect(),
      boolean("DeletionProtectionEnabled"),
      one_of("TableClass", {"STANDARD", "STANDARD_INFREQUENT_ACCESS"}).without_effect(),
      anything("ContributorInsightsSpecification").without_effect(),
      anything("KinesisStreamSpecification").without_effect(),
      anything("ResourcePolicy").without_effect(),
      anything("ImportSourceSpecification").without_effect(),
      tags(),
  };
}

ResourceType table() {
  ResourceType type;
  type.name = "AWS::DynamoDB::Table";
  type.name_property = "TableName";
  type.name_length = 255;
  type.name_characters = "._-";
  type.arn = "arn:{partition}:dynamodb:{region}:{account}:table/{name}";
  type.ref = "{name}";
  type.key = "{name}";
  // A stream's label is its creation time on AWS; here a table has one stream for ever.
  type.attributes = {{"Arn", "{arn}", ""},
                     {"StreamArn", "{arn}/stream/1970-01-01T00:00:00.000", "StreamSpecification"}};
  type.properties = table_properties();
  type.check = check_table;
  return type;
}

const std::vector<std::string> kProtocols = {"email",  "email-json", "http",     "https",      "sqs",
                                             "lambda", "sms",        "firehose", "application"};

void check_topic(CheckContext& c) {
  static const std::string kNoFifo = "FIFO topics are not supported by Waybill";
  const Json* fifo = find_member(c.body, "FifoTopic");
  if (fifo && *fifo == true) {
    c.bad(c.path / "FifoTopic", kNoFifo);
  } else if (c.name.ends_with(".fifo")) {
    c.bad(c.path / "TopicName", in_quotes(c.name) + " ends in .fifo: " + kNoFifo);
  } else if (c.name.find('.') != std::string::npos) {
    c.bad(c.path / "TopicName", in_quotes(c.name) + " may have letters, digits, _ and - only");
  }
}

// A property that may be an object, or the text of one.
std::string json_property(const Json& body, const char* name) {
  const Json* found = find_member(body, name);
  if (!found) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

void check_policies(CheckContext& c) {
  const std::string protocol = text_member(c.body, "Protocol");
  const auto check = [&](const char* name, const auto& rule) {
    const std::string policy = json_property(c.body, name);
    if (policy.empty()) return;
    if (const Status fine = rule(policy); !fine) c.bad(c.path / name, fine.error().message);
  };
  const bool over_body = text_member(c.body, "FilterPolicyScope") == "MessageBody";
  check("FilterPolicy", [&](const std::string& policy) {
    return topic::check_filter_policy(policy, over_body ? FilterScope::body : FilterScope::attributes);
  });
  check("RedrivePolicy", [](const std::string& policy) {
    return topic::check_redrive_policy(policy, topic::DeadLetterTargetKinds::queues_tables_topics);
  });
  check("DeliveryPolicy", topic::check_delivery_policy);
  if (find_member(c.body, "DeliveryPolicy") && protocol != "http" && protocol != "https") {
    c.doubt("DeliveryPolicy has no effect for the protocol " + protocol + "; SNS has it for http and https");
  }
}

void check_subscription(CheckContext& c) {
  check_policies(c);
  const std::string topic = text_member(c.body, "TopicArn");
  const auto arn = Arn::parse(topic);
  if (!topic.empty() && (!arn || arn->service != "sns")) {
    c.bad(c.path / "TopicArn", in_quotes(topic) + " is not the ARN of a topic");
  }
  const std::string protocol = text_member(c.body, "Protocol");
  const std::string endpoint = text_member(c.body, "Endpoint");
  if (endpoint.empty()) return;
  const bool mail = protocol == "email" || protocol == "email-json";
  if (const Status fine = mail ? net::check_mail_address(endpoint) : Status(); !fine) {
    c.bad(c.path / "Endpoint", in_quotes(endpoint) + " is not an e-mail address" +
                                   (endpoint.find('@') == std::string::npos ? "" : ": " + fine.error().message));
  }
  if (const Status fine = topic::check_address(protocol, endpoint); !fine) {
    c.bad(c.path / "Endpoint", fine.error().message);
  }
  if (!c.options.transports.contains(protocol)) {
    c.not_active("notifications to " + endpoint + " are kept and listed by `waybill notifications`; " +
                 (mail ? "they are sent once smtp.host is set" : "they are not sent yet"));
  }
}

ResourceType topic() {
  ResourceType type;
  type.name = "AWS::SNS::Topic";
  type.name_property = "TopicName";
  type.name_characters = "_-.";
  type.arn = "arn:{partition}:sns:{region}:{account}:{name}";
  type.ref = "{arn}";
  type.key = "{name}";
  type.attributes = {{"TopicArn", "{arn}", ""}, {"TopicName", "{name}", ""}};
  type.properties = {
      text("TopicName"),
      text("DisplayName"),
      objects("Subscription", {one_of("Protocol", kProtocols).required(), text("Endpoint").required()}),
      boolean("FifoTopic"),
      boolean("ContentBasedDeduplication").without_effect(),
      text("FifoThroughputScope").without_effect(),
      text("KmsMasterKeyId").without_effect(),
      one_of("SignatureVersion", {"1", "2"}),
      text("TracingConfig").without_effect(),
      anything("ArchivePolicy").without_effect(),
      anything("DataProtectionPolicy").without_effect(),
      anything("DeliveryStatusLogging").without_effect(),
      tags(),
  };
  type.check = check_topic;
  return type;
}

ResourceType subscription() {
  ResourceType type;
  type.name = "AWS::SNS::Subscription";
  type.arn = "{TopicArn}:{uuid}";
  type.ref = "{arn}";
  type.key = "{stack}/{id}";
  type.attributes = {{"Arn", "{arn}", ""}};
  type.properties = {
      text("TopicArn").required(),
      one_of("Protocol", kProtocols).required(),
      text("Endpoint").required(),
      json("FilterPolicy"),
      one_of("FilterPolicyScope", {"MessageAttributes", "MessageBody"}),
      boolean("RawMessageDelivery"),
      json("RedrivePolicy"),
      json("DeliveryPolicy"),
      text("SubscriptionRoleArn").without_effect(),
      anything("ReplayPolicy").without_effect(),
      text("Region").without_effect(),
  };
  type.check = check_subscription;
  return type;
}

// Kept and shown; who may publish is not checked: every caller is local.
ResourceType topic_policy() {
  ResourceType type;
  type.name = "AWS::SNS::TopicPolicy";
  type.ref = "{stack}-{id}";
  type.key = "{stack}/{id}";
  type.attributes = {{"Id", "{stack}-{id}", ""}};
  type.properties = {document("PolicyDocument").required(), texts("Topics").required()};
  return type;
}

}  // namespace

std::vector<ResourceType> data_types() { return {table(), topic(), subscription(), topic_policy()}; }

}  // namespace waybill::templates
