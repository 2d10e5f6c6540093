// What a handler sees: an invocation in, an outcome out. A handler reads through the TableReader and RETURNS what it
// wants done; Waybill commits those effects in one transaction with the acknowledgement of the delivery. So a handler
// needs no client, cannot half-apply, and is tested by calling it.
//
// Built-in systems and plugins (waybill/plugin.h) use this same header. Values are plain JSON; a number is stored as an
// exact decimal of up to 38 digits (waybill/exact_json.h), an object as a map, an array as a list.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "waybill/exact_json.h"

namespace waybill {

enum class InvocationKind {
  async,    // a rule, subscription or dead-letter target: one record
  request,  // somebody waits for the response
  batch,    // messages of a queue
  stream,   // changes of a table
};

// What copies or writes a tree recurses: JSON that is nested deeper is for no handler. An event has less.
inline constexpr int kMaxRecordDepth = 1200;

struct Record {
  std::string id;         // event id, message id or stream sequence number
  std::string_view body;  // JSON text, exactly as sent; valid during the invocation
  // With exact numbers. REQUIRES: nothing; throws nlohmann::json::exception on text that is malformed, or nested deeper
  // than kMaxRecordDepth. The host turns what a handler throws into a failed record with the exception's text.
  Json parse() const {
    if (const std::size_t at = too_deep_at(); at < body.size()) {
      throw Json::parse_error::create(101, at, "nested deeper than " + std::to_string(kMaxRecordDepth) + " levels",
                                      nullptr);
    }
    return parse_exact(body);
  }

 private:
  // Where the first level that is too deep begins; the end of the text when there is none.
  std::size_t too_deep_at() const {
    int depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < body.size(); ++i) {
      const char c = body[i];
      if (in_string) {
        if (c == '\\') ++i;
        if (c == '"') in_string = false;
      } else if (c == '"') {
        in_string = true;
      } else if (c == '[' || c == '{') {
        if (++depth > kMaxRecordDepth) return i;
      } else if (c == ']' || c == '}') {
        --depth;
      }
    }
    return body.size();
  }
};

struct Invocation {
  InvocationKind kind = InvocationKind::async;
  std::string request_id;     // stays the same over the attempts of one delivery
  std::string function_name;  // physical name, e.g. logistics-shipment-processor-dev
  int attempt = 1;            // 1 for the first
  // The daemon's wall clock, milliseconds since the epoch, UTC. Use it instead of the system clock: it can be virtual.
  std::chrono::sys_time<std::chrono::milliseconds> now;
  // Give up before this: a late outcome is dropped.
  std::chrono::steady_clock::time_point deadline;
  const std::map<std::string, std::string>* environment = nullptr;  // the function's Environment.Variables
  std::uint64_t random_seed = 0;  // differs per attempt; ids made from it are reproducible in tests
  std::vector<Record> records;

  std::int64_t now_seconds() const { return std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count(); }
  // now as ISO 8601 in UTC: 2026-10-01T12:00:00.000Z.
  std::string now_iso() const;
  // Value of an environment variable, or the given default.
  std::string env(const std::string& name, const std::string& otherwise = "") const {
    if (!environment) return otherwise;
    const auto found = environment->find(name);
    return found == environment->end() ? otherwise : found->second;
  }
  // A version 4 UUID made from random_seed: another one for each n, the same one again for the same seed and n.
  std::string uuid(std::uint64_t n = 0) const;
};

inline std::string Invocation::uuid(std::uint64_t n) const {
  // splitmix64: neighbouring seeds and numbers give unrelated words.
  const auto mixed = [](std::uint64_t word) {
    word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9U;
    word = (word ^ (word >> 27)) * 0x94d049bb133111ebU;
    return word ^ (word >> 31);
  };
  const std::uint64_t base = mixed(random_seed + 0x9e3779b97f4a7c15U) + 2 * n * 0x9e3779b97f4a7c15U;
  const std::uint64_t words[] = {(mixed(base) & ~std::uint64_t{0xf000}) | 0x4000,
                                 (mixed(base + 0x9e3779b97f4a7c15U) >> 2) | (std::uint64_t{1} << 63)};
  std::string text;
  text.reserve(36);
  for (int digit = 0; digit < 32; ++digit) {
    if (digit == 8 || digit == 12 || digit == 16 || digit == 20) text += '-';
    text += "0123456789abcdef"[(words[digit / 16] >> (60 - 4 * (digit % 16))) & 15];
  }
  return text;
}

