#include "api/entry_constraints.h"

#include <algorithm>
#include <cctype>
#include <regex>

#include <spdlog/fmt/fmt.h>

namespace waybill::api {

namespace {

constexpr std::size_t kMaxResource = 2048;
constexpr std::size_t kMaxTraceHeader = 500;
constexpr std::size_t kMaxBusName = 1600;
constexpr std::string_view kBusPattern =
    R"((arn:aws[\w-]*:events:[a-z]{2}-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[\.\-_A-Za-z0-9]+)";

std::string item(std::string_view value, std::string_view path, std::string_view constraint) {
  return fmt::format("Value '{}' at '{}' failed to satisfy constraint: {}", value, path, constraint);
}

// java.util.Date.toString(), as AWS prints times in this message.
std::string java_date(WallTime time) {
  using namespace std::chrono;
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss<Millis> clock{time - day};
  return fmt::format("{} {} {:02} {:02}:{:02}:{:02} UTC {}", kDays[weekday{day}.c_encoding()],
                     kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     static_cast<int>(date.year()));
}

std::string or_null(bool given, const std::string& text) { return given ? text : "null"; }

std::string printed(const RawEntry& raw) {
  std::string resources = "null";
  if (raw.has_resources) {
    resources = "[";
    for (const std::string& each : raw.entry.resources) resources += (resources.size() > 1 ? ", " : "") + each;
    resources += "]";
  }
  const bus::Entry& entry = raw.entry;
  return fmt::format(
      "PutEventsRequestEntry(time={}, source={}, resources={}, detailType={}, detail={}, eventBusName={}, "
      "traceHeader={}, kmsKeyIdentifier=null, internalMetadata=null)",
      entry.time ? java_date(*entry.time) : "null", or_null(raw.has_source, entry.source), resources,
      or_null(raw.has_detail_type, entry.detail_type), or_null(raw.has_detail, entry.detail),
      or_null(raw.has_bus, entry.bus), or_null(raw.has_trace_header, raw.trace_header));
}

std::string printed(const std::vector<RawEntry>& entries) {
  std::string text = "[";
  for (const RawEntry& entry : entries) text += (text.size() > 1 ? ", " : "") + printed(entry);
  return text + "]";
}

}  // namespace

bool is_bus_name(const std::string& text) {
  if (text.size() > kMaxBusName) return false;  // std::regex recurses over its text
  static const std::regex kPattern{std::string(kBusPattern)};
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '-';
  });
  return !text.empty() && (plain || std::regex_match(text, kPattern));
}

namespace {

std::string too_long(std::size_t most) { return fmt::format("Member must have length less than or equal to {}", most); }
std::string too_short(std::size_t least) {
  return fmt::format("Member must have length greater than or equal to {}", least);
}

void check_entry(const RawEntry& raw, std::size_t number, std::vector<std::string>& violations) {
  const auto path = [number](std::string_view member) { return fmt::format("entries.{}.member.{}", number, member); };
  for (std::size_t i = 0; i < raw.entry.resources.size(); ++i) {
    const std::string& resource = raw.entry.resources[i];
    if (resource.size() <= kMaxResource) continue;
    violations.push_back(item(resource, path(fmt::format("resources.{}.member", i + 1)), too_long(kMaxResource)));
  }
  if (raw.has_bus) {
    const std::string& bus = raw.entry.bus;
    if (!is_bus_name(bus)) {
      violations.push_back(item(bus, path("eventBusName"),
                                fmt::format("Member must satisfy regular expression pattern: {}", kBusPattern)));
    }
    if (bus.empty()) violations.push_back(item(bus, path("eventBusName"), too_short(1)));
    if (bus.size() > kMaxBusName) violations.push_back(item(bus, path("eventBusName"), too_long(kMaxBusName)));
  }
  if (raw.has_trace_header && raw.trace_header.empty()) {
    violations.push_back(item("", path("traceHeader"), too_short(1)));
  }
  if (raw.trace_header.size() > kMaxTraceHeader) {
    violations.push_back(item(raw.trace_header, path("traceHeader"), too_long(kMaxTraceHeader)));
  }
}

std::string joined(const std::vector<std::string>& violations) {
  if (violations.empty()) return "";
  std::string text =
      fmt::format("{} validation error{} detected: ", violations.size(), violations.size() == 1 ? "" : "s");
  for (std::size_t i = 0; i < violations.size(); ++i) text += (i > 0 ? "; " : "") + violations[i];
  return text;
}

}  // namespace

std::string constraint_violation(std::string_view value, std::string_view path, std::string_view constraint) {
  return joined({item(value, path, constraint)});
}

std::string entry_violations(const std::vector<RawEntry>& entries, const PutEventsLimits& limits) {
  std::vector<std::string> violations;
  if (entries.empty()) violations.push_back(item("[]", "entries", too_short(1)));
  if (entries.size() > limits.max_entries) {
    violations.push_back(item(printed(entries), "entries", too_long(limits.max_entries)));
  }
  for (std::size_t i = 0; i < entries.size(); ++i) check_entry(entries[i], i + 1, violations);
  return joined(violations);
}

std::size_t entry_bytes(const bus::Entry& entry) {
  constexpr std::size_t kTimeBytes = 14;
  std::size_t bytes =
      entry.source.size() + entry.detail_type.size() + entry.detail.size() + (entry.time ? kTimeBytes : 0);
  for (const std::string& resource : entry.resources) bytes += resource.size();
  return bytes;
}

std::size_t total_bytes(const std::vector<RawEntry>& entries) {
  std::size_t total = 0;
  for (const RawEntry& raw : entries) total += entry_bytes(raw.entry);
  return total;
}

}  // namespace waybill::api
