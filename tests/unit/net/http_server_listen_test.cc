// Where the server listens, and where its connections live.
#include <thread>

#include <doctest/doctest.h>

#include "net/http_server.h"
#include "unit/net/server_fixture.h"

using namespace waybill;
using namespace waybill::net;
using namespace waybill::testing;

TEST_CASE("listening says why it cannot") {
  TestServer server(echo);
  const auto taken = server.server->listen("127.0.0.1", server.port);
  REQUIRE(taken.has_error());
  CHECK(taken.error().code == ErrorCode::io);
  CHECK(taken.error().message ==
        "cannot listen on 127.0.0.1:" + std::to_string(server.port) + ": Address already in use");
  const auto unknown = server.server->listen("999.1.1.1.invalid", 0);
  REQUIRE(unknown.has_error());
  CHECK(unknown.error().code == ErrorCode::invalid);
  HttpServerOptions options;
  options.allowed_hosts = {"http://x"};
  SystemRandom random;
  HttpServer other(server.io, options, echo, random);
  CHECK(other.listen("127.0.0.1", 0).error().message.find("allowed_hosts") == 0);
}

TEST_CASE("connections live where the owner places them") {
  boost::asio::io_context accepting, serving;
  SystemRandom random;
  std::thread::id handled_by;
  HttpServer server(
      accepting, {},
      [&](HttpRequest request, Reply reply) {
        handled_by = std::this_thread::get_id();
        echo(std::move(request), std::move(reply));
      },
      random, nullptr, [&]() -> boost::asio::io_context& { return serving; });
  const auto port = server.listen("127.0.0.1", 0);
  REQUIRE(port.has_value());
  const auto accepting_guard = boost::asio::make_work_guard(accepting);
  const auto serving_guard = boost::asio::make_work_guard(serving);
  std::thread accepts([&] { accepting.run(); });
  std::thread serves([&] { serving.run(); });
  const auto expected = serves.get_id();
  RawClient client(*port);
  client.send(get("/here"));
  const RawResponse response = client.receive();
  accepting.stop();
  serving.stop();
  accepts.join();
  serves.join();
  CHECK(response.body == "GET /here ");
  CHECK(handled_by == expected);
}

TEST_CASE("a server listens on several addresses") {
  TestServer server(echo);
  const auto second = server.server->listen("localhost", 0);
  REQUIRE(second.has_value());
  CHECK(*second != server.port);
}
