#include "api/request/common_shapes.h"
#include "api/request/operation_tables.h"

namespace waybill::api {

namespace {

constexpr std::string_view kRuleStateValues[] = {"ENABLED", "DISABLED",
                                                 "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"};
constexpr Shape kRuleState = one_of(kRuleStateValues);
constexpr Shape kScheduleExpression = at_most(256);
constexpr Shape kTagKeys = list_of(kTagKey);

constexpr Member kTestEventPattern[] = {{"EventPattern", kEventPattern, kNeeded}, {"Event", kAnyText, kNeeded}};
constexpr Member kPutRule[] = {{"Name", kName, kNeeded},
                               {"ScheduleExpression", kScheduleExpression},
                               {"EventPattern", kEventPattern},
                               {"State", kRuleState},
                               {"Description", kDescription},
                               {"RoleArn", kArn},
                               {"Tags", kTags},
                               {"EventBusName", kBusNameOrArn}};
constexpr Member kDeleteRule[] = {{"Name", kName, kNeeded}, {"EventBusName", kBusNameOrArn}, {"Force", kBoolean}};
constexpr Member kOneRule[] = {{"Name", kName, kNeeded}, {"EventBusName", kBusNameOrArn}};
constexpr Member kListRules[] = {
    {"NamePrefix", kName}, {"EventBusName", kBusNameOrArn}, {"NextToken", kNextToken}, {"Limit", kLimit}};
constexpr Member kTagResource[] = {{"ResourceARN", kArn, kNeeded}, {"Tags", kTags, kNeeded}};
constexpr Member kUntagResource[] = {{"ResourceARN", kArn, kNeeded}, {"TagKeys", kTagKeys, kNeeded}};
constexpr Member kListTagsForResource[] = {{"ResourceARN", kArn, kNeeded}};

constexpr OperationModel kRuleOperations[] = {
    {"TestEventPattern", Support::core, kTestEventPattern},
    {"PutRule", Support::core, kPutRule},
    {"DeleteRule", Support::core, kDeleteRule},
    {"DescribeRule", Support::core, kOneRule},
    {"EnableRule", Support::core, kOneRule},
    {"DisableRule", Support::core, kOneRule},
    {"ListRules", Support::core, kListRules},
    {"TagResource", Support::core, kTagResource},
    {"UntagResource", Support::core, kUntagResource},
    {"ListTagsForResource", Support::core, kListTagsForResource},
};

}  // namespace

std::span<const OperationModel> rule_operations() { return kRuleOperations; }

}  // namespace waybill::api
