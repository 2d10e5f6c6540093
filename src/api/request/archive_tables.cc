#include "api/request/common_shapes.h"
#include "api/request/operation_tables.h"

namespace waybill::api {

namespace {

constexpr std::string_view kArchiveStateValues[] = {"ENABLED",  "DISABLED",      "CREATING",
                                                    "UPDATING", "CREATE_FAILED", "UPDATE_FAILED"};
constexpr Shape kArchiveState = one_of(kArchiveStateValues);
constexpr std::string_view kReplayStateValues[] = {"CANCELLED", "CANCELLING", "COMPLETED",
                                                   "FAILED",    "RUNNING",    "STARTING"};
constexpr Shape kReplayState = one_of(kReplayStateValues);
constexpr Shape kArchiveName = text({1, 48}, &kNamePattern);  // N48
constexpr Shape kRetentionDays = integer({.least = 0});

constexpr Shape kFilterArns = list_of(kArn);
constexpr Member kDestinationMembers[] = {{"Arn", kArn, kNeeded}, {"FilterArns", kFilterArns}};
constexpr Shape kDestination = structure("ReplayDestination", kDestinationMembers);

constexpr Member kCreateArchive[] = {{"ArchiveName", kArchiveName, kNeeded}, {"EventSourceArn", kEventsArn, kNeeded},
                                     {"Description", kOneLineDescription},   {"EventPattern", kEventPattern},
                                     {"RetentionDays", kRetentionDays},      {"KmsKeyIdentifier", kKmsKey}};
constexpr Member kOneArchive[] = {{"ArchiveName", kArchiveName, kNeeded}};
constexpr Member kListArchives[] = {{"NamePrefix", kArchiveName},
                                    {"EventSourceArn", kEventsArn},
                                    {"State", kArchiveState},
                                    {"NextToken", kNextToken},
                                    {"Limit", kLimit}};
constexpr Member kUpdateArchive[] = {{"ArchiveName", kArchiveName, kNeeded},
                                     {"Description", kOneLineDescription},
                                     {"EventPattern", kEventPattern},
                                     {"RetentionDays", kRetentionDays},
                                     {"KmsKeyIdentifier", kKmsKey}};
constexpr Member kStartReplay[] = {{"ReplayName", kName, kNeeded},          {"Description", kOneLineDescription},
                                   {"EventSourceArn", kEventsArn, kNeeded}, {"EventStartTime", kTimestamp, kNeeded},
                                   {"EventEndTime", kTimestamp, kNeeded},   {"Destination", kDestination, kNeeded}};
constexpr Member kOneReplay[] = {{"ReplayName", kName, kNeeded}};
constexpr Member kListReplays[] = {{"NamePrefix", kName},
                                   {"State", kReplayState},
                                   {"EventSourceArn", kEventsArn},
                                   {"NextToken", kNextToken},
                                   {"Limit", kLimit}};

constexpr OperationModel kArchiveOperations[] = {
    {"CreateArchive", Support::core, kCreateArchive}, {"DeleteArchive", Support::core, kOneArchive},
    {"DescribeArchive", Support::core, kOneArchive},  {"ListArchives", Support::core, kListArchives},
    {"UpdateArchive", Support::core, kUpdateArchive}, {"StartReplay", Support::core, kStartReplay},
    {"CancelReplay", Support::core, kOneReplay},      {"DescribeReplay", Support::core, kOneReplay},
    {"ListReplays", Support::core, kListReplays},
};

}  // namespace

std::span<const OperationModel> archive_operations() { return kArchiveOperations; }

}  // namespace waybill::api
