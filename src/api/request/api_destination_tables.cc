#include "api/request/common_shapes.h"
#include "api/request/operation_tables.h"

namespace waybill::api {

namespace {

constexpr std::string_view kDestinationMethodValues[] = {"HEAD", "POST", "PATCH", "DELETE", "PUT", "GET", "OPTIONS"};
constexpr Shape kDestinationMethod = one_of(kDestinationMethodValues);
constexpr Shape kInvocationRate = integer({.least = 1});

constexpr Member kCreateApiDestination[] = {{"Name", kName, kNeeded},
                                            {"Description", kOneLineDescription},
                                            {"ConnectionArn", kConnectionArn, kNeeded},
                                            {"InvocationEndpoint", kUrl, kNeeded},
                                            {"HttpMethod", kDestinationMethod, kNeeded},
                                            {"InvocationRateLimitPerSecond", kInvocationRate}};
constexpr Member kUpdateApiDestination[] = {
    {"Name", kName, kNeeded},           {"Description", kOneLineDescription},
    {"ConnectionArn", kConnectionArn},  {"InvocationEndpoint", kUrl},
    {"HttpMethod", kDestinationMethod}, {"InvocationRateLimitPerSecond", kInvocationRate}};
constexpr Member kOneApiDestination[] = {{"Name", kName, kNeeded}};
constexpr Member kListApiDestinations[] = {
    {"NamePrefix", kName}, {"ConnectionArn", kConnectionArn}, {"NextToken", kNextToken}, {"Limit", kLimit}};

constexpr OperationModel kApiDestinationOperations[] = {
    {"CreateApiDestination", Support::later, kCreateApiDestination},
    {"UpdateApiDestination", Support::later, kUpdateApiDestination},
    {"DeleteApiDestination", Support::later, kOneApiDestination},
    {"DescribeApiDestination", Support::later, kOneApiDestination},
    {"ListApiDestinations", Support::later, kListApiDestinations},
};

}  // namespace

std::span<const OperationModel> api_destination_operations() { return kApiDestinationOperations; }

}  // namespace waybill::api
