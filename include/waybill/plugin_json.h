// The JSON forms of waybill/plugin_abi.h, both ways: a plugin reads what Waybill writes and the other way round.
// Reading throws std::runtime_error with the path of the member that is wrong, and nlohmann::json::exception on text
// that is no JSON; writing throws on text that is not UTF-8. Both sides catch before the border.
#pragma once

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "waybill/handler.h"

namespace waybill::plugin {

// An enumeration's names, in the order of its values.
inline constexpr std::string_view kKindNames[] = {"async", "request", "batch", "stream"};
inline constexpr std::string_view kWriteNames[] = {"put", "remove"};
inline constexpr std::string_view kConditionNames[] = {"none", "absent", "present"};
inline constexpr std::string_view kOnFailedNames[] = {"fail", "skip"};
inline constexpr std::string_view kLevelNames[] = {"debug", "info", "warn", "error"};

template <class Enum, std::size_t N>
std::string name_of(const std::string_view (&names)[N], Enum value) {
  return std::string(names[static_cast<std::size_t>(value)]);
}

// A JSON object and where it stands, for errors such as "outcome.records[0].ok must be true or false, got string".
class Reader {
 public:
  Reader(const Json& json, std::string path) : json_(json), path_(std::move(path)) {
    if (!json.is_object()) wrong(path_, json, "an object");
  }

  // Refuses members that are not in the list.
  void only(std::initializer_list<std::string_view> known) const {
    for (const auto& [name, value] : json_.items()) {
      bool found = false;
      for (std::string_view one : known) found = found || one == name;
      if (!found) throw std::runtime_error(path_ + " has an unknown member \"" + name + '"');
    }
  }
  bool has(const char* name) const { return json_.contains(name); }
  const Json& any(const char* name) const {
    const auto found = json_.find(name);
    if (found == json_.end()) throw std::runtime_error(path_ + " must have a member \"" + name + '"');
    return *found;
  }
  const std::string& text(const char* name) const {
    if (!any(name).is_string()) wrong(at(name), any(name), "a string");
    return any(name).get_ref<const std::string&>();
  }
  std::string text(const char* name, std::string otherwise) const { return has(name) ? text(name) : otherwise; }
  bool flag(const char* name, bool otherwise) const {
    if (!has(name)) return otherwise;
    if (!any(name).is_boolean()) wrong(at(name), any(name), "true or false");
    return any(name).get<bool>();
  }
  double real(const char* name) const {
    if (!any(name).is_number()) wrong(at(name), any(name), "a number");
    return any(name).get<double>();
  }
  template <class Number>
  Number whole(const char* name) const {
    const Json& value = any(name);
    if (value.is_number_unsigned() && std::in_range<Number>(value.get<std::uint64_t>())) return value.get<Number>();
    if (value.is_number_integer() && !value.is_number_unsigned() && std::in_range<Number>(value.get<std::int64_t>())) {
      return value.get<Number>();
    }
    throw std::runtime_error(at(name) + " must be a whole number in its range, got " + value.dump());
  }
  template <class Enum, std::size_t N>
  Enum choice(const char* name, const std::string_view (&names)[N], Enum otherwise) const {
    if (!has(name)) return otherwise;
    std::string known;
    for (std::size_t i = 0; i < N; ++i) {
      if (any(name).is_string() && text(name) == names[i]) return static_cast<Enum>(i);
      known += (i ? ", " : "") + std::string(names[i]);
    }
    throw std::runtime_error(at(name) + " must be one of " + known + ", got " + any(name).dump());
  }
  std::map<std::string, std::string> texts(const char* name) const {
    std::map<std::string, std::string> texts;
    if (!has(name)) return texts;
    const Reader object(any(name), at(name));
    for (const auto& [key, value] : object.json_.items()) texts[key] = object.text(key.c_str());
    return texts;
  }
  // Calls each(element, its path) for the elements of an array that may be left out.
  template <class Each>
  void array(const char* name, Each each) const {
    if (!has(name)) return;
    if (!any(name).is_array()) wrong(at(name), any(name), "an array");
    std::size_t i = 0;
    for (const Json& element : any(name)) each(element, at(name) + '[' + std::to_string(i++) + ']');
  }
  std::string at(const char* name) const { return path_ + '.' + name; }

 private:
  [[noreturn]] static void wrong(const std::string& path, const Json& value, const char* right) {
    throw std::runtime_error(path + " must be " + right + ", got " + value.type_name());
  }

