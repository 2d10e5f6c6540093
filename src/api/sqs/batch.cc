#include "api/sqs/batch.h"

#include <algorithm>
#include <set>

#include "base/ascii.h"

namespace waybill::api {

namespace {

constexpr std::size_t kLongestId = 80;

bool is_entry_id(const std::string& id) {
  return !id.empty() && id.size() <= kLongestId && std::all_of(id.begin(), id.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
  });
}

}  // namespace

control::Answer<> check_sqs_batch(const SqsJson& request, const std::string& entry_name) {
  const auto entries = request.find("Entries");
  if (entries == request.end() || entries->empty()) {
    return control::Fault("EmptyBatchRequest", "There should be at least one " + entry_name + " in the request.");
  }
  if (entries->size() > kMostSqsEntries) {
    return control::Fault(
        "TooManyEntriesInBatchRequest",
        "Maximum number of entries per request are 10. You have sent " + std::to_string(entries->size()) + ".");
  }
  std::set<std::string> ids;
  for (const SqsJson& entry : *entries) {
    const std::string id = entry.value("Id", "");
    if (!is_entry_id(id)) {
      return control::Fault("InvalidBatchEntryId",
                            "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It "
                            "can be at most 80 letters long.");
    }
    if (!ids.insert(id).second) return control::Fault("BatchEntryIdsNotDistinct", "Id " + id + " repeated.");
  }
  return {};
}

SqsJson sqs_batch_answer(const SqsJson& entries, const std::vector<SqsAnswer>& answers) {
  SqsJson successful = SqsJson::array(), failed = SqsJson::array();
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const SqsJson& id = entries[i]["Id"];
    if (answers[i]) {
      SqsJson entry = *answers[i];
      entry["Id"] = id;
      successful.push_back(std::move(entry));
      continue;
    }
    const control::Fault& fault = answers[i].error();
    failed.push_back(
        {{"Id", id}, {"SenderFault", fault.status < 500}, {"Code", sqs_query_code(fault)}, {"Message", fault.message}});
  }
  SqsJson answer = SqsJson::object();
  if (!successful.empty()) answer["Successful"] = std::move(successful);
  if (!failed.empty()) answer["Failed"] = std::move(failed);
  return answer;
}

}  // namespace waybill::api
