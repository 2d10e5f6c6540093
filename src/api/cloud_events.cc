#include "api/cloud_events.h"

#include <algorithm>

#include "api/cloud_event_reader.h"
#include "api/entry_constraints.h"
#include "net/url.h"

namespace waybill::api {

namespace {

constexpr std::string_view kFamily = "application/cloudevents";
constexpr std::string_view kStructured = "application/cloudevents+json";
constexpr std::string_view kBatch = "application/cloudevents-batch+json";

AwsError refused(const Error& error) { return {"ValidationException", error.message, 400}; }

AwsError too_large(std::string message) { return {"RequestEntityTooLarge", std::move(message), 413}; }

Result<std::string> bus_of(std::string_view query) {
  WAYBILL_TRY(net::QueryPairs pairs, net::parse_query(query));
  if (pairs.empty()) return bus::Entry().bus;
  for (const auto& [name, value] : pairs) {
    if (name != "bus") return invalid(name + ": there is no such parameter; the bus is named like ?bus=orders");
  }
  if (pairs.size() > 1) return invalid("bus: the parameter is given more than once");
  if (!is_bus_name(pairs.front().second)) {
    return invalid("bus: '" + pairs.front().second +
                   "' is neither the name of an event bus (letters, digits, . - _) nor the ARN of one");
  }
  return std::move(pairs.front().second);
}

using Events = std::variant<std::vector<CloudEvent>, AwsError>;

Events one(Result<CloudEvent> event) {
  if (!event) return refused(event.error());
  std::vector<CloudEvent> events;
  events.push_back(std::move(*event));
  return events;
}

Events read_events(net::HttpRequest& request) {
  const std::string type = bare_media_type(request.header("Content-Type"));
  if (type == kStructured) return one(read_structured_event(request.body));
  if (type == kBatch) {
    auto events = read_event_batch(request.body);
    if (!events) return refused(events.error());
    return std::move(*events);
  }
  if (type.starts_with(kFamily)) {
    return AwsError{"UnsupportedMediaType",
                    "Content-Type: '" + type + "' is not supported; CloudEvents are read as " +
                        std::string(kStructured) + ", as " + std::string(kBatch) +
                        ", or in binary mode, with ce- headers and the Content-Type of the data.",
                    415};
  }
  return one(read_binary_event(request));
}

net::HttpResponse error_response(const AwsError& error) {
  net::HttpResponse response = to_response(error);
  response.content_type = "application/json";
  return response;
}

}  // namespace

Entries parse_cloud_events(net::HttpRequest& request, const PutEventsLimits& limits) {
  const auto bus = bus_of(request.query);
  if (!bus) return refused(bus.error());
  const bool batch = bare_media_type(request.header("Content-Type")) == kBatch;
  Events events = read_events(request);
  if (auto* error = std::get_if<AwsError>(&events)) return std::move(*error);
  auto& read = std::get<std::vector<CloudEvent>>(events);
  if (read.size() > limits.max_entries) {
    return too_large("The batch has " + std::to_string(read.size()) + " events; at most " +
                     std::to_string(limits.max_entries) + " are taken at a time.");
  }
  std::vector<bus::Entry> entries;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < read.size(); ++i) {
    const std::string where = batch ? in_batch(i) : "";
    auto entry = to_entry(std::move(read[i]));
    if (!entry) return AwsError{"ValidationException", where + entry.error().message, 400};
    entry->bus = *bus;
    std::string detail;
    if (const auto failed = bus::check_entry(*entry, detail)) {
      return AwsError{failed->error_code, where + "source '" + entry->source + "': " + failed->error_message, 400};
    }
    bytes += entry_bytes(*entry);
    entries.push_back(std::move(*entry));
  }
  if (bytes > limits.max_request_bytes) {
    return too_large("The events have " + std::to_string(bytes) + " bytes as entries of a bus; at most " +
                     std::to_string(limits.max_request_bytes) + " are taken at a time.");
  }
  return entries;
}

void CloudEventsApi::receive(net::HttpRequest request, net::Reply reply) const {
  Entries entries = parse_cloud_events(request, ports_.limits);
  if (const auto* error = std::get_if<AwsError>(&entries)) {
    reply(error_response(*error));
    return;
  }
  ports_.acceptor.put_events(
      std::get<std::vector<bus::Entry>>(entries), ports_.sink, [this, reply = std::move(reply)](auto done) mutable {
        ports_.io.post([done = std::move(done), reply = std::move(reply)]() mutable {
          if (!done) {
            reply(error_response(from_refusal(done.error())));
            return;
          }
          net::HttpResponse response;
          // Who sends CloudEvents looks at the status alone. Every entry was checked before, so none should fail here.
          if (!std::all_of(done->begin(), done->end(), [](const auto& each) { return each.ok(); }))
            response.status = 500;
          response.body = put_events_response(*done);
          reply(std::move(response));
        });
      });
}

}  // namespace waybill::api
