#include "handlers/shipment_pipeline/shipment_pipeline.h"

namespace waybill::shipment_pipeline {

namespace {

constexpr std::int64_t kItemLifetimeSeconds = 90 * 24 * 3600;

// What a message says, or why it cannot be used.
struct Message {
  Json fields;
  std::string error;

  // Keys of the table: a text that is not empty.
  std::string required_text(const char* name) {
    const auto found = fields.find(name);
    if (found == fields.end() || found->is_null() || *found == "") {
      fail(std::string("Missing required field: ") + name);
    } else if (!found->is_string()) {
      fail(std::string(name) + " must be a string, got " + json_type_name(*found));
    } else {
      return found->get<std::string>();
    }
    return {};
  }

  void fail(std::string message) {
    if (error.empty()) error = std::move(message);
  }
};

// An event that a rule sent carries the fields in its detail; a message that was put into the queue by hand may be just
// the fields.
Message read_message(const Record& record) {
  Message message;
  try {
    message.fields = record.parse();
  } catch (const Json::out_of_range& error) {
    message.fail(std::string("the message has a number that is too large to be stored: ") + error.what());
    return message;
  } catch (const Json::exception& error) {
    message.fail(std::string("the message is not valid JSON: ") + error.what());
    return message;
  }
  if (message.fields.is_object() && message.fields.contains("detail")) {
    Json detail = std::move(message.fields["detail"]);
    message.fields = std::move(detail);
  }
  if (!message.fields.is_object()) {
    message.fail(std::string("the message must be a JSON object, got ") + json_type_name(message.fields));
    message.fields = Json::object();
  }
  return message;
}

// The second copy of an event finds its item there, and is done.
Write write_once(std::string table, Json item) {
  Write write;
  write.table = std::move(table);
  write.item = std::move(item);
  write.condition = Write::Condition::absent;
  write.on_failed = Write::OnFailed::skip;
  return write;
}

RecordOutcome failed(const Record& record, std::string error) {
  Effects effects;
  effects.log(LogLevel::error, "Error processing message " + record.id + ": " + error);
  return RecordOutcome::failure(std::move(error), std::move(effects));
}

RecordOutcome process(const Invocation& invocation, const Record& record) {
  std::string table = invocation.env("EVENTS_TABLE_NAME");
  if (table.empty()) return failed(record, "EVENTS_TABLE_NAME is not set in the function's environment");
  Message message = read_message(record);
  std::string shipment_id = message.required_text("shipment_id");
  std::string timestamp = message.required_text("event_timestamp");
  std::string event_type = message.required_text("event_type");
  if (!message.error.empty()) return failed(record, std::move(message.error));

  Effects effects;
  effects.log(LogLevel::info, "Processing event " + event_type + " of shipment " + shipment_id);
  Json item = Json::object();
  item["shipment_id"] = std::move(shipment_id);
  item["event_timestamp"] = std::move(timestamp);
  item["event_type"] = std::move(event_type);
  item["processing_status"] = "processed";
  item["payload"] = std::move(message.fields);
  item["processed_at"] = invocation.now_iso();
  item["environment"] = invocation.env("ENVIRONMENT", "dev");
  item["expires_at"] = invocation.now_seconds() + kItemLifetimeSeconds;
  effects.writes.push_back(write_once(std::move(table), std::move(item)));
  return RecordOutcome::success(std::move(effects));
}

// What a function on AWS would answer: which messages are to come back.
std::string response_of(const Invocation& invocation, const std::vector<RecordOutcome>& records) {
  Json failures = Json::array();
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (!records[i].ok) failures.push_back({{"itemIdentifier", invocation.records[i].id}});
  }
  return Json{{"batchItemFailures", std::move(failures)}}.dump();
}

}  // namespace

Outcome event_processor(const Invocation& invocation) {
  Outcome outcome;
  outcome.records.reserve(invocation.records.size());
  for (const Record& record : invocation.records) outcome.records.push_back(process(invocation, record));
  outcome.response = response_of(invocation, outcome.records);
  return outcome;
}

}  // namespace waybill::shipment_pipeline
