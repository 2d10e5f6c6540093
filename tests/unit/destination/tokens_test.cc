#include "destination/tokens.h"

#include <doctest/doctest.h>

#include "support/fake_clock.h"
#include "unit/destination/fake_outbound.h"

using namespace waybill;
using namespace waybill::testing;
using namespace waybill::destination;
using std::chrono::seconds;

namespace {

std::shared_ptr<const ConnectionSpec> oauth_connection(const std::string& arn, const std::string& secret = "s3cr3t") {
  return std::make_shared<const ConnectionSpec>(
      ConnectionSpec{arn, OAuth{"https://a/token", "POST", "id", secret, {}}, {}});
}

struct Tokens {
  FakeOutbound http;
  FakeWallClock wall;
  FakeSteadyClock steady;
  TokenSource source{http, wall, steady};
  std::vector<std::string> got;  // tokens, or error codes after "!"

  void get(const std::shared_ptr<const ConnectionSpec>& connection) {
    source.get(connection, [this](TokenSource::Token token) {
      const auto* failure = std::get_if<CallOutcome>(&token);
      got.push_back(failure ? "!" + failure->error_code : std::get<std::string>(token));
      if (failure) last_failure = *failure;
    });
  }
  CallOutcome last_failure;
};

std::string grant(const std::string& token, const std::string& expires = "100") {
  return R"({"access_token":")" + token + R"(","token_type":"Bearer","expires_in":)" + expires + "}";
}

using List = std::vector<std::string>;

}  // namespace

TEST_CASE("a token is fetched once for all who wait, and kept until the last tenth of its life") {
  Tokens tokens;
  const auto connection = oauth_connection("c");
  tokens.get(connection);
  tokens.get(connection);
  CHECK(tokens.http.open() == 1);
  tokens.http.answer(200, grant("t1"));
  CHECK(tokens.got == List{"t1", "t1"});
  tokens.steady.advance(seconds{89});
  tokens.get(connection);
  CHECK(tokens.got.size() == 3);
  tokens.steady.advance(seconds{1});
  tokens.get(connection);
  CHECK(tokens.got.size() == 3);
  tokens.http.answer(200, grant("t2"));
  CHECK(tokens.got.back() == "t2");
}

TEST_CASE("a life written as a string counts, and none stands for an hour less a minute") {
  Tokens tokens;
  tokens.get(oauth_connection("a"));
  tokens.http.answer(200, grant("t", R"("100")"));
  tokens.get(oauth_connection("b"));
  tokens.http.answer(200, R"({"access_token":"t"})");
  tokens.steady.advance(seconds{95});
  tokens.get(oauth_connection("a"));
  CHECK(tokens.http.open() == 1);
  tokens.get(oauth_connection("b"));
  CHECK(tokens.http.open() == 1);
  tokens.steady.advance(std::chrono::hours{1});
  tokens.get(oauth_connection("b"));
  CHECK(tokens.http.open() == 2);
}

TEST_CASE("connections have tokens of their own, and one that changed starts over") {
  Tokens tokens;
  tokens.get(oauth_connection("a"));
  tokens.get(oauth_connection("b"));
  CHECK(tokens.http.open() == 2);
  tokens.http.answer(200, grant("ta"));
  tokens.http.answer(200, grant("tb"));
  CHECK(tokens.got == List{"ta", "tb"});
  tokens.get(oauth_connection("a", "new secret"));
  CHECK(tokens.http.open() == 1);
}

TEST_CASE("a refused token is forgotten, but not one that came after it") {
  Tokens tokens;
  const auto connection = oauth_connection("c");
  tokens.get(connection);
  tokens.http.answer(200, grant("t1"));
  tokens.source.refused(*connection, "t1");
  tokens.get(connection);
  REQUIRE(tokens.http.open() == 1);
  tokens.http.answer(200, grant("t2"));
  tokens.source.refused(*connection, "t1");
  tokens.get(connection);
  CHECK(tokens.got == List{"t1", "t2", "t2"});
}

TEST_CASE("a fetch that fails tells everybody why, and the next one asks again") {
  Tokens tokens;
  const auto connection = oauth_connection("c");
  tokens.get(connection);
  tokens.get(connection);
  tokens.http.answer(400, R"({"error":"invalid_client","client_secret":"s3cr3t"})");
  CHECK(tokens.got == List{"!ERROR_FROM_TARGET", "!ERROR_FROM_TARGET"});
  CHECK(tokens.last_failure.kind == CallOutcome::Kind::permanent);
  CHECK(tokens.last_failure.error_message ==
        R"(the authorization endpoint of the connection answered with status 400: )"
        R"({"error":"invalid_client","client_secret":"***"})");
  tokens.get(connection);
  tokens.http.fail(net::OutboundError::Kind::timeout);
  CHECK(tokens.got.back() == "!TIMEOUT");
  CHECK(tokens.last_failure.kind == CallOutcome::Kind::retriable);
  tokens.get(connection);
  tokens.http.answer(200, grant("t"));
  CHECK(tokens.got.back() == "t");
}

TEST_CASE("a 200 without a token is a failure that does not repeat what it said") {
  Tokens tokens;
  for (const char* body : {"", "[]", R"({"access_token":7})", R"({"access_token":""})", R"({"refresh_token":"x"})"}) {
    tokens.get(oauth_connection("c"));
    tokens.http.answer(200, body);
    CHECK(tokens.got.back() == "!ERROR_FROM_TARGET");
    CHECK(tokens.last_failure.error_message ==
          "the authorization endpoint of the connection answered without an access_token");
  }
}