  const Json& json_;
  std::string path_;
};

// ---- invocation

inline std::string invocation_to_text(const Invocation& invocation) {
  Json records = Json::array();
  for (const Record& record : invocation.records) records.push_back({{"id", record.id}, {"body", record.body}});
  const auto deadline = std::chrono::duration_cast<std::chrono::nanoseconds>(invocation.deadline.time_since_epoch());
  return Json{{"kind", name_of(kKindNames, invocation.kind)},
              {"request_id", invocation.request_id},
              {"function_name", invocation.function_name},
              {"attempt", invocation.attempt},
              {"now_ms", invocation.now.time_since_epoch().count()},
              {"deadline_ns", deadline.count()},
              {"environment", invocation.environment ? Json(*invocation.environment) : Json::object()},
              {"random_seed", invocation.random_seed},
              {"records", std::move(records)}}
      .dump();
}

// An invocation together with what it points to. Stays where it was made.
struct ReadInvocation {
  explicit ReadInvocation(std::string_view text) : json(Json::parse(text)) {
    const Reader reader(json, "invocation");
    invocation.kind = reader.choice("kind", kKindNames, InvocationKind::async);
    invocation.request_id = reader.text("request_id");
    invocation.function_name = reader.text("function_name");
    invocation.attempt = reader.whole<int>("attempt");
    invocation.now = decltype(invocation.now)(std::chrono::milliseconds(reader.whole<std::int64_t>("now_ms")));
    const std::chrono::nanoseconds deadline(reader.whole<std::int64_t>("deadline_ns"));
    invocation.deadline =
        decltype(invocation.deadline)(std::chrono::duration_cast<std::chrono::steady_clock::duration>(deadline));
    environment = reader.texts("environment");
    invocation.environment = &environment;
    invocation.random_seed = reader.whole<std::uint64_t>("random_seed");
    reader.array("records", [this](const Json& element, const std::string& path) {
      const Reader record(element, path);
      invocation.records.push_back({record.text("id"), record.text("body")});
    });
  }
  ReadInvocation(const ReadInvocation&) = delete;
  ReadInvocation& operator=(const ReadInvocation&) = delete;

