// Operations on queues themselves: answered from the catalog by the control room, on a worker.
#include <algorithm>

#include "api/sqs/sqs_api.h"
#include "api/sqs/sqs_faults.h"
#include "base/ascii.h"
#include "base/base64.h"
#include "control/queue_attributes.h"
#include "control/queues.h"

namespace waybill::api {

namespace {

constexpr std::int64_t kMostResults = 1000;

// Runs the control operation on a worker; `answer` makes the protocol's answer of what it says.
template <class F>
void on_catalog(control::Operation operation, SqsCall call, SqsDone done, F answer) {
  Executor& workers = call.ports->workers;
  workers.post([operation, call = std::move(call), done = std::move(done), answer = std::move(answer)]() mutable {
    SqsAnswer said = call.ports->control.call(operation, call.request, call.place);
    if (!said) return done(std::move(said));
    answer(std::move(call), std::move(*said), std::move(done));
  });
}

void without_answer(control::Operation operation, SqsCall call, SqsDone done) {
  on_catalog(operation, std::move(call), std::move(done),
             [](SqsCall, SqsJson, SqsDone then) { then(SqsJson::object()); });
}

void with_queue_url(control::Operation operation, SqsCall call, SqsDone done) {
  on_catalog(operation, std::move(call), std::move(done), [](SqsCall of, SqsJson said, SqsDone then) {
    then(SqsJson{{"QueueUrl", of.url_of(said["QueueName"].get<std::string>())}});
  });
}

// A page of names, which come in byte order, as URLs. Only a call that asks for MaxResults gets a NextToken, as on AWS.
SqsAnswer page_of_urls(const SqsCall& call, const SqsJson& names, const char* list) {
  const std::int64_t most = call.request.value("MaxResults", kMostResults);
  if (most < 1 || most > kMostResults) {
    return sqs_invalid_value(std::to_string(most), "MaxResults",
                             "MaxResults must be an integer between 1 and 1000, inclusive.");
  }
  std::string after;
  if (const auto token = call.request.find("NextToken"); token != call.request.end()) {
    const auto decoded = from_base64(token->get<std::string>());
    if (!decoded || !call.request.contains("MaxResults")) return sqs_invalid("Invalid or expired next token.");
    after = *decoded;
  }
  SqsJson urls = SqsJson::array();
  std::string last;
  for (const SqsJson& each : names) {
    const std::string& name = each.get_ref<const std::string&>();
    if (name <= after && !after.empty()) continue;
    if (static_cast<std::int64_t>(urls.size()) == most) {
      SqsJson answer{{list, std::move(urls)}};
      if (call.request.contains("MaxResults")) answer["NextToken"] = to_base64(last);
      return answer;
    }
    urls.push_back(call.url_of(name));
    last = name;
  }
  return SqsJson{{list, std::move(urls)}};
}

std::string count_text(std::int64_t count) { return std::to_string(count); }

void add_counts(SqsJson& attributes, const queue::Counts& counts) {
  attributes["ApproximateNumberOfMessages"] = count_text(counts.visible);
  attributes["ApproximateNumberOfMessagesNotVisible"] = count_text(counts.in_flight);
  attributes["ApproximateNumberOfMessagesDelayed"] = count_text(counts.delayed);
}

// Counting looks at each message.
bool wants_counts(const SqsJson& names) {
  return std::any_of(names.begin(), names.end(), [](const SqsJson& name) {
    const std::string& text = name.get_ref<const std::string&>();
    return text == "All" || text.starts_with("ApproximateNumber");
  });
}

SqsJson asked_attributes(const SqsJson& all, const SqsJson& names) {
  SqsJson asked = SqsJson::object();
  for (const SqsJson& name : names) {
    if (name == "All") return all;
    const auto found = all.find(name.get_ref<const std::string&>());
    if (found != all.end()) asked[name.get<std::string>()] = *found;
  }
  return asked;
}

SqsAnswer attributes_answer(const SqsJson& all, const SqsJson& names) {
  SqsJson asked = asked_attributes(all, names);
  if (asked.empty()) return SqsJson::object();
  return SqsJson{{"Attributes", std::move(asked)}};
}

}  // namespace

void sqs_create_queue(SqsCall call, SqsDone done) {
  with_queue_url(control::create_queue, std::move(call), std::move(done));
}

void sqs_get_queue_url(SqsCall call, SqsDone done) {
  const auto owner = call.request.find("QueueOwnerAWSAccountId");
  if (owner != call.request.end()) {
    const std::string account = owner->get<std::string>();
    if (account.size() != 12 || !std::all_of(account.begin(), account.end(), is_digit)) {
      return done(sqs_invalid_value(account, "QueueOwnerAWSAccountId", "It must be an account number of 12 digits."));
    }
    if (!call.any_account) call.place.account = account;
  }
  with_queue_url(control::get_queue, std::move(call), std::move(done));
}

void sqs_list_queues(SqsCall call, SqsDone done) {
  on_catalog(control::list_queues, std::move(call), std::move(done), [](SqsCall of, SqsJson said, SqsDone then) {
    SqsAnswer page = page_of_urls(of, said["QueueNames"], "QueueUrls");
    if (page && (*page)["QueueUrls"].empty()) page->erase("QueueUrls");  // as AWS
    then(std::move(page));
  });
}

void sqs_list_dead_letter_source_queues(SqsCall call, SqsDone done) {
  on_catalog(control::list_dead_letter_source_queues, std::move(call), std::move(done),
             [](SqsCall of, SqsJson said, SqsDone then) { then(page_of_urls(of, said["QueueNames"], "queueUrls")); });
}

void sqs_delete_queue(SqsCall call, SqsDone done) {
  without_answer(control::delete_queue, std::move(call), std::move(done));
}

void sqs_purge_queue(SqsCall call, SqsDone done) {
  const std::string arn = call.queue_arn();
  call.ports->queues.purge(arn, [done = std::move(done)](queue::Answer<void> purged) mutable {
    done(purged ? SqsAnswer(SqsJson::object()) : SqsAnswer(purged.error()));
  });
}

void sqs_get_queue_attributes(SqsCall call, SqsDone done) {
  const SqsJson names = call.request.value("AttributeNames", SqsJson::array());
  for (const SqsJson& name : names) {
    if (control::is_queue_attribute(name.get<std::string>())) continue;
    return done(control::Fault("InvalidAttributeName", "Unknown Attribute " + name.get<std::string>() + "."));
  }
  const bool counted = wants_counts(names);
  on_catalog(control::describe_queue, std::move(call), std::move(done),
             [names, counted](SqsCall of, SqsJson said, SqsDone then) {
               if (!counted) return then(attributes_answer(said["Attributes"], names));
               const std::string arn = of.queue_arn();
               of.ports->queues.counts(arn, [names, all = std::move(said["Attributes"]),
                                             then = std::move(then)](queue::Answer<queue::Counts> counts) mutable {
                 if (!counts) return then(counts.error());
                 add_counts(all, *counts);
                 then(attributes_answer(all, names));
               });
             });
}

void sqs_set_queue_attributes(SqsCall call, SqsDone done) {
  without_answer(control::set_queue_attributes, std::move(call), std::move(done));
}

void sqs_tag_queue(SqsCall call, SqsDone done) { without_answer(control::tag_queue, std::move(call), std::move(done)); }

void sqs_untag_queue(SqsCall call, SqsDone done) {
  without_answer(control::untag_queue, std::move(call), std::move(done));
}

void sqs_list_queue_tags(SqsCall call, SqsDone done) {
  on_catalog(control::list_queue_tags, std::move(call), std::move(done),
             [](SqsCall, SqsJson said, SqsDone then) { then(std::move(said)); });
}

void sqs_add_permission(SqsCall call, SqsDone done) {
  without_answer(control::add_queue_permission, std::move(call), std::move(done));
}

void sqs_remove_permission(SqsCall call, SqsDone done) {
  without_answer(control::remove_queue_permission, std::move(call), std::move(done));
}

}  // namespace waybill::api
