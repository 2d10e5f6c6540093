#include "net/http_server.h"

#include <malloc.h>
#include <regex>

#include <doctest/doctest.h>

#include "unit/net/compress.h"
#include "unit/net/server_fixture.h"

using namespace waybill;
using namespace waybill::net;
using namespace waybill::testing;

namespace {

bool is_uuid(const std::string& text) {
  static const std::regex uuid("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  return std::regex_match(text, uuid);
}

// Holds replies until the test gives them out.
class Pending {
 public:
  HttpHandler handler() {
    return [this](HttpRequest request, Reply reply) {
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(std::move(request));
        replies_.push_back(std::move(reply));
      }
      arrived.raise();
    };
  }
  Reply take() {
    const std::lock_guard lock(mutex_);
    Reply reply = std::move(replies_.front());
    replies_.erase(replies_.begin());
    return reply;
  }
  Signal arrived;

 private:
  std::mutex mutex_;
  std::vector<HttpRequest> requests_;
  std::vector<Reply> replies_;
};

}  // namespace

TEST_CASE("a connection serves one request after the other, each answer with its own id") {
  TestServer server(echo);
  RawClient client(server.port);
  REQUIRE(client.connected());
  std::string last_id;
  for (int i = 0; i < 3; ++i) {
    client.send(post("body" + std::to_string(i)));
    const RawResponse response = client.receive();
    CHECK(response.status == 200);
    CHECK(response.body == "POST / body" + std::to_string(i));
    CHECK(response.header("Server") == "waybill");
    CHECK(response.header("Content-Type") == "text/plain");
    CHECK(is_uuid(response.header("x-amzn-RequestId")));
    CHECK(response.header("x-amzn-RequestId") != last_id);
    last_id = response.header("x-amzn-RequestId");
  }
}

TEST_CASE("the handler sees the id that the client gets, and the client's address") {
  std::string id, remote;
  TestServer server([&](HttpRequest request, Reply reply) {
    id = request.request_id;
    remote = request.remote;
    reply({});
  });
  RawClient client(server.port);
  client.send(get("/"));
  CHECK(client.receive().header("x-amzn-RequestId") == id);
  CHECK(remote == "127.0.0.1");
}

TEST_CASE("a thousand pipelined requests are answered in order") {
  TestServer server(echo);
  RawClient client(server.port);
  std::string all;
  for (int i = 0; i < 1000; ++i) all += get("/" + std::to_string(i));
  std::thread sender([&] { client.send(all); });
  for (int i = 0; i < 1000; ++i) {
    const RawResponse response = client.receive();
    if (response.body != "GET /" + std::to_string(i) + " ") FAIL("answer ", i, " is: ", response.body);
  }
  sender.join();
}

TEST_CASE("pipelined requests are answered in order when other threads answer") {
  std::vector<std::thread> workers;
  std::mutex mutex;
  {
    TestServer server([&](HttpRequest request, Reply reply) {
      const std::lock_guard lock(mutex);
      workers.emplace_back([r = std::move(reply), body = request.target]() mutable { r(text_response(body)); });
    });
    RawClient client(server.port);
    std::string all;
    for (int i = 0; i < 50; ++i) all += get("/" + std::to_string(i));
    client.send(all);
    for (int i = 0; i < 50; ++i) CHECK(client.receive().body == "/" + std::to_string(i));
  }
  for (auto& worker : workers) worker.join();
}

TEST_CASE("a connection is closed when the client, the protocol or the handler wants it") {
  TestServer server([](HttpRequest request, Reply reply) {
    HttpResponse response;
    response.close = request.path == "/bye";
    reply(std::move(response));
  });
  for (const std::string& request :
       {get("/", "Connection: close\r\n"), get("/bye"), std::string("GET / HTTP/1.0\r\n\r\n")}) {
    CAPTURE(request);
    RawClient client(server.port);
    client.send(request);
    CHECK(client.receive().header("Connection") == "close");
    CHECK(client.sees_end());
  }
  RawClient old(server.port);
  old.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(old.receive().header("Connection") == "keep-alive");
  old.send("GET / HTTP/1.0\r\n\r\n");
  CHECK(old.receive().status == 200);
}

TEST_CASE("HEAD gets the length of the body and no body") {
  TestServer server([](HttpRequest, Reply reply) { reply(text_response("12345")); });
  RawClient client(server.port);
  client.send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/"));
  const RawResponse head = client.receive(false);
  CHECK(head.status == 200);
  CHECK(head.header("Content-Length") == "5");
  CHECK(client.receive().body == "12345");
}

