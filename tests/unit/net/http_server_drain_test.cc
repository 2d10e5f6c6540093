#include <doctest/doctest.h>

#include "net/http_server.h"
#include "unit/net/server_fixture.h"

using namespace waybill;
using namespace waybill::net;
using namespace waybill::testing;
using namespace std::chrono_literals;

TEST_CASE("drain without connections is done at once") {
  TestServer server(echo);
  Signal done;
  server.server->drain([&] { done.raise(); });
  CHECK(done.wait());
  CHECK_FALSE(RawClient(server.port).connected());
}

TEST_CASE("drain closes idle connections at once and refuses new ones") {
  TestServer server(echo);
  RawClient fresh(server.port), used(server.port);
  used.send(get("/"));
  CHECK(used.receive().status == 200);
  REQUIRE(server.probe.opened.wait(2));
  Signal done;
  server.server->drain([&] { done.raise(); });
  CHECK(fresh.sees_end());
  CHECK(used.sees_end());
  CHECK(done.wait());
  CHECK(server.server->open_connections() == 0);
  CHECK_FALSE(RawClient(server.port).connected());
}

TEST_CASE("drain closes a connection whose answer another thread wrote") {
  Held held;
  TestServer server(held.handler());
  RawClient client(server.port);
  client.send(get("/"));
  REQUIRE(held.arrived.wait());
  held.reply(text_response("done"));
  CHECK(client.receive().status == 200);
  Signal done;
  server.server->drain([&] { done.raise(); });
  CHECK(client.sees_end());
  CHECK(done.wait());
}

TEST_CASE("drain waits for the request in flight, whose answer says that the connection closes") {
  Held held;
  TestServer server(held.handler());
  RawClient client(server.port), idle(server.port);
  client.send(get("/"));
  REQUIRE(held.arrived.wait());
  REQUIRE(server.probe.opened.wait(2));
  std::atomic<bool> is_done{false};
  Signal done;
  server.server->drain([&] {
    is_done = true;
    done.raise();
  });
  CHECK(idle.sees_end());  // so the drain has begun
  CHECK_FALSE(is_done);
  held.reply(text_response("finished"));
  const RawResponse response = client.receive();
  CHECK(response.body == "finished");
  CHECK(response.header("Connection") == "close");
  CHECK(client.sees_end());
  CHECK(done.wait());
}

TEST_CASE("a request that is half read when the drain begins is still answered") {
  TestServer server(echo);
  RawClient client(server.port), idle(server.port);
  client.send("POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  CHECK(client.receive(false).status == 100);  // so the request has begun
  REQUIRE(server.probe.opened.wait(2));
  Signal done;
  server.server->drain([&] { done.raise(); });
  CHECK(idle.sees_end());
  client.send("data");
  const RawResponse response = client.receive();
  CHECK(response.body == "POST / data");
  CHECK(response.header("Connection") == "close");
  CHECK(done.wait());
}

TEST_CASE("a drain that takes too long cuts what is left, and a late reply does no harm") {
  Held held;
  HttpServerOptions options;
  options.drain_limit = 20ms;
  TestServer server(held.handler(), options);
  RawClient client(server.port), reading(server.port);
  client.send(get("/"));
  reading.send("GET / HT");
  REQUIRE(held.arrived.wait());
  REQUIRE(server.probe.opened.wait(2));
  Signal done;
  server.server->drain([&] { done.raise(); });
  CHECK(client.is_cut());
  CHECK(reading.is_cut());
  CHECK(done.wait());
  held.reply(text_response("too late"));
}