inline std::string Invocation::now_iso() const {
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(now - day);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return text;
}

struct Write {
  enum class Kind { put, remove };
  enum class Condition {
    none,
    absent,   // DynamoDB: attribute_not_exists(<partition key>)
    present,  // DynamoDB: attribute_exists(<partition key>)
  };
  enum class OnFailed {
    fail,  // the attempt fails
    skip,  // nothing is written, a line is logged, the record counts as success
  };
  Kind kind = Kind::put;
  std::string table;  // name or ARN
  Json item;          // put: the whole item; remove: its key attributes
  Condition condition = Condition::none;
  OnFailed on_failed = OnFailed::fail;
  // A write to a key that this invocation has read is refused when the item changed since, and the handler is asked
  // again. true: write all the same.
  bool blind = false;
};

struct Publish {
  std::string topic;  // ARN
  std::string subject;
  std::string message;
};

struct Emit {
  std::string bus = "default";  // name or ARN
  std::string source;
  std::string detail_type;
  Json detail = Json::object();
  std::vector<std::string> resources;
};

struct Metric {
  std::string name_space;
  std::string name;
  double value = 1;
  std::string unit = "Count";
  std::map<std::string, std::string> dimensions;
};

enum class LogLevel { debug, info, warn, error };

struct LogLine {
  LogLevel level = LogLevel::info;
  std::string message;
};

struct Effects {
  std::vector<Write> writes;
  std::vector<Publish> publishes;
  std::vector<Emit> emits;
  std::vector<Metric> metrics;
  std::vector<LogLine> logs;

  void put(std::string table, Json item) {
    Write write;
    write.table = std::move(table);
    write.item = std::move(item);
    writes.push_back(std::move(write));
  }
  void publish(std::string topic, std::string subject, std::string message) {
    publishes.push_back({std::move(topic), std::move(subject), std::move(message)});
  }
  void log(LogLevel level, std::string message) { logs.push_back({level, std::move(message)}); }
};

// What became of one record. A failed record may carry effects too: they are stored with the failed attempt.
struct RecordOutcome {
  bool ok = true;
  std::string error;  // why it failed
  // False: no further attempt, straight to the dead letters. Messages of a queue wait out their receives all the same.
  bool retryable = true;
  Effects effects;
  // Effects that cannot be stored (an item too large, a number out of range, no permission) are refused whole, and the
  // record has failed. Then this, where it is set, is asked for a failed outcome in place of this one, which may carry
  // other effects: it gets the text of the refusal. What it refers to must live as long as the invocation.
  // In the process of the daemon only: a plugin's outcome comes without it.
  std::function<RecordOutcome(const std::string& refusal)> if_refused = {};

  static RecordOutcome success(Effects effects = {}) { return {true, "", true, std::move(effects), {}}; }
  static RecordOutcome failure(std::string error, Effects effects = {}, bool retryable = true) {
    return {false, std::move(error), retryable, std::move(effects), {}};
  }
};

struct Outcome {
  std::vector<RecordOutcome> records;  // one per record of the invocation, in order
  std::string response;                // JSON text; what a `request` answers

  static Outcome of(RecordOutcome record, std::string response = "") {
    Outcome outcome;
    outcome.records.push_back(std::move(record));
    outcome.response = std::move(response);
    return outcome;
  }
};

struct TableQuery {
  std::string table;  // name or ARN
  std::string index;  // "" for the table itself
  Json partition;     // value of the partition key
  Json from, to;      // inclusive bounds on the sort key; null for none
  bool newest_first = false;
  int limit = 100;
  Json start;  // last_key of the page before; null for the first page
};

struct TablePage {
  std::vector<Json> items;
  Json last_key;  // null on the last page
};

// Reads of committed items. Throws std::runtime_error with a clear text on an unknown table or index, a wrong key, or
// no permission; the host turns that into a failed attempt.
class TableReader {
 public:
  virtual ~TableReader() = default;
  virtual std::optional<Json> get(const std::string& table, const Json& key) const = 0;
  virtual TablePage query(const TableQuery& query) const = 0;
};

// Called from several threads at once: keep state out of it, or guard it.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual Outcome handle(const Invocation& invocation, const TableReader& tables) = 0;
};

}  // namespace waybill
