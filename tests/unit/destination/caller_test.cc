#include "destination/caller.h"

#include <doctest/doctest.h>

#include "support/fake_clock.h"
#include "unit/destination/fake_outbound.h"

using namespace waybill;
using namespace waybill::testing;
using namespace waybill::destination;
using Kind = CallOutcome::Kind;

namespace {

struct Peer {
  FakeOutbound http;
  FakeWallClock wall;
  FakeSteadyClock steady;
  DestinationCaller caller{http, wall, steady};
  DestinationSpec spec{"arn:d", "orders", "https://h/*", "POST", 300, std::make_shared<const ConnectionSpec>(), true};
  std::vector<CallOutcome> outcomes;

  void call(std::vector<std::string> path_values = {"1"}) {
    caller.call(std::make_shared<const DestinationSpec>(spec), {std::move(path_values), {}, {}}, R"({"n":1})",
                [this](CallOutcome outcome) { outcomes.push_back(std::move(outcome)); });
  }
  void use_oauth() {
    spec.connection = std::make_shared<const ConnectionSpec>(
        ConnectionSpec{"arn:c", OAuth{"https://a/token", "POST", "id", "s3cr3t", {}}, {}});
  }
  std::string authorization() const {
    for (const auto& [name, value] : http.calls.back().headers) {
      if (name == "Authorization") return value;
    }
    return "";
  }
};

std::string grant_of(const std::string& token) { return R"({"access_token":")" + token + R"(","expires_in":3600})"; }

}  // namespace

TEST_CASE("a call sends the body and tells what its answer means") {
  Peer peer;
  peer.call();
  REQUIRE(peer.http.open() == 1);
  CHECK(peer.http.calls[0].url == "https://h/1");
  CHECK(peer.http.calls[0].body == R"({"n":1})");
  CHECK(peer.outcomes.empty());
  peer.http.answer(200);
  REQUIRE(peer.outcomes.size() == 1);
  CHECK(peer.outcomes[0].kind == Kind::delivered);
  peer.call();
  peer.http.answer(429, "slow down", {{"Retry-After", "7"}});
  CHECK(peer.outcomes[1].kind == Kind::retriable);
  CHECK(peer.outcomes[1].wait == std::chrono::seconds{7});
  CHECK(peer.outcomes[1].error_message == "the API destination 'orders' answered with status 429: slow down");
  peer.call();
  peer.http.fail(net::OutboundError::Kind::connect);
  CHECK(peer.outcomes[2].error_code == "CONNECTION_FAILURE");
}

TEST_CASE("a call beyond the rate limit is put off and not made") {
  Peer peer;
  peer.spec.rate_per_second = 2;
  for (int i = 0; i < 3; ++i) peer.call();
  CHECK(peer.http.open() == 2);
  REQUIRE(peer.outcomes.size() == 1);
  CHECK(peer.outcomes[0].kind == Kind::postponed);
  CHECK(peer.outcomes[0].wait == Millis{500});
  peer.steady.advance(Millis{500});
  peer.call();
  CHECK(peer.http.open() == 3);
}

TEST_CASE("a request that cannot be built is given up") {
  Peer peer;
  peer.call({});
  CHECK(peer.http.open() == 0);
  REQUIRE(peer.outcomes.size() == 1);
  CHECK(peer.outcomes[0].kind == Kind::permanent);
  CHECK(peer.outcomes[0].error_code == "INVALID_PARAMETER");
}

TEST_CASE("an inactive destination is not called, and is retried") {
  Peer peer;
  peer.spec.active = false;
  peer.call();
  CHECK(peer.http.open() == 0);
  CHECK(peer.outcomes.at(0).kind == Kind::retriable);
  CHECK(peer.outcomes.at(0).error_message ==
        "the API destination 'orders' is INACTIVE: its connection is not authorized");
}

TEST_CASE("with OAuth the token is fetched first and used for further calls") {
  Peer peer;
  peer.use_oauth();
  peer.call();
  CHECK(peer.http.calls.back().url == "https://a/token");
  peer.http.answer(200, grant_of("t1"));
  CHECK(peer.authorization() == "Bearer t1");
  peer.http.answer(200);
  peer.call();
  CHECK(peer.http.calls.size() == 3);
  CHECK(peer.authorization() == "Bearer t1");
}

TEST_CASE("a token that is refused is renewed once") {
  Peer peer;
  peer.use_oauth();
  peer.call();
  peer.http.answer(200, grant_of("t1"));
  peer.http.answer(401);
  peer.http.answer(200, grant_of("t2"));
  CHECK(peer.authorization() == "Bearer t2");
  CHECK(peer.outcomes.empty());
  peer.http.answer(401, "t2 is no good");
  REQUIRE(peer.outcomes.size() == 1);
  CHECK(peer.outcomes[0].kind == Kind::retriable);
  CHECK(peer.outcomes[0].error_message == "the API destination 'orders' answered with status 401: *** is no good");
  CHECK(peer.http.open() == 0);
}

TEST_CASE("without a token there is no call") {
  Peer peer;
  peer.use_oauth();
  peer.call();
  peer.http.answer(503);
  REQUIRE(peer.outcomes.size() == 1);
  CHECK(peer.outcomes[0].kind == Kind::retriable);
  CHECK(peer.http.calls.size() == 1);
}

TEST_CASE("401 without OAuth is an answer like another") {
  Peer peer;
  peer.call();
  peer.http.answer(401);
  CHECK(peer.outcomes.at(0).kind == Kind::retriable);
  CHECK(peer.http.calls.size() == 1);
}
