// The table of SQS's operations, after the service model that today's clients carry.
#include <algorithm>
#include <array>

#include "api/sqs/sqs_shapes.h"

namespace waybill::api {

namespace sqs_tables {

using Shape = SqsShape;
using Member = SqsMember;

constexpr bool kRequired = true;

constexpr Shape kText{};
constexpr Shape kInteger{.kind = SqsKind::integer};
constexpr Shape kBoolean{.kind = SqsKind::boolean};
constexpr Shape kBlob{.kind = SqsKind::blob};
constexpr Shape kTexts = sqs_list(kText);
constexpr Shape kNamedTexts = sqs_map(kText, "Name");
constexpr Shape kTags = sqs_map(kText, "Key");

constexpr std::array kAttributeMembers{
    Member{"DataType", "DataType", kText, kRequired},
    Member{"StringValue", "StringValue", kText},
    Member{"BinaryValue", "BinaryValue", kBlob},
};
constexpr Shape kAttribute = sqs_structure(kAttributeMembers);
constexpr Shape kAttributes = sqs_map(kAttribute, "Name");

constexpr Member kQueueUrl{"QueueUrl", "QueueUrl", kText, kRequired};
constexpr Member kNextToken{"NextToken", "NextToken", kText};
constexpr Member kMaxResults{"MaxResults", "MaxResults", kInteger};
constexpr Member kQueueAttributes{"Attributes", "Attribute", kNamedTexts};

// ---- queues ----

constexpr std::array kQueueOnly{kQueueUrl};
constexpr std::array kQueueUrlAnswer{Member{"QueueUrl", "QueueUrl", kText}};
constexpr std::array kCreateQueue{
    Member{"QueueName", "QueueName", kText, kRequired},
    kQueueAttributes,
    Member{"tags", "Tag", kTags},
};
constexpr std::array kGetQueueUrl{
    Member{"QueueName", "QueueName", kText, kRequired},
    Member{"QueueOwnerAWSAccountId", "QueueOwnerAWSAccountId", kText},
};
constexpr std::array kListQueues{
    Member{"QueueNamePrefix", "QueueNamePrefix", kText},
    kNextToken,
    kMaxResults,
};
constexpr std::array kListQueuesAnswer{Member{"QueueUrls", "QueueUrl", kTexts}, kNextToken};
constexpr std::array kGetQueueAttributes{kQueueUrl, Member{"AttributeNames", "AttributeName", kTexts}};
constexpr std::array kQueueAttributesAnswer{kQueueAttributes};
constexpr std::array kSetQueueAttributes{kQueueUrl, Member{"Attributes", "Attribute", kNamedTexts, kRequired}};
constexpr std::array kListSources{kQueueUrl, kNextToken, kMaxResults};
constexpr std::array kListSourcesAnswer{Member{"queueUrls", "QueueUrl", kTexts}, kNextToken};

// ---- tags and permissions ----

constexpr std::array kTagQueue{kQueueUrl, Member{"Tags", "Tag", kTags, kRequired}};
constexpr std::array kUntagQueue{kQueueUrl, Member{"TagKeys", "TagKey", kTexts, kRequired}};
constexpr std::array kTagsAnswer{Member{"Tags", "Tag", kTags}};
constexpr std::array kAddPermission{
    kQueueUrl,
    Member{"Label", "Label", kText, kRequired},
    Member{"AWSAccountIds", "AWSAccountId", kTexts, kRequired},
    Member{"Actions", "ActionName", kTexts, kRequired},
};
constexpr std::array kRemovePermission{kQueueUrl, Member{"Label", "Label", kText, kRequired}};

// ---- sending ----

constexpr std::array kSendMessage{
    kQueueUrl,
    Member{"MessageBody", "MessageBody", kText, kRequired},
    Member{"DelaySeconds", "DelaySeconds", kInteger},
    Member{"MessageAttributes", "MessageAttribute", kAttributes},
    Member{"MessageSystemAttributes", "MessageSystemAttribute", kAttributes},
    Member{"MessageDeduplicationId", "MessageDeduplicationId", kText},
    Member{"MessageGroupId", "MessageGroupId", kText},
};
constexpr std::array kSendMessageAnswer{
    Member{"MD5OfMessageBody", "MD5OfMessageBody", kText},
    Member{"MD5OfMessageAttributes", "MD5OfMessageAttributes", kText},
    Member{"MD5OfMessageSystemAttributes", "MD5OfMessageSystemAttributes", kText},
    Member{"MessageId", "MessageId", kText},
    Member{"SequenceNumber", "SequenceNumber", kText},
};
// What an entry lacks fails it alone, so nothing of it is required here.
constexpr std::array kSendEntryMembers{
    Member{"Id", "Id", kText},
    Member{"MessageBody", "MessageBody", kText},
    Member{"DelaySeconds", "DelaySeconds", kInteger},
    Member{"MessageAttributes", "MessageAttribute", kAttributes},
    Member{"MessageSystemAttributes", "MessageSystemAttribute", kAttributes},
    Member{"MessageDeduplicationId", "MessageDeduplicationId", kText},
    Member{"MessageGroupId", "MessageGroupId", kText},
};
constexpr Shape kSendEntry = sqs_structure(kSendEntryMembers);
constexpr Shape kSendEntries = sqs_list(kSendEntry);
constexpr std::array kSendBatch{kQueueUrl, Member{"Entries", "SendMessageBatchRequestEntry", kSendEntries}};

constexpr std::array kFailedMembers{
    Member{"Id", "Id", kText},
    Member{"SenderFault", "SenderFault", kBoolean},
    Member{"Code", "Code", kText},
    Member{"Message", "Message", kText},
};
constexpr Shape kFailed = sqs_structure(kFailedMembers);
constexpr Shape kFailedList = sqs_list(kFailed);
constexpr Member kFailedEntries{"Failed", "BatchResultErrorEntry", kFailedList};

constexpr std::array kSentMembers{
    Member{"Id", "Id", kText},
    Member{"MessageId", "MessageId", kText},
    Member{"MD5OfMessageBody", "MD5OfMessageBody", kText},
    Member{"MD5OfMessageAttributes", "MD5OfMessageAttributes", kText},
    Member{"MD5OfMessageSystemAttributes", "MD5OfMessageSystemAttributes", kText},
    Member{"SequenceNumber", "SequenceNumber", kText},
};
constexpr Shape kSent = sqs_structure(kSentMembers);
constexpr Shape kSentList = sqs_list(kSent);
constexpr std::array kSendBatchAnswer{Member{"Successful", "SendMessageBatchResultEntry", kSentList}, kFailedEntries};

// ---- receiving ----

constexpr std::array kReceiveMessage{
    kQueueUrl,
    Member{"AttributeNames", "AttributeName", kTexts},
    Member{"MessageSystemAttributeNames", "MessageSystemAttributeName", kTexts},
    Member{"MessageAttributeNames", "MessageAttributeName", kTexts},
    Member{"MaxNumberOfMessages", "MaxNumberOfMessages", kInteger},
    Member{"VisibilityTimeout", "VisibilityTimeout", kInteger},
    Member{"WaitTimeSeconds", "WaitTimeSeconds", kInteger},
    Member{"ReceiveRequestAttemptId", "ReceiveRequestAttemptId", kText},
};
constexpr std::array kMessageMembers{
    Member{"MessageId", "MessageId", kText},
    Member{"ReceiptHandle", "ReceiptHandle", kText},
    Member{"MD5OfBody", "MD5OfBody", kText},
    Member{"Body", "Body", kText},
    Member{"Attributes", "Attribute", kNamedTexts},
    Member{"MD5OfMessageAttributes", "MD5OfMessageAttributes", kText},
    Member{"MessageAttributes", "MessageAttribute", kAttributes},
};
constexpr Shape kMessage = sqs_structure(kMessageMembers);
constexpr Shape kMessages = sqs_list(kMessage);
constexpr std::array kReceiveMessageAnswer{Member{"Messages", "Message", kMessages}};

// ---- what was received ----

constexpr std::array kDeleteMessage{kQueueUrl, Member{"ReceiptHandle", "ReceiptHandle", kText, kRequired}};
constexpr std::array kHandleEntryMembers{Member{"Id", "Id", kText}, Member{"ReceiptHandle", "ReceiptHandle", kText}};
constexpr Shape kHandleEntry = sqs_structure(kHandleEntryMembers);
constexpr Shape kHandleEntries = sqs_list(kHandleEntry);
constexpr std::array kDeleteBatch{kQueueUrl, Member{"Entries", "DeleteMessageBatchRequestEntry", kHandleEntries}};
constexpr std::array kIdMembers{Member{"Id", "Id", kText}};
constexpr Shape kId = sqs_structure(kIdMembers);
constexpr Shape kIds = sqs_list(kId);
constexpr std::array kDeleteBatchAnswer{Member{"Successful", "DeleteMessageBatchResultEntry", kIds}, kFailedEntries};
constexpr std::array kChangeVisibility{
    kQueueUrl,
    Member{"ReceiptHandle", "ReceiptHandle", kText, kRequired},
    Member{"VisibilityTimeout", "VisibilityTimeout", kInteger, kRequired},
};
constexpr std::array kVisibilityEntryMembers{
    Member{"Id", "Id", kText},
    Member{"ReceiptHandle", "ReceiptHandle", kText},
    Member{"VisibilityTimeout", "VisibilityTimeout", kInteger},
};
constexpr Shape kVisibilityEntry = sqs_structure(kVisibilityEntryMembers);
constexpr Shape kVisibilityEntries = sqs_list(kVisibilityEntry);
constexpr std::array kVisibilityBatch{
    kQueueUrl, Member{"Entries", "ChangeMessageVisibilityBatchRequestEntry", kVisibilityEntries}};
constexpr std::array kVisibilityBatchAnswer{Member{"Successful", "ChangeMessageVisibilityBatchResultEntry", kIds},
                                            kFailedEntries};

// ---- message move tasks ----

constexpr std::array kStartMove{
    Member{"SourceArn", "SourceArn", kText, kRequired},
    Member{"DestinationArn", "DestinationArn", kText},
    Member{"MaxNumberOfMessagesPerSecond", "MaxNumberOfMessagesPerSecond", kInteger},
};
constexpr std::array kStartMoveAnswer{Member{"TaskHandle", "TaskHandle", kText}};
constexpr std::array kCancelMove{Member{"TaskHandle", "TaskHandle", kText, kRequired}};
constexpr std::array kCancelMoveAnswer{
    Member{"ApproximateNumberOfMessagesMoved", "ApproximateNumberOfMessagesMoved", kInteger}};
constexpr std::array kListMoves{Member{"SourceArn", "SourceArn", kText, kRequired}, kMaxResults};
constexpr std::array kMoveMembers{
    Member{"TaskHandle", "TaskHandle", kText},
    Member{"Status", "Status", kText},
    Member{"SourceArn", "SourceArn", kText},
    Member{"DestinationArn", "DestinationArn", kText},
    Member{"MaxNumberOfMessagesPerSecond", "MaxNumberOfMessagesPerSecond", kInteger},
    Member{"ApproximateNumberOfMessagesMoved", "ApproximateNumberOfMessagesMoved", kInteger},
    Member{"ApproximateNumberOfMessagesToMove", "ApproximateNumberOfMessagesToMove", kInteger},
    Member{"FailureReason", "FailureReason", kText},
    Member{"StartedTimestamp", "StartedTimestamp", kInteger},
};
constexpr Shape kMove = sqs_structure(kMoveMembers);
constexpr Shape kMoves = sqs_list(kMove);
constexpr std::array kListMovesAnswer{Member{"Results", "ListMessageMoveTasksResultEntry", kMoves}};

constexpr std::array kModels{
    SqsOperationModel{"AddPermission", kAddPermission, {}},
    SqsOperationModel{"CancelMessageMoveTask", kCancelMove, kCancelMoveAnswer},
    SqsOperationModel{"ChangeMessageVisibility", kChangeVisibility, {}},
    SqsOperationModel{"ChangeMessageVisibilityBatch", kVisibilityBatch, kVisibilityBatchAnswer},
    SqsOperationModel{"CreateQueue", kCreateQueue, kQueueUrlAnswer},
    SqsOperationModel{"DeleteMessage", kDeleteMessage, {}},
    SqsOperationModel{"DeleteMessageBatch", kDeleteBatch, kDeleteBatchAnswer},
    SqsOperationModel{"DeleteQueue", kQueueOnly, {}},
    SqsOperationModel{"GetQueueAttributes", kGetQueueAttributes, kQueueAttributesAnswer},
    SqsOperationModel{"GetQueueUrl", kGetQueueUrl, kQueueUrlAnswer},
    SqsOperationModel{"ListDeadLetterSourceQueues", kListSources, kListSourcesAnswer},
    SqsOperationModel{"ListMessageMoveTasks", kListMoves, kListMovesAnswer},
    SqsOperationModel{"ListQueueTags", kQueueOnly, kTagsAnswer},
    SqsOperationModel{"ListQueues", kListQueues, kListQueuesAnswer},
    SqsOperationModel{"PurgeQueue", kQueueOnly, {}},
    SqsOperationModel{"ReceiveMessage", kReceiveMessage, kReceiveMessageAnswer},
    SqsOperationModel{"RemovePermission", kRemovePermission, {}},
    SqsOperationModel{"SendMessage", kSendMessage, kSendMessageAnswer},
    SqsOperationModel{"SendMessageBatch", kSendBatch, kSendBatchAnswer},
    SqsOperationModel{"SetQueueAttributes", kSetQueueAttributes, {}},
    SqsOperationModel{"StartMessageMoveTask", kStartMove, kStartMoveAnswer},
    SqsOperationModel{"TagQueue", kTagQueue, {}},
    SqsOperationModel{"UntagQueue", kUntagQueue, {}},
};

}  // namespace sqs_tables

const SqsOperationModel* sqs_operation_model(std::string_view name) {
  const auto found = std::find_if(sqs_tables::kModels.begin(), sqs_tables::kModels.end(),
                                  [&](const auto& each) { return each.name == name; });
  return found == sqs_tables::kModels.end() ? nullptr : &*found;
}

std::span<const SqsOperationModel> sqs_operation_models() { return sqs_tables::kModels; }

}  // namespace waybill::api
