#include "destination/outcome.h"

#include <doctest/doctest.h>

using namespace waybill;
using namespace waybill::destination;
using Kind = CallOutcome::Kind;
using std::chrono::seconds;

namespace {

const WallTime kNow = from_millis(1'700'000'000'000);  // Tue, 14 Nov 2023 22:13:20 GMT

CallOutcome of(unsigned status, const std::string& body = "", const std::string& retry_after = "",
               const std::vector<std::string>& secrets = {}) {
  net::HttpResponse response;
  response.status = status;
  response.body = body;
  if (!retry_after.empty()) response.headers.emplace_back("retry-after", retry_after);
  return classify(response, "the peer", secrets, kNow);
}

}  // namespace

TEST_CASE("every 2xx is done") {
  for (const unsigned status : {200u, 201u, 202u, 204u, 299u}) CHECK(of(status).kind == Kind::delivered);
}

TEST_CASE("401, 407, 409, 429 and 5xx are retried, everything else is given up") {
  for (const unsigned status : {401u, 407u, 409u, 429u, 500u, 502u, 503u, 599u})
    CHECK(of(status).kind == Kind::retriable);
  for (const unsigned status : {301u, 302u, 307u, 304u, 400u, 403u, 404u, 408u, 410u, 422u, 100u, 600u}) {
    CHECK(of(status).kind == Kind::permanent);
  }
  CHECK(of(500).error_code == "ERROR_FROM_TARGET");
  CHECK(of(404).error_code == "ERROR_FROM_TARGET");
  CHECK(of(429).error_code == "THROTTLING");
}

TEST_CASE("429 and 5xx say that the target as a whole is down, as does no connection and no answer") {
  for (const unsigned status : {429u, 500u, 503u}) CHECK(of(status).target_down);
  for (const unsigned status : {200u, 401u, 404u, 409u}) CHECK_FALSE(of(status).target_down);
  using Error = net::OutboundError;
  for (const auto kind : {Error::Kind::connect, Error::Kind::timeout, Error::Kind::broken}) {
    CHECK(classify(Error{kind, "why"}, "the peer").target_down);
  }
  for (const auto kind : {Error::Kind::invalid, Error::Kind::tls, Error::Kind::stopped}) {
    CHECK_FALSE(classify(Error{kind, "why"}, "the peer").target_down);
  }
}

TEST_CASE("a message says who, the status, and how the answer begins") {
  CHECK(of(500).error_message == "the peer answered with status 500");
  CHECK(of(500, "out of\r\npaper").error_message == "the peer answered with status 500: out of  paper");
  const std::string prefix = "the peer answered with status 404: ";
  CHECK(of(404, std::string(500, 'x')).error_message == prefix + std::string(200, 'x'));
  CHECK(of(404, std::string(199, 'x') + "\xC3\xA9").error_message == prefix + std::string(199, 'x'));
  CHECK(of(404, "\xC3\xA9").error_message == prefix + "\xC3\xA9");
  CHECK(of(404, "\xFFz").error_message == prefix + "?z");
}

TEST_CASE("a secret that the answer repeats is left out, also where the excerpt ends") {
  CHECK(of(400, "key=abc; key=abc", "", {"abc"}).error_message ==
        "the peer answered with status 400: key=***; key=***");
  CHECK(of(400, std::string(198, 'x') + "abc", "", {"abc"}).error_message.find('a', 40) == std::string::npos);
}

TEST_CASE("Retry-After is honoured as seconds or as a date, for what is retried") {
  CHECK(of(429, "", "120").wait == seconds{120});
  CHECK(of(503, "", "Tue, 14 Nov 2023 22:14:00 GMT").wait == seconds{40});
  CHECK(of(429, "", "Tue, 14 Nov 2023 22:13:00 GMT").wait == seconds{0});
  CHECK(of(429, "", "4000000000").wait == std::chrono::hours{24});
  CHECK(of(429, "", "Tue, 14 Nov 2090 22:13:00 GMT").wait == std::chrono::hours{24});
  for (const char* much : {"4294967296", "99999999999999999999"}) {
    CHECK(of(429, "", much).wait == std::chrono::hours{24});
  }
  // RFC 9110: what HTTP wrote before.
  CHECK(of(503, "", "Tuesday, 14-Nov-23 22:14:00 GMT").wait == seconds{40});
  CHECK(of(503, "", "Tuesday, 14-Nov-73 22:14:00 GMT").wait == std::chrono::hours{24});
  CHECK(of(503, "", "Tuesday, 14-Nov-74 22:14:00 GMT").wait == seconds{0});
  CHECK(of(503, "", "Tue Nov 14 22:14:00 2023").wait == seconds{40});
  CHECK(of(503, "", "Sun Nov  6 08:49:37 1994").wait == seconds{0});
  for (const char* nonsense : {"soon", "-5", "12 minutes", "", "2023-11-14T22:14:00Z"}) {
    CHECK(of(429, "", nonsense).wait == seconds{0});
  }
  CHECK(of(404, "", "120").wait == seconds{0});
}

TEST_CASE("what goes wrong before an answer has its own code") {
  using Error = net::OutboundError::Kind;
  const auto of_error = [](Error kind) { return classify(net::OutboundError{kind, "detail"}, "the peer"); };
  CHECK(of_error(Error::connect).kind == Kind::retriable);
  CHECK(of_error(Error::connect).error_code == "CONNECTION_FAILURE");
  CHECK(of_error(Error::connect).error_message == "the peer could not be reached: detail");
  CHECK(of_error(Error::broken).kind == Kind::retriable);
  CHECK(of_error(Error::broken).error_code == "CONNECTION_FAILURE");
  CHECK(of_error(Error::timeout).kind == Kind::retriable);
  CHECK(of_error(Error::timeout).error_code == "TIMEOUT");
  CHECK(of_error(Error::tls).kind == Kind::permanent);
  CHECK(of_error(Error::tls).error_code == "SDK_CLIENT_ERROR");
  CHECK(of_error(Error::invalid).kind == Kind::permanent);
  CHECK(of_error(Error::invalid).error_code == "INVALID_PARAMETER");
}

TEST_CASE("a call that the stop of the client cut off was no attempt") {
  const auto outcome = classify(net::OutboundError{net::OutboundError::Kind::stopped, ""}, "the peer");
  CHECK(outcome.kind == Kind::postponed);
  CHECK(outcome.wait > Millis{0});
}
