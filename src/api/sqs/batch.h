// Batches of SQS: what holds for all of their entries, and one answer per entry.
#pragma once

#include <string>
#include <vector>

#include "api/sqs/sqs_protocol.h"

namespace waybill::api {

inline constexpr std::size_t kMostSqsEntries = 10;

// The Entries of a request. Faults: EmptyBatchRequest, TooManyEntriesInBatchRequest, InvalidBatchEntryId,
// BatchEntryIdsNotDistinct. entry_name: "SendMessageBatchRequestEntry".
control::Answer<> check_sqs_batch(const SqsJson& request, const std::string& entry_name);

// {Successful, Failed} from one answer per entry, in order; as on AWS, neither of them is empty.
SqsJson sqs_batch_answer(const SqsJson& entries, const std::vector<SqsAnswer>& answers);

}  // namespace waybill::api
