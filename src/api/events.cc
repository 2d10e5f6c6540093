#include "api/events.h"

#include <algorithm>

#include "api/control_api.h"
#include "base/log.h"

namespace waybill::api {

namespace {

void log_refused_entries(const std::string& request_id, const std::vector<bus::EntryResult>& results) {
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].ok()) continue;
    spdlog::info("{}: entry {} refused: {}: {}", request_id, i + 1, results[i].error_code, results[i].error_message);
  }
}

using Accepted = boost::system::result<std::vector<bus::EntryResult>, store::Refusal>;

net::HttpResponse answer_of(const std::vector<bus::EntryResult>& results, BodyForm form) {
  net::HttpResponse response;
  response.content_type = form == BodyForm::aws ? kAwsJson : "application/json";
  response.body = put_events_response(results);
  return response;
}

}  // namespace

void EventsApi::aws(net::HttpRequest request, net::Reply reply) const {
  put_events(std::move(request), BodyForm::aws, std::move(reply));
}

void EventsApi::plain(net::HttpRequest request, net::Reply reply) const {
  put_events(std::move(request), BodyForm::plain, std::move(reply));
}

void EventsApi::put_events(net::HttpRequest request, BodyForm form, net::Reply reply) const {
  Entries entries = parse_put_events(request.body, form, ports_.limits);
  if (const auto* error = std::get_if<AwsError>(&entries)) {
    reply(to_response(*error));
    return;
  }
  auto& list = std::get<std::vector<bus::Entry>>(entries);
  if (ports_.tenancy == Tenancy::aws) {
    const Place place = place_of_request(request, ports_.tenancy, ports_.topology.get()->place());
    for (bus::Entry& entry : list) entry.place = place;
  }
  ports_.acceptor.put_events(
      list, ports_.sink,
      [this, form, id = std::move(request.request_id), reply = std::move(reply)](Accepted done) mutable {
        // On the thread of the ingress log. So short a text takes it less than handing it on; log lines do not: they may block.
        if (done && std::all_of(done->begin(), done->end(), [](const auto& each) { return each.ok(); })) {
          reply(answer_of(*done, form));
          return;
        }
        ports_.io.post([form, id = std::move(id), done = std::move(done), reply = std::move(reply)]() mutable {
          if (!done) {
            reply(to_response(from_refusal(done.error(), form == BodyForm::aws)));
            return;
          }
          log_refused_entries(id, *done);
          reply(answer_of(*done, form));
        });
      });
}

}  // namespace waybill::api
