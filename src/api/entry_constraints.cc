#include "api/entry_constraints.h"

#include <algorithm>

#include <spdlog/fmt/fmt.h>
#include <spdlog/fmt/ranges.h>

#include "api/request/patterns.h"
#include "api/request/printed_value.h"
#include "api/request/violations.h"
#include "base/code_points.h"

namespace waybill::api {

namespace {

constexpr std::int64_t kMaxResource = 2048;
constexpr std::int64_t kMaxTraceHeader = 500;
constexpr std::int64_t kMaxEndpointId = 50;
constexpr std::size_t kMaxBusName = 1600;

std::string or_null(bool given, const std::string& text) { return given ? text : "null"; }

std::string printed(const std::vector<std::string>& resources) {
  return fmt::format("[{}]", fmt::join(resources, ", "));
}

std::string printed(const RawEntry& raw) {
  const std::string resources = raw.has_resources ? printed(raw.entry.resources) : "null";
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

void check_entry(const RawEntry& raw, std::size_t number, Violations& violations) {
  const auto path = [number](std::string_view member) { return fmt::format("entries.{}.member.{}", number, member); };
  const auto& resources = raw.entry.resources;
  if (std::any_of(resources.begin(), resources.end(),
                  [](const auto& each) { return code_points(each) > kMaxResource; })) {
    violations.add(printed(resources), path("resources"),
                   fmt::format("Member must satisfy constraint: [{}]", length_at_most(kMaxResource)));
  }
  if (raw.has_bus) {
    const std::string& bus = raw.entry.bus;
    if (!kEntryBusPattern.matches(bus)) violations.add(bus, path("eventBusName"), must_match(kEntryBusPattern.text));
    if (bus.empty()) violations.add(bus, path("eventBusName"), length_at_least(1));
    if (bus.size() > kMaxBusName) violations.add(bus, path("eventBusName"), length_at_most(kMaxBusName));
  }
  if (raw.has_trace_header && raw.trace_header.empty()) violations.add("", path("traceHeader"), length_at_least(1));
  if (code_points(raw.trace_header) > kMaxTraceHeader) {
    violations.add(raw.trace_header, path("traceHeader"), length_at_most(kMaxTraceHeader));
  }
}

}  // namespace

std::string entry_violations(const std::vector<RawEntry>& entries, const std::optional<std::string>& endpoint,
                             const PutEventsLimits& limits) {
  Violations violations;
  if (entries.empty()) violations.add("[]", "entries", length_at_least(1));
  if (entries.size() > limits.max_entries) {
    violations.add(printed(entries), "entries", length_at_most(static_cast<std::int64_t>(limits.max_entries)));
  }
  for (std::size_t i = 0; i < entries.size(); ++i) check_entry(entries[i], i + 1, violations);
  if (endpoint && endpoint->empty()) violations.add("", "endpointId", length_at_least(1));
  if (endpoint && code_points(*endpoint) > kMaxEndpointId) {
    violations.add(*endpoint, "endpointId", length_at_most(kMaxEndpointId));
  }
  return violations.message();
}

bool is_bus_name(const std::string& text) { return text.size() <= kMaxBusName && kEntryBusPattern.matches(text); }

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