TEST_CASE("a client that expects 100-continue gets it before it sends the body") {
  TestServer server(echo);
  RawClient client(server.port);
  client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.receive(false).status == 100);
  client.send("data");
  CHECK(client.receive().body == "POST / data");
  client.send(post("sent anyway", "Expect: 100-continue\r\n"));
  CHECK(client.receive().body == "POST / sent anyway");
}

TEST_CASE("a client that expects 100-continue for too much gets the error instead") {
  TestServer server(echo);
  RawClient client(server.port);
  client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8388609\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.receive().status == 413);
  CHECK(client.sees_end());
}

TEST_CASE("chunked and compressed bodies arrive whole") {
  TestServer server(echo);
  RawClient client(server.port);
  client.send("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  client.send("2\r\nde\r\n0\r\n\r\n");
  CHECK(client.receive().body == "POST / abcde");
  client.send(post(gzip("unzipped"), "Content-Encoding: gzip\r\n"));
  CHECK(client.receive().body == "POST / unzipped");
}

TEST_CASE("large bodies pass in both directions") {
  TestServer server(echo);
  RawClient client(server.port);
  std::string body(5'000'000, 'x');
  body.back() = 'y';
  for (int i = 0; i < 2; ++i) {
    std::thread sender([&] { client.send(post(body)); });
    const RawResponse response = client.receive();
    sender.join();
    CHECK(response.status == 200);
    CHECK(response.body == "POST / " + body);
  }
}

TEST_CASE("an idle connection keeps little memory after a large request") {
  const auto in_use = [] {
    const auto info = ::mallinfo2();
    return info.uordblks + info.hblkhd;
  };
  constexpr std::size_t kConnections = 20;
  TestServer server(echo, {}, 1);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (std::size_t i = 0; i < kConnections; ++i) clients.push_back(std::make_unique<RawClient>(server.port));
  const std::string large = post(std::string(500'000, 'x'));
  const auto before = in_use();
  for (const auto& client : clients) {
    std::thread sender([&] { client->send(large + get("/" + std::string(9'000, 'y'))); });
    CHECK(client->receive().body.size() > 500'000);
    sender.join();
    CHECK(client->receive().status == 200);
    client->send(get("/"));  // answered by a connection that was idle in between
    CHECK(client->receive().status == 200);
    client->forget_buffer();
  }
  CHECK(in_use() < before + kConnections * 40'000);
}

TEST_CASE("a reply may come from another thread") {
  Pending pending;
  TestServer server(pending.handler());
  RawClient client(server.port);
  client.send(get("/"));
  REQUIRE(pending.arrived.wait());
  Reply reply = pending.take();
  std::thread([&] { reply(text_response("from afar")); }).join();
  CHECK(client.receive().body == "from afar");
}

TEST_CASE("a dropped reply and a throwing handler are a 500, and the connection goes on") {
  TestServer server([](HttpRequest request, Reply reply) {
    if (request.path == "/throw") throw std::runtime_error("handler bug");
    if (request.path == "/throw-int") throw 42;
    if (request.path == "/drop") return;
    reply({});
  });
  RawClient client(server.port);
  for (const char* path : {"/drop", "/throw", "/throw-int"}) {
    client.send(get(path));
    const RawResponse response = client.receive();
    CHECK(response.status == 500);
    CHECK(response.body.find("InternalFailure") != std::string::npos);
    CHECK(is_uuid(response.header("x-amzn-RequestId")));
  }
  client.send(get("/"));
  CHECK(client.receive().status == 200);
}

TEST_CASE("a reply after the client left does no harm") {
  Pending pending;
  TestServer server(pending.handler());
  {
    RawClient client(server.port);
    client.send(get("/"));
    REQUIRE(pending.arrived.wait());
  }
  pending.take()(text_response(std::string(1'000'000, 'x')));
  CHECK(server.probe.closed.wait());
  RawClient next(server.port);
  next.send(get("/"));
  REQUIRE(pending.arrived.wait(2));
  pending.take()({});
  CHECK(next.receive().status == 200);
}

TEST_CASE("a reply after the server is gone does nothing") {
  Pending pending;
  std::optional<Reply> late, dropped;
  {
    TestServer server(pending.handler());
    RawClient first(server.port), second(server.port);
    first.send(get("/"));
    second.send(get("/"));
    REQUIRE(pending.arrived.wait(2));
    late.emplace(pending.take());
    dropped.emplace(pending.take());
  }
  (*late)(text_response("too late"));
  dropped.reset();
}

TEST_CASE("the server may go at any time, with requests half read and half answered") {
  for (int round = 0; round < 5; ++round) {
    TestServer server([](HttpRequest, Reply reply) { reply(text_response(std::string(20'000'000, 'x'))); });
    RawClient reading(server.port), writing(server.port), idle(server.port);
    REQUIRE(server.probe.opened.wait(3));
    reading.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc");
    writing.send(get("/"));
    server.stop();
    CHECK(idle.is_cut());
  }
}

TEST_CASE("malformed requests get their status and a clean end of the connection") {
  TestServer server(echo);
  const auto status_of = [&](const std::string& text, bool finish = false) {
    RawClient client(server.port);
    client.send(text);
    if (finish) client.finish_sending();
    const RawResponse response = client.receive();
    CHECK(response.header("Connection") == "close");
    CHECK(is_uuid(response.header("x-amzn-RequestId")));
    CHECK(response.body.find("\"__type\"") != std::string::npos);
    CHECK(client.sees_end());
    CHECK(server.probe.last_refusal == response.status);
    return response.status;
  };
  CHECK(status_of("garbage\r\n\r\n") == 400);
  CHECK(status_of("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n") == 400);
  CHECK(status_of("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc", true) == 400);
  CHECK(status_of("GET / HTT", true) == 400);
  CHECK(status_of("GET / HTTP/1.1\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n") == 400);
  CHECK(status_of(get("/", "X: " + std::string(20'000, 'x') + "\r\n")) == 431);
  CHECK(status_of(post("x", "Content-Encoding: br\r\n")) == 415);
  CHECK(status_of(post("x", "Expect: wonders\r\n")) == 417);
  CHECK(status_of(post(gzip(std::string(9'000'000, 'x')), "Content-Encoding: gzip\r\n")) == 413);
}

TEST_CASE("a client that sends too large a body still gets to see the answer") {
  TestServer server(echo);
  RawClient client(server.port);
  CHECK(client.send(post(std::string(12'000'000, 'x'))));
  CHECK(client.receive().status == 413);
  CHECK(client.sees_end());
}

TEST_CASE("errors are formed by the owner's function, which sees what is known of the request") {
  HttpServerOptions options;
  options.error_response = [](unsigned status, std::string_view code, std::string_view, const HttpRequest* request) {
    HttpResponse response = text_response(std::string(code) + (request ? " " + request->path : ""));
    response.status = status;
    return response;
  };
  TestServer server(echo, options);
  RawClient client(server.port);
  client.send("GET /some/path HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  CHECK(client.receive().body == "Forbidden /some/path");
}

TEST_CASE("foreign hosts and origins are refused with the name of the setting") {
  HttpServerOptions options;
  options.allowed_hosts = {"waybill", "*.corp.example"};
  TestServer server(echo, options);
  const auto answer = [&](const std::string& request) {
    RawClient client(server.port);
    client.send(request);
    return client.receive();
  };
  const auto status = [&](const std::string& headers) {
    return answer("GET / HTTP/1.1\r\n" + headers + "\r\n").status;
  };
  const RawResponse refusal = answer("GET / HTTP/1.1\r\nHost: evil.example:4566\r\n\r\n");
  CHECK(refusal.status == 403);
  CHECK(refusal.body.find("'evil.example:4566'") != std::string::npos);
  CHECK(refusal.body.find("allowed_hosts") != std::string::npos);
  CHECK(status("Host: waybill:4566\r\n") == 200);
  CHECK(status("Host: a.corp.example\r\n") == 200);
  CHECK(status("Host: 127.0.0.1\r\n") == 200);
  CHECK(status("Host: \r\n") == 403);
  CHECK(status("Host: localhost\r\n") == 403);
  CHECK(status("Host: waybill\r\nOrigin: http://waybill:3000\r\n") == 200);
  CHECK(status("Host: waybill\r\nOrigin: http://evil.example\r\n") == 403);
  CHECK(status("Host: waybill\r\nOrigin: null\r\n") == 403);
  CHECK(status("Host: waybill\r\nOrigin: http://waybill\r\nOrigin: http://evil.example\r\n") == 403);
  CHECK(answer("GET http://evil.example/ HTTP/1.1\r\nHost: waybill\r\n\r\n").status == 403);
  CHECK(answer("GET http://waybill/ HTTP/1.1\r\nHost: waybill\r\n\r\n").status == 200);
  CHECK(answer("GET / HTTP/1.0\r\n\r\n").status == 200);
  CHECK(answer("GET / HTTP/1.0\r\nHost: evil.example\r\n\r\n").status == 403);
}

TEST_CASE("a connection that was trusted once is judged again for each request") {
  TestServer server(echo);
  RawClient client(server.port);
  client.send(get("/"));
  CHECK(client.receive().status == 200);
  client.send("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  CHECK(client.receive().status == 403);
}
