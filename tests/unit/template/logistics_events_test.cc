// The shipped template of the logistics-events system, whole.
#include <fstream>
#include <sstream>

#include "loading.h"
#include "template/plan.h"
#include "template/references.h"

using namespace waybill;
using namespace waybill::templates;

namespace {

std::string shipped() {
  std::ifstream file(std::string(WAYBILL_SOURCE_DIR) + "/rules/logistics-events.yaml");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

LoadedTemplate logistics(std::map<std::string, std::string> parameters = {}) {
  LoadOptions options;
  options.file = "rules/logistics-events.yaml";
  options.parameters = std::move(parameters);
  return load(shipped(), options);
}

std::vector<std::string> keys(const LoadedTemplate& loaded) {
  std::vector<std::string> result;
  for (const Resource& resource : loaded.resources)
    result.push_back(resource.key.kind.substr(5) + " " + resource.key.name);
  std::sort(result.begin(), result.end());
  return result;
}

std::vector<std::string> expected_keys(const std::string& e) {
  return {
      "CloudWatch::Alarm logistics-dynamodb-throttles-" + e,
      "CloudWatch::Alarm logistics-high-errors-" + e,
      "CloudWatch::Dashboard logistics-overview-" + e,
      "DynamoDB::Table logistics-error-events-" + e,
      "DynamoDB::Table logistics-shipment-events-" + e,
      "Events::Archive logistics-archive-" + e,
      "Events::EventBus logistics-events-" + e,
      "Events::Rule logistics-events-" + e + "/logistics-errors-" + e,
      "Events::Rule logistics-events-" + e + "/logistics-shipment-create-" + e,
      "Events::Rule logistics-events-" + e + "/logistics-status-update-" + e,
      "IAM::Role logistics-lambda-role-" + e,
      "Lambda::Function logistics-notification-handler-" + e,
      "Lambda::Function logistics-shipment-processor-" + e,
      "Lambda::Function logistics-status-updater-" + e,
      "Lambda::Permission logistics-events/NotificationHandlerPermission",
      "Lambda::Permission logistics-events/ShipmentProcessorPermission",
      "Lambda::Permission logistics-events/StatusUpdaterPermission",
      "Logs::LogGroup /aws/lambda/logistics-notification-handler-" + e,
      "Logs::LogGroup /aws/lambda/logistics-shipment-processor-" + e,
      "Logs::LogGroup /aws/lambda/logistics-status-updater-" + e,
      "Logs::MetricFilter /aws/lambda/logistics-shipment-processor-" + e + ":logistics-errors-" + e,
      "SNS::Subscription logistics-events/AlertsEmail",
      "SNS::Topic logistics-alerts-" + e,
      "SNS::Topic logistics-processing-" + e,
  };
}

std::string arn(const std::string& service, const std::string& resource) {
  return "arn:aws:" + service + ":us-east-1:000000000000:" + resource;
}

}  // namespace

TEST_CASE("it loads with exactly these resources") { CHECK(keys(logistics()) == expected_keys("dev")); }

TEST_CASE("another Environment renames everything") {
  const LoadedTemplate loaded = logistics({{"Environment", "team-7"}});
  CHECK(keys(loaded) == expected_keys("team-7"));
  for (const Resource& resource : loaded.resources) {
    CHECK_MESSAGE(resource.body.find("-dev") == std::string::npos, resource.body);
    CHECK_MESSAGE(resource.body.find("\"dev\"") == std::string::npos, resource.body);
  }
  for (const Output& output : loaded.outputs) CHECK_MESSAGE(output.value.ends_with("team-7"), output.name);
}

TEST_CASE("its outputs") {
  std::map<std::string, std::string> outputs;
  for (const Output& output : logistics().outputs) outputs[output.name] = output.value;
  CHECK(outputs == std::map<std::string, std::string>{
                       {"EventBusName", "logistics-events-dev"},
                       {"EventBusArn", arn("events", "event-bus/logistics-events-dev")},
                       {"ShipmentEventsTableName", "logistics-shipment-events-dev"},
                       {"ErrorEventsTableName", "logistics-error-events-dev"},
                       {"AlertTopicArn", arn("sns", "logistics-alerts-dev")},
                       {"ShipmentProcessorName", "logistics-shipment-processor-dev"},
                       {"StatusUpdaterName", "logistics-status-updater-dev"},
                       {"NotificationHandlerName", "logistics-notification-handler-dev"},
                       {"DashboardUrl", "http://localhost:3000/d/logistics-overview-dev"},
                   });
}

TEST_CASE("the create rule: pattern, function, two retries within an hour, the error table for what fails") {
  const Json rule = body_of(logistics(), "ShipmentCreateRule");
  CHECK(rule["EventPattern"] == R"({"source":["logistics.shipment"],"detail-type":["Shipment Created"]})");
  CHECK(rule["Targets"] ==
        Json::array({{{"Id", "shipment-processor"},
                      {"Arn", arn("lambda", "function:logistics-shipment-processor-dev")},
                      {"RetryPolicy", {{"MaximumRetryAttempts", 2}, {"MaximumEventAgeInSeconds", 3600}}},
                      {"DeadLetterConfig", {{"Arn", arn("dynamodb", "table/logistics-error-events-dev")}}}}}));
  const Json update = body_of(logistics(), "StatusUpdateRule")["Targets"][0];
  CHECK(update["RetryPolicy"] == Json{{"MaximumRetryAttempts", 1}, {"MaximumEventAgeInSeconds", 1800}});
  CHECK_FALSE(update.contains("DeadLetterConfig"));
  CHECK_FALSE(body_of(logistics(), "ErrorRule")["Targets"][0].contains("RetryPolicy"));
}

TEST_CASE("the functions: handler, limits, environment") {
  const LoadedTemplate loaded = logistics();
  const Json processor = body_of(loaded, "ShipmentProcessor");
  CHECK(processor["Handler"] == "logistics.shipment_processor");
  CHECK(processor["Timeout"] == 30);
  CHECK(processor["ReservedConcurrentExecutions"] == 10);
  CHECK(processor["DeadLetterConfig"]["TargetArn"] == arn("sns", "logistics-alerts-dev"));
  CHECK(processor["Environment"]["Variables"] == Json{{"ENVIRONMENT", "dev"},
                                                      {"EVENTS_TABLE", "logistics-shipment-events-dev"},
                                                      {"ERROR_TABLE", "logistics-error-events-dev"},
                                                      {"SNS_TOPIC", arn("sns", "logistics-processing-dev")},
                                                      {"ENABLE_XRAY", "false"}});
  const Json updater = body_of(loaded, "StatusUpdater");
  CHECK(updater["Timeout"] == 15);
  CHECK(updater["Environment"]["Variables"]["EVENTS_TABLE"] == "logistics-shipment-events-dev");
  const Json notifier = body_of(loaded, "NotificationHandler");
  CHECK(notifier["Timeout"] == 10);
  CHECK(notifier["Environment"]["Variables"]["ALERT_TOPIC"] == arn("sns", "logistics-alerts-dev"));
  CHECK(notifier["Environment"]["Variables"]["PROCESSING_TOPIC"] == arn("sns", "logistics-processing-dev"));
}

TEST_CASE("the tables: keys, indexes, TTL") {
  const Json table = body_of(logistics(), "ShipmentEventsTable");
  CHECK(table["KeySchema"] == Json::array({{{"AttributeName", "event_id"}, {"KeyType", "HASH"}},
                                           {{"AttributeName", "timestamp"}, {"KeyType", "RANGE"}}}));
  CHECK(table["GlobalSecondaryIndexes"][0]["IndexName"] == "shipment-index");
  CHECK(table["GlobalSecondaryIndexes"][1]["IndexName"] == "status-index");
  for (const char* id : {"ShipmentEventsTable", "ErrorEventsTable"}) {
    CHECK(body_of(logistics(), id)["TimeToLiveSpecification"] == Json{{"AttributeName", "ttl"}, {"Enabled", true}});
  }
}

TEST_CASE("the role may write both tables and publish to both topics, and no more") {
  const Json statements = body_of(logistics(), "FunctionRole")["Policies"][0]["PolicyDocument"]["Statement"];
  REQUIRE(statements.size() == 2);
  CHECK(statements[0]["Action"] == Json({"dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:UpdateItem",
                                         "dynamodb:Query", "dynamodb:BatchWriteItem"}));
  CHECK(statements[0]["Resource"] == Json({arn("dynamodb", "table/logistics-shipment-events-dev"),
                                           arn("dynamodb", "table/logistics-shipment-events-dev/index/*"),
                                           arn("dynamodb", "table/logistics-error-events-dev")}));
  CHECK(statements[1]["Action"] == "sns:Publish");
  CHECK(statements[1]["Resource"] ==
        Json({arn("sns", "logistics-alerts-dev"), arn("sns", "logistics-processing-dev")}));
}

TEST_CASE("ProcessingEmail adds its subscription; an address that is none is refused") {
  const LoadedTemplate loaded = logistics({{"ProcessingEmail", "ops@example.com"}});
  CHECK(loaded.resources.size() == expected_keys("dev").size() + 1);
  const Json subscription = body_of(loaded, "ProcessingEmailSubscription");
  CHECK(subscription["Endpoint"] == "ops@example.com");
  CHECK(subscription["TopicArn"] == arn("sns", "logistics-processing-dev"));
  LoadOptions options = options_for({{"AlertEmail", "nobody"}, {"Environment", "Prod!"}});
  CHECK(has(error_of(shipped(), options), "Parameters.AlertEmail: \"nobody\" does not match the AllowedPattern"));
  CHECK(has(error_of(shipped(), options),
            "Parameters.Environment: \"Prod!\" does not match the AllowedPattern "
            "^[a-z0-9-]+$: lower-case letters, digits and hyphens"));
}

TEST_CASE("tracing and log retention reach what they are for") {
  const LoadedTemplate loaded = logistics({{"EnableXRay", "true"}, {"LogRetentionDays", "30"}});
  CHECK(body_of(loaded, "ShipmentProcessor")["TracingConfig"]["Mode"] == "Active");
  CHECK(body_of(loaded, "StatusUpdater")["Environment"]["Variables"]["ENABLE_XRAY"] == "true");
  CHECK(body_of(loaded, "FunctionRole")["ManagedPolicyArns"].size() == 2);
  CHECK(body_of(loaded, "ShipmentProcessorLogs")["RetentionInDays"] == 30);
  CHECK(body_of(logistics(), "FunctionRole")["ManagedPolicyArns"].size() == 1);
}

TEST_CASE("it plans, nothing dangles, nothing is doubtful") {
  const LoadedTemplate loaded = logistics();
  const auto plan = make_plan({}, {loaded}, {});
  REQUIRE(plan.has_value());
  CHECK(plan->puts.size() == loaded.resources.size());
  CHECK(dangling_references({loaded}, {}, Place{}).empty());
  for (const Notice& notice : loaded.notices) CHECK_MESSAGE(notice.kind == Notice::Kind::not_active, display(notice));
}