  Json json;
  std::map<std::string, std::string> environment;
  Invocation invocation;
};

// ---- outcome

inline Json effects_to_json(const Effects& effects) {
  Json json = Json::object();
  for (const Write& write : effects.writes) {
    json["writes"].push_back({{"kind", name_of(kWriteNames, write.kind)},
                              {"table", write.table},
                              {"item", write.item},
                              {"condition", name_of(kConditionNames, write.condition)},
                              {"on_failed", name_of(kOnFailedNames, write.on_failed)},
                              {"blind", write.blind}});
  }
  for (const Publish& publish : effects.publishes) {
    json["publishes"].push_back({{"topic", publish.topic}, {"subject", publish.subject}, {"message", publish.message}});
  }
  for (const Emit& emit : effects.emits) {
    json["emits"].push_back({{"bus", emit.bus},
                             {"source", emit.source},
                             {"detail_type", emit.detail_type},
                             {"detail", emit.detail},
                             {"resources", emit.resources}});
  }
  for (const Metric& metric : effects.metrics) {
    json["metrics"].push_back({{"namespace", metric.name_space},
                               {"name", metric.name},
                               {"value", metric.value},
                               {"unit", metric.unit},
                               {"dimensions", metric.dimensions}});
  }
  for (const LogLine& line : effects.logs) {
    json["logs"].push_back({{"level", name_of(kLevelNames, line.level)}, {"message", line.message}});
  }
  return json;
}

inline std::string outcome_to_text(const Outcome& outcome) {
  Json records = Json::array();
  for (const RecordOutcome& record : outcome.records) {
    records.push_back({{"ok", record.ok},
                       {"error", record.error},
                       {"retryable", record.retryable},
                       {"effects", effects_to_json(record.effects)}});
  }
  return dump_exact(Json{{"records", std::move(records)}, {"response", outcome.response}});
}

inline Write read_write(const Json& json, const std::string& path) {
  const Reader reader(json, path);
  reader.only({"kind", "table", "item", "condition", "on_failed", "blind"});
  Write write;
  write.kind = reader.choice("kind", kWriteNames, write.kind);
  write.table = reader.text("table");
  write.item = reader.any("item");
  if (!write.item.is_object()) throw std::runtime_error(path + ".item must be an object");
  write.condition = reader.choice("condition", kConditionNames, write.condition);
  write.on_failed = reader.choice("on_failed", kOnFailedNames, write.on_failed);
  write.blind = reader.flag("blind", write.blind);
  return write;
}

inline Publish read_publish(const Json& json, const std::string& path) {
  const Reader reader(json, path);
  reader.only({"topic", "subject", "message"});
  return {reader.text("topic"), reader.text("subject", ""), reader.text("message")};
}

inline Emit read_emit(const Json& json, const std::string& path) {
  const Reader reader(json, path);
  reader.only({"bus", "source", "detail_type", "detail", "resources"});
  Emit emit;
  emit.bus = reader.text("bus", emit.bus);
  emit.source = reader.text("source");
  emit.detail_type = reader.text("detail_type");
  if (reader.has("detail")) emit.detail = reader.any("detail");
  if (!emit.detail.is_object()) throw std::runtime_error(path + ".detail must be an object");
  reader.array("resources", [&](const Json& element, const std::string& at) {
    if (!element.is_string()) throw std::runtime_error(at + " must be a string");
    emit.resources.push_back(element.get<std::string>());
  });
  return emit;
}

inline Metric read_metric(const Json& json, const std::string& path) {
  const Reader reader(json, path);
  reader.only({"namespace", "name", "value", "unit", "dimensions"});
  Metric metric;
  metric.name_space = reader.text("namespace");
  metric.name = reader.text("name");
  if (reader.has("value")) metric.value = reader.real("value");
  metric.unit = reader.text("unit", metric.unit);
  metric.dimensions = reader.texts("dimensions");
  return metric;
}

inline LogLine read_log_line(const Json& json, const std::string& path) {
  const Reader reader(json, path);
  reader.only({"level", "message"});
  return {reader.choice("level", kLevelNames, LogLevel::info), reader.text("message")};
}

inline Effects read_effects(const Json& json, const std::string& path) {
  const Reader reader(json, path);
  reader.only({"writes", "publishes", "emits", "metrics", "logs"});
  Effects effects;
  reader.array("writes", [&](const Json& e, const std::string& at) { effects.writes.push_back(read_write(e, at)); });
  reader.array("publishes",
               [&](const Json& e, const std::string& at) { effects.publishes.push_back(read_publish(e, at)); });
  reader.array("emits", [&](const Json& e, const std::string& at) { effects.emits.push_back(read_emit(e, at)); });
  reader.array("metrics", [&](const Json& e, const std::string& at) { effects.metrics.push_back(read_metric(e, at)); });
  reader.array("logs", [&](const Json& e, const std::string& at) { effects.logs.push_back(read_log_line(e, at)); });
  return effects;
}

inline Outcome outcome_from_text(std::string_view text) {
  const Json json = parse_exact(text);
  const Reader reader(json, "outcome");
  reader.only({"records", "response"});
  reader.any("records");
  Outcome outcome;
  outcome.response = reader.text("response", "");
  reader.array("records", [&](const Json& element, const std::string& path) {
    const Reader one(element, path);
    one.only({"ok", "error", "retryable", "effects"});
    RecordOutcome record;
    record.ok = one.flag("ok", true);
    record.error = one.text("error", "");
    record.retryable = one.flag("retryable", true);
    if (one.has("effects")) record.effects = read_effects(one.any("effects"), one.at("effects"));
    outcome.records.push_back(std::move(record));
  });
  return outcome;
}

// ---- reads of tables

inline std::string get_to_text(const std::string& table, const Json& key) {
  return dump_exact(Json{{"table", table}, {"key", key}});
}

inline std::string query_to_text(const TableQuery& query) {
  return dump_exact(Json{{"table", query.table},
                         {"index", query.index},
                         {"partition", query.partition},
                         {"from", query.from},
                         {"to", query.to},
                         {"newest_first", query.newest_first},
                         {"limit", query.limit},
                         {"start", query.start}});
}

inline TableQuery query_from_json(const Json& json) {
  const Reader reader(json, "query");
  reader.only({"table", "index", "partition", "from", "to", "newest_first", "limit", "start"});
  TableQuery query;
  query.table = reader.text("table");
  query.index = reader.text("index", "");
  query.partition = reader.any("partition");
  if (reader.has("from")) query.from = reader.any("from");
  if (reader.has("to")) query.to = reader.any("to");
  query.newest_first = reader.flag("newest_first", false);
  if (reader.has("limit")) query.limit = reader.whole<int>("limit");
  if (reader.has("start")) query.start = reader.any("start");
  return query;
}

inline std::string page_to_text(const TablePage& page) {
  return Json{{"items", page.items}, {"last_key", page.last_key}}.dump();
}

inline TablePage page_from_text(std::string_view text) {
  const Json json = Json::parse(text);
  const Reader reader(json, "page");
  TablePage page;
  reader.any("items");
  reader.array("items", [&](const Json& item, const std::string&) { page.items.push_back(item); });
  if (reader.has("last_key")) page.last_key = reader.any("last_key");
  return page;
}

}  // namespace waybill::plugin
