// Publish and PublishBatch: acknowledged after the commit, as events are.
#include <algorithm>
#include <set>

#include "api/sns/sns_rows.h"
#include "base/base64.h"
#include "base/json_text.h"
#include "base/json_tree.h"

namespace waybill::api {

namespace {

constexpr std::size_t kMostBatchEntries = 10;

bool is_number_text(const std::string& text) {
  const SnsJson value = SnsJson::parse(text, nullptr, false);
  return value.is_number();
}

control::Answer<topic::MessageAttribute> read_attribute(const QueryCall& query, const std::string& item) {
  topic::MessageAttribute attribute;
  attribute.name = query.text(item + ".Name");
  attribute.type = query.text(item + ".Value.DataType");
  const std::string base = attribute.type.substr(0, attribute.type.find('.'));
  const bool known = base == "String" || base == "Number" || base == "Binary";
  if (attribute.name.empty() || attribute.name.size() > 256) {
    return sns_invalid("MessageAttributes Reason: an attribute's name has 1 to 256 characters");
  }
  if (!known) {
    return control::Fault("ParameterValueInvalid", "The message attribute '" + attribute.name +
                                                       "' has an invalid message attribute type, the "
                                                       "set of supported type prefixes is Binary, Number, and String.");
  }
  const bool is_binary = base == "Binary";
  attribute.value = query.text(item + (is_binary ? ".Value.BinaryValue" : ".Value.StringValue"));
  if (attribute.value.empty()) {
    return control::Fault("ParameterValueInvalid", "The message attribute '" + attribute.name +
                                                       "' must contain non-empty message attribute value for message "
                                                       "attribute type '" +
                                                       attribute.type + "'.");
  }
  if (base == "Number" && !is_number_text(attribute.value)) {
    return control::Fault("ParameterValueInvalid",
                          "Could not cast message attribute '" + attribute.name + "' value to number.");
  }
  if (is_binary && !from_base64(attribute.value)) {
    return sns_invalid("MessageAttributes Reason: '" + attribute.name + "' is not base64");
  }
  return attribute;
}

// MessageStructure json: {"default": …, "<protocol>": …}.
control::Answer<> split_by_protocol(topic::Notification& notification) {
  const SnsJson messages = parse_json(notification.message);
  if (!messages.is_object()) return sns_invalid("Message Structure - JSON message body failed to parse");
  const auto fallback = messages.find("default");
  if (fallback == messages.end() || !fallback->is_string()) {
    return sns_invalid("Message Structure - No default entry in JSON message body");
  }
  for (const auto& [protocol, message] : messages.items()) {
    if (protocol != "default" && message.is_string()) notification.by_protocol[protocol] = message.get<std::string>();
  }
  notification.message = fallback->get<std::string>();
  return {};
}

// prefix: "" for Publish, the entry's "PublishBatchRequestEntries.member.1." for a batch.
control::Answer<topic::Notification> read_notification(const QueryCall& query, const std::string& topic_arn,
                                                       const std::string& prefix) {
  topic::Notification notification;
  notification.topic_arn = topic_arn;
  notification.subject = query.text(prefix + "Subject");
  notification.message = query.text(prefix + "Message");
  if (notification.message.empty()) return sns_invalid("Empty message");
  const auto breaks_line = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::any_of(notification.subject.begin(), notification.subject.end(), breaks_line)) {
    return sns_invalid("Subject");
  }
  if (!is_valid_utf8(notification.message) || !is_valid_utf8(notification.subject)) {
    return sns_invalid("Message Reason: it is not UTF-8");
  }
  std::set<std::string> names;
  for (const std::string& item : query.items(prefix + "MessageAttributes")) {
    WAYBILL_TRY(topic::MessageAttribute attribute, read_attribute(query, item));
    if (!names.insert(attribute.name).second) return sns_invalid("MessageAttributes Reason: a name is there twice");
    notification.attributes.push_back(std::move(attribute));
  }
  const std::string structure = query.text(prefix + "MessageStructure");
  if (structure == "json") WAYBILL_CHECK(split_by_protocol(notification));
  if (!structure.empty() && structure != "json") return sns_invalid("MessageStructure");
  return notification;
}

control::Answer<std::string> published_topic(const QueryCall& query) {
  if (query.has("PhoneNumber")) return sns_invalid("PhoneNumber Reason: Waybill sends no text messages");
  std::string arn = query.text(query.has("TopicArn") ? "TopicArn" : "TargetArn");
  if (arn.empty()) return sns_invalid("TopicArn or TargetArn Reason: no value for required parameter");
  WAYBILL_CHECK(sns_topic_key(arn));
  return arn;
}

control::Answer<topic::Published> publish_one(const SnsCall& call, const topic::Notification& notification) {
  const SnsPorts& ports = call.ports;
  auto published = topic::publish(*ports.topology.get(), notification, 0, ports.wall.now(), ports.random, ports.journal,
                                  &ports.probe);
  if (published) return std::move(*published);
  if (published.error().code == ErrorCode::not_found) return sns_not_found("Topic does not exist");
  return sns_fault(published.error());
}

control::Fault not_stored(const store::Refusal& refusal) {
  const bool shed = refusal.reason == store::Refusal::Reason::shed;
  return shed ? control::Fault("Throttled", "Too much is waiting to be stored; try again in a moment.", 429)
              : control::Fault("InternalError", "Nothing can be stored at present: " + refusal.message, 500);
}

void commit_published(const SnsCall& call, store::Changes changes, std::vector<NewDelivery> deliveries,
                      std::string answer, SnsDone done) {
  if (changes.list.empty()) return done(std::move(answer));
  call.ports.journal.submit(store::Lane::ingress, std::move(changes),
                            [&sink = call.ports.sink, deliveries = std::move(deliveries), answer = std::move(answer),
                             done = std::move(done)](const store::Applied& applied) mutable {
                              if (!applied) return done(not_stored(applied.error()));
                              sink.committed(std::move(deliveries));
                              done(std::move(answer));
                            });
}

bool is_batch_id(const std::string& id) {
  return !id.empty() && id.size() <= 80 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

control::Answer<> check_batch_ids(const QueryCall& query, const std::vector<std::string>& entries) {
  if (entries.empty()) return control::Fault("EmptyBatchRequest", "The batch request doesn't contain any entries.");
  if (entries.size() > kMostBatchEntries) {
    return control::Fault("TooManyEntriesInBatchRequest",
                          "The batch request contains more entries than permissible: at most 10.");
  }
  std::set<std::string> ids;
  for (const std::string& entry : entries) {
    const std::string id = query.text(entry + ".Id");
    if (!is_batch_id(id)) {
      return control::Fault("InvalidBatchEntryId",
                            "The Id of a batch entry in a batch request doesn't abide by the specification: 1 to 80 "
                            "letters, digits, hyphens and underscores.");
    }
    if (!ids.insert(id).second) {
      return control::Fault("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.");
    }
  }
  return {};
}

}  // namespace

void sns_publish(const SnsCall& call, SnsDone done) {
  const auto arn = published_topic(call.query);
  if (!arn) return done(arn.error());
  const auto notification = read_notification(call.query, *arn, "");
  if (!notification) return done(notification.error());
  auto published = publish_one(call, *notification);
  if (!published) return done(published.error());
  commit_published(call, std::move(published->changes), std::move(published->deliveries),
                   Xml().text("MessageId", published->message_id).str(), std::move(done));
}

void sns_publish_batch(const SnsCall& call, SnsDone done) {
  const auto arn = published_topic(call.query);
  if (!arn) return done(arn.error());
  const auto entries = call.query.items("PublishBatchRequestEntries");
  if (const auto fine = check_batch_ids(call.query, entries); !fine) return done(fine.error());
  const auto topology = call.ports.topology.get();
  if (!topology->topic(*arn)) return done(sns_not_found("Topic does not exist"));
  std::vector<control::Answer<topic::Notification>> notifications;
  std::size_t bytes = 0;
  for (const std::string& entry : entries) {
    notifications.push_back(read_notification(call.query, *arn, entry + "."));
    if (notifications.back()) bytes += topic::notification_bytes(*notifications.back());
  }
  if (bytes > topic::kMaxNotificationBytes) {
    return done(control::Fault("BatchRequestTooLong",
                               "The length of all the batch messages put together is more than the limit of " +
                                   std::to_string(topic::kMaxNotificationBytes) + " bytes."));
  }
  store::Changes changes;
  std::vector<NewDelivery> deliveries;
  Xml good, bad;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string id = call.query.text(entries[i] + ".Id");
    auto published = notifications[i] ? publish_one(call, *notifications[i])
                                      : control::Answer<topic::Published>(notifications[i].error());
    if (!published) {
      const control::Fault& fault = published.error();
      bad.open("member").text("Id", id).text("Code", fault.code).text("Message", fault.message);
      bad.text("SenderFault", fault.status < 500 ? "true" : "false").close("member");
      continue;
    }
    good.open("member").text("Id", id).text("MessageId", published->message_id).close("member");
    for (store::Change& change : published->changes.list) changes.list.push_back(std::move(change));
    for (NewDelivery& each : published->deliveries) deliveries.push_back(std::move(each));
  }
  Xml answer;
  answer.open("Successful").raw(good.str()).close("Successful").open("Failed").raw(bad.str()).close("Failed");
  commit_published(call, std::move(changes), std::move(deliveries), answer.str(), std::move(done));
}

}  // namespace waybill::api
