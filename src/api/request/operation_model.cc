#include "api/request/operation_model.h"

#include <algorithm>
#include <vector>

#include "api/request/operation_tables.h"

namespace waybill::api {

namespace {

constexpr OperationModel kWithoutModel[] = {
    {"PutEvents", Support::core},
    {"ActivateEventSource", Support::unsupported},
    {"CreateEndpoint", Support::unsupported},
    {"CreatePartnerEventSource", Support::unsupported},
    {"DeactivateEventSource", Support::unsupported},
    {"DeleteEndpoint", Support::unsupported},
    {"DeletePartnerEventSource", Support::unsupported},
    {"DescribeEndpoint", Support::unsupported},
    {"DescribeEventSource", Support::unsupported},
    {"DescribePartnerEventSource", Support::unsupported},
    {"ListEndpoints", Support::unsupported},
    {"ListEventSources", Support::unsupported},
    {"ListPartnerEventSourceAccounts", Support::unsupported},
    {"ListPartnerEventSources", Support::unsupported},
    {"PutPartnerEvents", Support::unsupported},
    {"UpdateEndpoint", Support::unsupported},
};

std::vector<const OperationModel*> joined_tables() {
  std::vector<const OperationModel*> all;
  for (const auto table :
       {std::span<const OperationModel>(kWithoutModel), bus_operations(), rule_operations(), target_operations(),
        archive_operations(), connection_operations(), api_destination_operations()}) {
    for (const OperationModel& each : table) all.push_back(&each);
  }
  return all;
}

}  // namespace

std::span<const OperationModel* const> operations() {
  static const std::vector<const OperationModel*> kAll = joined_tables();
  return kAll;
}

const OperationModel* operation(std::string_view name) {
  const auto all = operations();
  const auto found = std::find_if(all.begin(), all.end(), [name](const auto* each) { return each->name == name; });
  return found == all.end() ? nullptr : *found;
}

}  // namespace waybill::api
