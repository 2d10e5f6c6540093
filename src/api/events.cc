#include "api/events.h"

#include "api/operations.h"
#include "base/log.h"

namespace waybill::api {

void EventsApi::aws(net::HttpRequest request, net::Reply reply) const {
  const std::string_view target = request.header("x-amz-target");
  if (target == "AWSEvents.PutEvents") {
    put_events(std::move(request), BodyForm::aws, std::move(reply));
    return;
  }
  const AwsError error = unknown_operation(target, request.body);
  spdlog::warn("{}: {}: {}", request.request_id, error.code, error.message);
  reply(to_response(error));
}

void EventsApi::plain(net::HttpRequest request, net::Reply reply) const {
  put_events(std::move(request), BodyForm::plain, std::move(reply));
}

void EventsApi::put_events(net::HttpRequest request, BodyForm form, net::Reply reply) const {
  const char* content_type = form == BodyForm::aws ? kAwsJson : "application/json";
  Entries entries = parse_put_events(request.body, form, ports_.limits);
  if (const auto* error = std::get_if<AwsError>(&entries)) {
    spdlog::info("{}: PutEvents refused: {}: {:.300}", request.request_id, error->code, error->message);
    reply(to_response(*error));
    return;
  }
  ports_.acceptor.put_events(
      std::get<std::vector<bus::Entry>>(entries), ports_.sink,
      [this, content_type, id = std::move(request.request_id), reply = std::move(reply)](auto done) mutable {
        // On the writer thread, which has better things to do than to write texts.
        ports_.io.post([content_type, id = std::move(id), done = std::move(done), reply = std::move(reply)]() mutable {
          if (!done) {
            spdlog::warn("{}: PutEvents not stored: {}", id, done.error().message);
            reply(to_response(from_refusal(done.error())));
            return;
          }
          net::HttpResponse response;
          response.content_type = content_type;
          response.body = put_events_response(*done);
          reply(std::move(response));
        });
      });
}

}  // namespace waybill::api
