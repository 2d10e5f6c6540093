#include "template/resource_types.h"

#include <algorithm>
#include <array>

#include "template/nearest.h"
#include "template/text.h"

namespace waybill::templates {

const std::vector<ResourceType>& resource_types() {
  static const std::vector<ResourceType> all = [] {
    std::vector<ResourceType> types;
    for (auto part : {event_types(), destination_types(), data_types(), queue_types(), function_types(), watch_types(),
                      permission_types()}) {
      types.insert(types.end(), part.begin(), part.end());
    }
    std::sort(types.begin(), types.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return types;
  }();
  return all;
}

const ResourceType* find_resource_type(std::string_view name) {
  const auto& all = resource_types();
  const auto found =
      std::lower_bound(all.begin(), all.end(), name,
                       [](const ResourceType& type, std::string_view wanted) { return type.name < wanted; });
  return found != all.end() && found->name == name ? &*found : nullptr;
}

std::string unknown_type_text(const std::string& name) {
  static constexpr std::array<std::string_view, 2> kServices = {"AWS::ApiGateway::", "AWS::SSM::"};
  std::vector<std::string> names;
  for (const ResourceType& type : resource_types()) names.push_back(type.name);
  const bool coming = std::any_of(kServices.begin(), kServices.end(),
                                  [&](std::string_view service) { return name.starts_with(service); });
  return "the type " + in_quotes(name) + (coming ? " is not supported by Waybill yet" : " is not known to Waybill") +
         "; the nearest is " + nearest(name, names);
}

int removal_order(std::string_view kind) {
  static constexpr std::array<std::string_view, 18> kOrder = {"AWS::CloudWatch::Dashboard",
                                                              "AWS::CloudWatch::Alarm",
                                                              "AWS::Logs::MetricFilter",
                                                              "AWS::Events::Archive",
                                                              "AWS::Events::Rule",
                                                              "AWS::Events::EventBusPolicy",
                                                              "AWS::Events::ApiDestination",
                                                              "AWS::Events::Connection",
                                                              "AWS::SNS::Subscription",
                                                              "AWS::SNS::TopicPolicy",
                                                              "AWS::SQS::QueuePolicy",
                                                              "AWS::Lambda::EventSourceMapping",
                                                              "AWS::Lambda::Permission",
                                                              "AWS::Lambda::EventInvokeConfig",
                                                              "AWS::Lambda::Function",
                                                              "AWS::IAM::Policy",
                                                              "AWS::IAM::Role",
                                                              "AWS::IAM::ManagedPolicy"};
  const auto found = std::find(kOrder.begin(), kOrder.end(), kind);
  return static_cast<int>(found - kOrder.begin());
}

}  // namespace waybill::templates
