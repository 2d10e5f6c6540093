// AWS::Logs::* and AWS::CloudWatch::*: log groups, metric filters, alarms, dashboards.
#include <algorithm>
#include <array>

#include "template/resource_types.h"
#include "template/text.h"

namespace waybill::templates {

namespace {

constexpr std::array<std::int64_t, 22> kRetentionDays = {1,   3,   5,   7,   14,   30,   60,   90,   120,  150,  180,
                                                         365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653};

void check_log_group(CheckContext& c) {
  const Json* days = find_member(c.body, "RetentionInDays");
  if (!days || !days->is_number_integer()) return;
  const std::int64_t value = days->get<std::int64_t>();
  if (std::find(kRetentionDays.begin(), kRetentionDays.end(), value) != kRetentionDays.end()) return;
  std::vector<std::string> allowed;
  for (const std::int64_t each : kRetentionDays) allowed.push_back(std::to_string(each));
  c.bad(c.path / "RetentionInDays", std::to_string(value) + " is not one of " + list_of(allowed));
}

// AWS: `[a, b]` is a pattern of space-delimited fields: `[ERROR]` gives the one field the name ERROR and so matches
// every line of one word, which nobody wants who writes it.
void check_metric_filter(CheckContext& c) {
  const std::string pattern = text_member(c.body, "FilterPattern");
  const bool fields = pattern.size() > 2 && pattern.front() == '[' && pattern.back() == ']';
  if (!fields || pattern.find_first_of("=<>!,") != std::string::npos) return;
  const std::string word = pattern.substr(1, pattern.size() - 2);
  c.doubt("the FilterPattern " + in_quotes(pattern) +
          " names a field and matches whatever is in it; to find lines with " + word + ", write " + in_quotes(word) +
          ", or { $.level = \"" + word + "\" } for JSON lines");
}

void check_alarm(CheckContext& c) {
  const bool metric = find_member(c.body, "MetricName") != nullptr;
  const bool metrics = find_member(c.body, "Metrics") != nullptr;
  if (metric == metrics) c.bad(c.path, "either MetricName with Namespace or Metrics must be given");
  if (metric && !find_member(c.body, "Namespace")) c.bad(c.path, "Namespace is missing");
  if (metric && !find_member(c.body, "Period")) c.bad(c.path, "Period is missing");
  const bool statistic = find_member(c.body, "Statistic") != nullptr;
  if (metric && statistic == (find_member(c.body, "ExtendedStatistic") != nullptr)) {
    c.bad(c.path, "either Statistic or ExtendedStatistic must be given");
  }
  if (!find_member(c.body, "Threshold") && !find_member(c.body, "ThresholdMetricId")) {
    c.bad(c.path, "Threshold is missing");
  }
  const Json* period = find_member(c.body, "Period");
  if (period && period->is_number_integer()) {
    const std::int64_t seconds = period->get<std::int64_t>();
    if (seconds != 10 && seconds != 20 && seconds != 30 && seconds % 60 != 0) {
      c.bad(c.path / "Period", std::to_string(seconds) + " is not 10, 20, 30 or a multiple of 60 seconds");
    }
  }
}

void check_dashboard(CheckContext& c) {
  const std::string body = text_member(c.body, "DashboardBody");
  if (!body.empty() && !json_object_in(body)) {
    c.bad(c.path / "DashboardBody", "must be a JSON object as text");
  }
}

ResourceType log_group() {
  ResourceType type;
  type.name = "AWS::Logs::LogGroup";
  type.name_property = "LogGroupName";
  type.name_length = 512;
  type.name_characters = "_-/.#";
  type.arn = "arn:{partition}:logs:{region}:{account}:log-group:{name}:*";
  type.ref = "{name}";
  type.key = "{name}";
  type.attributes = {{"Arn", "{arn}", ""}};
  type.properties = {
      text("LogGroupName"),
      integer("RetentionInDays"),
      text("KmsKeyId").without_effect(),
      text("LogGroupClass").without_effect(),
      anything("DataProtectionPolicy").without_effect(),
      anything("FieldIndexPolicies").without_effect(),
      anything("ResourcePolicyDocument").without_effect(),
      boolean("DeletionProtectionEnabled").without_effect(),
      tags(),
  };
  type.not_active = "log lines are not kept by group yet, and RetentionInDays removes nothing";
  type.check = check_log_group;
  return type;
}

ResourceType metric_filter() {
  ResourceType type;
  type.name = "AWS::Logs::MetricFilter";
  type.name_property = "FilterName";
  type.name_length = 512;
  type.name_characters = "_-/.# ";
  type.ref = "{name}";
  type.key = "{LogGroupName}:{name}";  // AWS: the name is unique within its log group
  type.properties = {
      text("FilterName"),
      text("LogGroupName").required(),
      text("FilterPattern").required().at_most(1024),
      objects("MetricTransformations",
              {text("MetricName").required().at_most(255), text("MetricNamespace").required().at_most(255),
               text("MetricValue").required(), number("DefaultValue"), text("Unit"),
               objects("Dimensions", {text("Key").required(), text("Value").required()}).at_most(3)})
          .required()
          .between(1, 1),
      boolean("ApplyOnTransformedLogs").without_effect(),
      anything("EmitSystemFieldDimensions").without_effect(),
      text("FieldSelectionCriteria").without_effect(),
  };
  type.not_active = "log lines do not become metrics yet";
  type.check = check_metric_filter;
  return type;
}

Property dimensions() {
  return objects("Dimensions", {text("Name").required().between(1, 255), text("Value").required().between(1, 1024)})
      .at_most(30);
}

Properties alarm_metric() {
  return {
      text("Id").required(),
      text("Expression"),
      text("Label"),
      boolean("ReturnData"),
      integer("Period").at_least(1),
      text("AccountId").without_effect(),
      object("MetricStat", {object("Metric", {text("MetricName"), text("Namespace"), dimensions()}).required(),
                            integer("Period").required().at_least(1), text("Stat").required(), text("Unit")}),
  };
}

Properties alarm_properties() {
  return {
      text("AlarmName"),
      text("AlarmDescription"),
      texts("AlarmActions").at_most(5),
      texts("OKActions").at_most(5),
      texts("InsufficientDataActions").at_most(5),
      boolean("ActionsEnabled"),
      one_of("ComparisonOperator", {"GreaterThanThreshold", "GreaterThanOrEqualToThreshold", "LessThanThreshold",
                                    "LessThanOrEqualToThreshold", "GreaterThanUpperThreshold", "LessThanLowerThreshold",
                                    "LessThanLowerOrGreaterThanUpperThreshold"})
          .required(),
      integer("EvaluationPeriods").required().at_least(1),
      integer("DatapointsToAlarm").at_least(1),
      text("MetricName"),
      text("Namespace"),
      dimensions(),
      objects("Metrics", alarm_metric()),
      integer("Period").at_least(1),
      one_of("Statistic", {"Average", "Maximum", "Minimum", "SampleCount", "Sum"}),
      text("ExtendedStatistic"),
      number("Threshold"),
      text("ThresholdMetricId"),
      one_of("TreatMissingData", {"breaching", "notBreaching", "ignore", "missing"}),
      text("EvaluateLowSampleCountPercentile"),
      text("Unit"),
      tags(),
  };
}

ResourceType alarm() {
  ResourceType type;
  type.name = "AWS::CloudWatch::Alarm";
  type.name_property = "AlarmName";
  type.name_length = 255;
  type.name_characters = "._-/ :()#&@+,=";
  type.arn = "arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}";
  type.ref = "{name}";
  type.key = "{name}";
  type.attributes = {{"Arn", "{arn}", ""}};
  type.properties = alarm_properties();
  type.not_active = "the alarm is not evaluated yet";
  type.check = check_alarm;
  return type;
}

ResourceType dashboard() {
  ResourceType type;
  type.name = "AWS::CloudWatch::Dashboard";
  type.name_property = "DashboardName";
  type.name_length = 255;
  type.name_characters = "_-";
  type.arn = "arn:{partition}:cloudwatch::{account}:dashboard/{name}";
  type.ref = "{name}";
  type.key = "{name}";
  type.properties = {text("DashboardName"), text("DashboardBody").required()};
  type.not_active = "the dashboard is not shown yet";
  type.check = check_dashboard;
  return type;
}

}  // namespace

std::vector<ResourceType> watch_types() { return {log_group(), metric_filter(), alarm(), dashboard()}; }

}  // namespace waybill::templates
