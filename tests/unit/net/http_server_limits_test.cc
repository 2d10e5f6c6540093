// What the server does to clients that are too slow or too many, and how it ends. Deadlines are short here and tests
// wait for the socket to say what happened.
#include <sys/resource.h>

#include <doctest/doctest.h>

#include "net/http_server.h"
#include "unit/net/server_fixture.h"

using namespace waybill;
using namespace waybill::net;
using namespace waybill::testing;
using namespace std::chrono_literals;

namespace {

HttpServerOptions with_read_deadline(std::chrono::milliseconds deadline) {
  HttpServerOptions options;
  options.read_deadline = deadline;
  return options;
}

}  // namespace

TEST_CASE("a request that stops half way is answered 408") {
  TestServer server(echo, with_read_deadline(30ms));
  for (const char* start : {"G", "GET / HTTP/1.1\r\nHost: localhost\r\n",
                            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc"}) {
    CAPTURE(start);
    RawClient client(server.port);
    client.send(start);
    const RawResponse response = client.receive();
    CHECK(response.status == 408);
    CHECK(response.body.find("30 ms") != std::string::npos);
    CHECK(client.sees_end());
  }
}

TEST_CASE("a client that trickles is cut off all the same") {
  HttpServerOptions options = with_read_deadline(40ms);
  options.max_header_bytes = 1024 * 1024 * 1024;  // so that nothing but the deadline can end it
  TestServer server(echo, options);
  RawClient client(server.port);
  client.send("GET / HTTP/1.1\r\nHost: localhost\r\nX-Trickle: ");
  std::thread trickle([&] {
    while (server.probe.last_refusal == 0 && client.send("a")) std::this_thread::yield();
  });
  CHECK(client.receive().status == 408);
  trickle.join();
}

TEST_CASE("the deadline runs from the first byte of each request") {
  TestServer server(echo, with_read_deadline(40ms));
  RawClient client(server.port);
  client.send(get("/1") + "GET /2");
  CHECK(client.receive().status == 200);
  CHECK(client.receive().status == 408);
}

TEST_CASE("an idle connection is closed without a word") {
  HttpServerOptions options;
  options.idle_deadline = 20ms;
  TestServer server(echo, options);
  RawClient fresh(server.port);
  CHECK(fresh.sees_end());
  RawClient used(server.port);
  used.send(get("/"));
  CHECK(used.receive().status == 200);
  CHECK(used.sees_end());
}

TEST_CASE("a connection is idle from the moment when another thread wrote its answer") {
  HttpServerOptions options;
  options.idle_deadline = 20ms;
  Held held;
  TestServer server(held.handler(), options);
  RawClient client(server.port);
  client.send(get("/"));
  REQUIRE(held.arrived.wait());
  held.reply(text_response("done"));
  CHECK(client.receive().status == 200);
  CHECK(client.sees_end());
}

TEST_CASE("a handler may take longer than every deadline") {
  HttpServerOptions options = with_read_deadline(10ms);
  options.idle_deadline = 10ms;
  options.write_deadline = 10ms;
  Held held;
  TestServer server(held.handler(), options);
  RawClient slow(server.port);
  slow.send(get("/"));
  REQUIRE(held.arrived.wait());
  // Another connection has lived and died of its deadline meanwhile, twice.
  for (int i = 0; i < 2; ++i) CHECK(RawClient(server.port).sees_end());
  held.reply(text_response("late"));
  CHECK(slow.receive().body == "late");
}

TEST_CASE("a client that does not take its answer is cut off") {
  HttpServerOptions options;
  options.write_deadline = 30ms;
  TestServer server([](HttpRequest, Reply reply) { reply(text_response(std::string(30'000'000, 'x'))); }, options);
  RawClient client(server.port, 4096);
  client.send(get("/"));
  CHECK(server.probe.closed.wait());
  CHECK(client.is_cut());
}

TEST_CASE("one connection too many is refused politely, and a free place is used again") {
  HttpServerOptions options;
  options.max_connections = 2;
  TestServer server(echo, options);
  std::optional<RawClient> first(std::in_place, server.port);
  RawClient second(server.port);
  REQUIRE(server.probe.opened.wait(2));
  RawClient third(server.port);
  third.send(post(std::string(20'000, 'x')));
  const RawResponse refusal = third.receive();
  CHECK(refusal.status == 503);
  CHECK(refusal.header("Retry-After") == "1");
  CHECK(refusal.header("Connection") == "close");
  CHECK(refusal.header("x-amzn-RequestId").size() == 36);
  CHECK(third.sees_end());
  CHECK(server.probe.refused.wait());
  second.send(get("/"));
  CHECK(second.receive().status == 200);
  first.reset();
  REQUIRE(server.probe.closed.wait());
  RawClient fourth(server.port);
  fourth.send(get("/"));
  CHECK(fourth.receive().status == 200);
}

TEST_CASE("refusals are bounded too: beyond, connections are closed without an answer") {
  HttpServerOptions options;
  options.max_connections = 0;
  options.max_refusals = 1;
  TestServer server(echo, options);
  RawClient first(server.port);
  CHECK(first.receive().status == 503);
  RawClient second(server.port);  // the first is still being waited for
  CHECK(second.receive().status == 0);
  first.close();
}

TEST_CASE("accepting goes on after the process ran out of file descriptors") {
  HttpServerOptions options;
  options.accept_backoff = 5ms;
  TestServer server(echo, options);
  RawClient before(server.port);
  before.send(get("/"));
  CHECK(before.receive().status == 200);
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  rlimit saved{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &saved) == 0);
  rlimit none = saved;
  none.rlim_cur = 3;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int connected = ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address);
  const bool failed_repeatedly = server.probe.accept_failures.wait(3);
  ::setrlimit(RLIMIT_NOFILE, &saved);
  CHECK(connected == 0);
  CHECK(failed_repeatedly);
  const std::string request = get("/", "Connection: close\r\n");
  CHECK(::send(socket, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size()));
  char byte = 0;
  CHECK(::recv(socket, &byte, 1, 0) == 1);
  CHECK(byte == 'H');
  ::close(socket);
}
