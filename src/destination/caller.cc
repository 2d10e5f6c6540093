#include "destination/caller.h"

#include "destination/request.h"

namespace waybill::destination {

struct DestinationCaller::Call {
  std::shared_ptr<const DestinationSpec> destination;
  HttpParameters parameters;
  std::string body;
  Callback done;
  bool token_renewed = false;
};

void DestinationCaller::call(std::shared_ptr<const DestinationSpec> destination, HttpParameters parameters,
                             std::string body, Callback done) {
  using Kind = CallOutcome::Kind;
  if (!destination->active) {
    return done({Kind::retriable,
                 "NO_PERMISSIONS",
                 "the API destination '" + destination->name + "' is INACTIVE: its connection is not authorized",
                 {}});
  }
  const Millis wait = limits_.take(destination->arn, destination->rate_per_second, rates_.now());
  if (wait > Millis{0}) return done({Kind::postponed, "", "", wait});
  authorize(
      std::make_shared<Call>(Call{std::move(destination), std::move(parameters), std::move(body), std::move(done)}));
}

void DestinationCaller::authorize(const CallPtr& call) {
  const auto& connection = call->destination->connection;
  if (!std::holds_alternative<OAuth>(connection->auth)) return send(call, "");
  tokens_.get(connection, [this, call](TokenSource::Token token) {
    if (auto* failure = std::get_if<CallOutcome>(&token)) return call->done(std::move(*failure));
    send(call, std::get<std::string>(token));
  });
}

void DestinationCaller::send(const CallPtr& call, const std::string& token) {
  auto request = build_request(*call->destination, call->parameters, call->body, token);
  if (!request) {
    return call->done({CallOutcome::Kind::permanent, "INVALID_PARAMETER", std::move(request.error().message), {}});
  }
  http_.submit(std::move(*request), [this, call, token](net::OutboundResult result) { answered(call, token, result); });
}

void DestinationCaller::answered(const CallPtr& call, const std::string& token, const net::OutboundResult& result) {
  const DestinationSpec& destination = *call->destination;
  const std::string who = "the API destination '" + destination.name + "'";
  if (!result) return call->done(classify(result.error(), who));
  if (!token.empty() && !call->token_renewed && (result->status == 401 || result->status == 407)) {
    call->token_renewed = true;
    tokens_.refused(*destination.connection, token);
    return authorize(call);
  }
  std::vector<std::string> secrets = secrets_of(*destination.connection);
  if (!token.empty()) secrets.push_back(token);
  call->done(classify(*result, who, secrets, wall_.now()));
}

}  // namespace waybill::destination
