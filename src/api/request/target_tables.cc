#include "api/request/common_shapes.h"
#include "api/request/operation_tables.h"

namespace waybill::api {

namespace {

constexpr Shape kInputPath = at_most(256);
constexpr Shape kPathKey = text({1, 256}, &kPathKeyPattern);
constexpr Shape kPathsMap = map_of(kPathKey, kInputPath, {.most = 100});
constexpr Shape kInputTemplate = text({1, 8192});
constexpr Member kTransformerMembers[] = {{"InputPathsMap", kPathsMap}, {"InputTemplate", kInputTemplate, kNeeded}};
constexpr Shape kTransformer = structure("InputTransformer", kTransformerMembers);

constexpr Member kKinesisMembers[] = {{"PartitionKeyPath", kInputPath, kNeeded}};
constexpr Shape kKinesis = structure("KinesisParameters", kKinesisMembers);

constexpr Shape kRunCommandKey = text({1, 128}, &kRunCommandKeyPattern);
constexpr Shape kRunCommandValue = text({1, 256});
constexpr Shape kRunCommandValues = list_of(kRunCommandValue, {1, 50});
constexpr Member kRunCommandTargetMembers[] = {{"Key", kRunCommandKey, kNeeded},
                                               {"Values", kRunCommandValues, kNeeded}};
constexpr Shape kRunCommandTarget = structure("RunCommandTarget", kRunCommandTargetMembers);
constexpr Shape kRunCommandTargets = list_of(kRunCommandTarget, {1, 5});
constexpr Member kRunCommandMembers[] = {{"RunCommandTargets", kRunCommandTargets, kNeeded}};
constexpr Shape kRunCommand = structure("RunCommandParameters", kRunCommandMembers);

constexpr Shape kAnyTexts = list_of(kAnyText);
constexpr std::string_view kLaunchTypeValues[] = {"EC2", "FARGATE", "EXTERNAL"};
constexpr Shape kLaunchType = one_of(kLaunchTypeValues);
constexpr std::string_view kPublicIpValues[] = {"ENABLED", "DISABLED"};
constexpr Shape kPublicIp = one_of(kPublicIpValues);
constexpr Member kAwsVpcMembers[] = {
    {"Subnets", kAnyTexts, kNeeded}, {"SecurityGroups", kAnyTexts}, {"AssignPublicIp", kPublicIp}};
constexpr Shape kAwsVpc = structure("AwsVpcConfiguration", kAwsVpcMembers);
constexpr Member kNetworkMembers[] = {{"awsvpcConfiguration", kAwsVpc}};
constexpr Shape kNetwork = structure("NetworkConfiguration", kNetworkMembers);
constexpr Shape kProviderName = text({1, 255});
constexpr Shape kProviderWeight = integer({0, 1000});
constexpr Shape kProviderBase = integer({0, 100'000});
constexpr Member kProviderMembers[] = {
    {"capacityProvider", kProviderName, kNeeded}, {"weight", kProviderWeight}, {"base", kProviderBase}};
constexpr Shape kProvider = structure("CapacityProviderStrategyItem", kProviderMembers);
constexpr Shape kProviders = list_of(kProvider, {.most = 6});
constexpr std::string_view kPlacementConstraintValues[] = {"distinctInstance", "memberOf"};
constexpr Shape kPlacementConstraintType = one_of(kPlacementConstraintValues);
constexpr Shape kPlacementExpression = at_most(2000);
constexpr Member kPlacementConstraintMembers[] = {{"type", kPlacementConstraintType},
                                                  {"expression", kPlacementExpression}};
constexpr Shape kPlacementConstraint = structure("PlacementConstraint", kPlacementConstraintMembers);
constexpr Shape kPlacementConstraints = list_of(kPlacementConstraint, {.most = 10});
constexpr std::string_view kPlacementStrategyValues[] = {"random", "spread", "binpack"};
constexpr Shape kPlacementStrategyType = one_of(kPlacementStrategyValues);
constexpr Shape kPlacementField = at_most(255);
constexpr Member kPlacementStrategyMembers[] = {{"type", kPlacementStrategyType}, {"field", kPlacementField}};
constexpr Shape kPlacementStrategy = structure("PlacementStrategy", kPlacementStrategyMembers);
constexpr Shape kPlacementStrategies = list_of(kPlacementStrategy, {.most = 5});
constexpr std::string_view kPropagateTagsValues[] = {"TASK_DEFINITION"};
constexpr Shape kPropagateTags = one_of(kPropagateTagsValues);
constexpr Shape kReferenceId = at_most(1024);
constexpr Shape kTaskCount = integer({.least = 1});
constexpr Member kEcsMembers[] = {{"TaskDefinitionArn", kArn, kNeeded},
                                  {"TaskCount", kTaskCount},
                                  {"LaunchType", kLaunchType},
                                  {"NetworkConfiguration", kNetwork},
                                  {"PlatformVersion", kAnyText},
                                  {"Group", kAnyText},
                                  {"CapacityProviderStrategy", kProviders},
                                  {"EnableECSManagedTags", kBoolean},
                                  {"EnableExecuteCommand", kBoolean},
                                  {"PlacementConstraints", kPlacementConstraints},
                                  {"PlacementStrategy", kPlacementStrategies},
                                  {"PropagateTags", kPropagateTags},
                                  {"ReferenceId", kReferenceId},
                                  {"Tags", kTags}};
constexpr Shape kEcs = structure("EcsParameters", kEcsMembers);

constexpr Member kArrayMembers[] = {{"Size", kAnyInteger}};
constexpr Shape kArray = structure("BatchArrayProperties", kArrayMembers);
constexpr Member kBatchRetryMembers[] = {{"Attempts", kAnyInteger}};
constexpr Shape kBatchRetry = structure("BatchRetryStrategy", kBatchRetryMembers);
constexpr Member kBatchMembers[] = {{"JobDefinition", kAnyText, kNeeded},
                                    {"JobName", kAnyText, kNeeded},
                                    {"ArrayProperties", kArray},
                                    {"RetryStrategy", kBatchRetry}};
constexpr Shape kBatchBlock = structure("BatchParameters", kBatchMembers);

constexpr Shape kMessageGroup = at_most(100);
constexpr Member kSqsMembers[] = {{"MessageGroupId", kMessageGroup}};
constexpr Shape kSqs = structure("SqsParameters", kSqsMembers);

constexpr Shape kPathParameter{.pattern = &kPathParameterPattern};
constexpr Shape kPathParameters = list_of(kPathParameter);
constexpr Shape kHeaderMap = map_of(kHeaderKey, kHeaderValue);
constexpr Shape kQueryMap = map_of(kQueryKey, kQueryValue);
constexpr Member kHttpMembers[] = {
    {"PathParameterValues", kPathParameters}, {"HeaderParameters", kHeaderMap}, {"QueryStringParameters", kQueryMap}};
constexpr Shape kHttp = structure("HttpParameters", kHttpMembers);

constexpr Shape kRedshiftSecret = text({1, 1600}, &kRedshiftSecretPattern);
constexpr Shape kDatabase = text({1, 64});
constexpr Shape kDbUser = text({1, 128});
constexpr Shape kSql = secret(text({1, 100'000}));
constexpr Shape kSqls = secret(list_of(kSql, {0, 40}));
constexpr Shape kStatementName = text({1, 500});
constexpr Member kRedshiftMembers[] = {
    {"SecretManagerArn", kRedshiftSecret}, {"Database", kDatabase, kNeeded}, {"DbUser", kDbUser}, {"Sql", kSql},
    {"StatementName", kStatementName},     {"WithEvent", kBoolean},          {"Sqls", kSqls}};
constexpr Shape kRedshift = structure("RedshiftDataParameters", kRedshiftMembers);

constexpr Shape kPipelineName = text({1, 256}, &kPipelineParameterPattern);
constexpr Shape kPipelineValue = at_most(1024);
constexpr Member kPipelineParameterMembers[] = {{"Name", kPipelineName, kNeeded}, {"Value", kPipelineValue, kNeeded}};
constexpr Shape kPipelineParameter = structure("SageMakerPipelineParameter", kPipelineParameterMembers);
constexpr Shape kPipelineParameters = list_of(kPipelineParameter, {0, 200});
constexpr Member kPipelineMembers[] = {{"PipelineParameterList", kPipelineParameters}};
constexpr Shape kPipeline = structure("SageMakerPipelineParameters", kPipelineMembers);

constexpr Shape kRetryAttempts = integer({0, 185});
constexpr Shape kEventAge = integer({60, 86'400});
constexpr Member kRetryMembers[] = {{"MaximumRetryAttempts", kRetryAttempts}, {"MaximumEventAgeInSeconds", kEventAge}};
constexpr Shape kRetry = structure("RetryPolicy", kRetryMembers);

constexpr Shape kGraphQl = secret(text({1, 1'048'576}));
constexpr Member kAppSyncMembers[] = {{"GraphQLOperation", kGraphQl}};
constexpr Shape kAppSync = structure("AppSyncParameters", kAppSyncMembers);

constexpr Shape kInput = at_most(8192);
constexpr Member kTargetMembers[] = {{"Id", kName, kNeeded},
                                     {"Arn", kArn, kNeeded},
                                     {"RoleArn", kArn},
                                     {"Input", kInput},
                                     {"InputPath", kInputPath},
                                     {"InputTransformer", kTransformer},
                                     {"KinesisParameters", kKinesis},
                                     {"RunCommandParameters", kRunCommand},
                                     {"EcsParameters", kEcs},
                                     {"BatchParameters", kBatchBlock},
                                     {"SqsParameters", kSqs},
                                     {"HttpParameters", kHttp},
                                     {"RedshiftDataParameters", kRedshift},
                                     {"SageMakerPipelineParameters", kPipeline},
                                     {"DeadLetterConfig", kDeadLetterConfig},
                                     {"RetryPolicy", kRetry},
                                     {"AppSyncParameters", kAppSync}};
constexpr Shape kTarget = structure("Target", kTargetMembers);
constexpr Shape kTargets = list_of(kTarget, {1, 100});
constexpr Shape kTargetIds = list_of(kName, {1, 100});

constexpr Member kPutTargets[] = {
    {"Rule", kName, kNeeded}, {"EventBusName", kBusNameOrArn}, {"Targets", kTargets, kNeeded}};
constexpr Member kRemoveTargets[] = {
    {"Rule", kName, kNeeded}, {"EventBusName", kBusNameOrArn}, {"Ids", kTargetIds, kNeeded}, {"Force", kBoolean}};
constexpr Member kListTargetsByRule[] = {
    {"Rule", kName, kNeeded}, {"EventBusName", kBusNameOrArn}, {"NextToken", kNextToken}, {"Limit", kLimit}};
constexpr Member kListRuleNamesByTarget[] = {
    {"TargetArn", kArn, kNeeded}, {"EventBusName", kBusNameOrArn}, {"NextToken", kNextToken}, {"Limit", kLimit}};

constexpr OperationModel kTargetOperations[] = {
    {"PutTargets", Support::core, kPutTargets},
    {"RemoveTargets", Support::core, kRemoveTargets},
    {"ListTargetsByRule", Support::core, kListTargetsByRule},
    {"ListRuleNamesByTarget", Support::core, kListRuleNamesByTarget},
};

}  // namespace

std::span<const OperationModel> target_operations() { return kTargetOperations; }

}  // namespace waybill::api
