#include "template/batch_times.h"

#include <cstdint>
#include <map>
#include <utility>

#include "template/json.h"
#include "template/text.h"

namespace waybill::templates {

namespace {

// AWS's defaults, in seconds.
constexpr std::int64_t kVisibility = 30;
constexpr std::int64_t kTimeout = 3;

std::int64_t seconds_of(const Json& body, const char* property, std::int64_t otherwise) {
  const Json* value = find_member(body, property);
  return value ? integer_of(scalar_text(*value).value_or("")).value_or(otherwise) : otherwise;
}

class Times {
 public:
  void know(const Resource& resource) {
    const bool is_queue = resource.key.kind == "AWS::SQS::Queue";
    if (!is_queue && resource.key.kind != "AWS::Lambda::Function") return;
    const Json body = Json::parse(resource.body, nullptr, false);
    const Known known{resource.key.name, is_queue ? seconds_of(body, "VisibilityTimeout", kVisibility)
                                                  : seconds_of(body, "Timeout", kTimeout)};
    (is_queue ? queues_ : functions_)[text_member(body, "Arn")] = known;
    if (!is_queue) functions_[resource.key.name] = known;
  }

  void check(const Resource& resource, std::vector<Notice>& notices) const {
    if (resource.key.kind != "AWS::Lambda::EventSourceMapping") return;
    const Json body = Json::parse(resource.body, nullptr, false);
    const auto queue = queues_.find(text_member(body, "EventSourceArn"));
    if (queue == queues_.end()) return;
    const auto say = [&](const std::string& text) {
      notices.push_back({Notice::Kind::doubtful, resource.owner, text_member(body, "LogicalId"), resource.key.name,
                         resource.key.kind,
                         "the VisibilityTimeout of queue " + queue->second.name + " is " + in_seconds(queue->second) +
                             ", and " + text});
    };
    const auto function = functions_.find(text_member(body, "FunctionName"));
    if (function != functions_.end() && function->second.seconds > queue->second.seconds) {
      say("the Timeout of function " + function->second.name + " is " + in_seconds(function->second) +
          ": messages are received again while it works; AWS refuses this, and advises six times the Timeout");
    }
    const std::int64_t window = seconds_of(body, "MaximumBatchingWindowInSeconds", 0);
    if (window > 0 && window >= queue->second.seconds) {
      say("MaximumBatchingWindowInSeconds is " + std::to_string(window) +
          ": messages are received again while their batch waits");
    }
  }

 private:
  struct Known {
    std::string name;
    std::int64_t seconds = 0;
  };
  static std::string in_seconds(const Known& known) { return std::to_string(known.seconds) + " seconds"; }

  std::map<std::string, Known> queues_;     // by ARN
  std::map<std::string, Known> functions_;  // by name and by ARN
};

}  // namespace

std::vector<Notice> doubtful_batch_times(const std::vector<LoadedTemplate>& templates,
                                         const std::vector<Resource>& in_catalog) {
  Times times;
  for (const Resource& resource : in_catalog) times.know(resource);
  for (const LoadedTemplate& loaded : templates) {
    for (const Resource& resource : loaded.resources) times.know(resource);
  }
  std::vector<Notice> notices;
  for (const LoadedTemplate& loaded : templates) {
    for (const Resource& resource : loaded.resources) times.check(resource, notices);
  }
  return notices;
}

}  // namespace waybill::templates
