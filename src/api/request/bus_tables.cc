#include "api/request/common_shapes.h"
#include "api/request/operation_tables.h"

namespace waybill::api {

namespace {

constexpr std::string_view kIncludeDetailValues[] = {"NONE", "FULL"};
constexpr Shape kIncludeDetail = one_of(kIncludeDetailValues);
constexpr std::string_view kLogLevelValues[] = {"OFF", "ERROR", "INFO", "TRACE"};
constexpr Shape kLogLevel = one_of(kLogLevelValues);
constexpr Member kLogMembers[] = {{"IncludeDetail", kIncludeDetail}, {"Level", kLogLevel}};
constexpr Shape kLogConfig = structure("LogConfig", kLogMembers);

constexpr Shape kAction = text({1, 64}, &kActionPattern);
constexpr Shape kPrincipal = text({1, 12}, &kPrincipalPattern);
constexpr Shape kStatementId = text({1, 64}, &kStatementIdPattern);
constexpr Member kConditionMembers[] = {
    {"Type", kAnyText, kNeeded}, {"Key", kAnyText, kNeeded}, {"Value", kAnyText, kNeeded}};
constexpr Shape kCondition = structure("Condition", kConditionMembers);

constexpr Member kCreateEventBus[] = {{"Name", kBusName, kNeeded},
                                      {"EventSourceName", kPartnerSource},
                                      {"Description", kDescription},
                                      {"KmsKeyIdentifier", kKmsKey},
                                      {"DeadLetterConfig", kDeadLetterConfig},
                                      {"LogConfig", kLogConfig},
                                      {"Tags", kTags}};
constexpr Member kDeleteEventBus[] = {{"Name", kBusName, kNeeded}};
constexpr Member kDescribeEventBus[] = {{"Name", kBusNameOrArn}};
constexpr Member kListEventBuses[] = {{"NamePrefix", kBusName}, {"NextToken", kNextToken}, {"Limit", kLimit}};
constexpr Member kUpdateEventBus[] = {{"Name", kBusName},
                                      {"KmsKeyIdentifier", kKmsKey},
                                      {"Description", kDescription},
                                      {"DeadLetterConfig", kDeadLetterConfig},
                                      {"LogConfig", kLogConfig}};
constexpr Member kPutPermission[] = {{"EventBusName", kOwnBusName}, {"Action", kAction},
                                     {"Principal", kPrincipal},     {"StatementId", kStatementId},
                                     {"Condition", kCondition},     {"Policy", kAnyText}};
constexpr Member kRemovePermission[] = {
    {"StatementId", kStatementId}, {"RemoveAllPermissions", kBoolean}, {"EventBusName", kOwnBusName}};

constexpr OperationModel kBusOperations[] = {
    {"CreateEventBus", Support::core, kCreateEventBus},     {"DeleteEventBus", Support::core, kDeleteEventBus},
    {"DescribeEventBus", Support::core, kDescribeEventBus}, {"ListEventBuses", Support::core, kListEventBuses},
    {"UpdateEventBus", Support::core, kUpdateEventBus},     {"PutPermission", Support::core, kPutPermission},
    {"RemovePermission", Support::core, kRemovePermission},
};

}  // namespace

std::span<const OperationModel> bus_operations() { return kBusOperations; }

}  // namespace waybill::api
