#include "net/outbound.h"

#include <deque>
#include <future>
#include <set>

#include <doctest/doctest.h>

#include "unit/net/server_fixture.h"

using namespace waybill;
using namespace waybill::net;
using namespace waybill::testing;
using Kind = OutboundError::Kind;

namespace {

// Answers of calls, waited for one by one.
class Answers {
 public:
  Outbound::Callback next() {
    auto promise = std::make_shared<std::promise<OutboundResult>>();
    futures_.push_back(promise->get_future());
    return [promise](OutboundResult result) { promise->set_value(std::move(result)); };
  }
  OutboundResult take() {
    auto future = std::move(futures_.front());
    futures_.pop_front();
    REQUIRE(future.wait_for(std::chrono::seconds{10}) == std::future_status::ready);
    return future.get();
  }

 private:
  std::deque<std::future<OutboundResult>> futures_;
};

OutboundResult run(CurlOutbound& client, HttpCall call) {
  Answers answers;
  client.submit(std::move(call), answers.next());
  return answers.take();
}

std::string url_of(std::uint16_t port, const std::string& target = "/", const std::string& scheme = "http") {
  return scheme + "://127.0.0.1:" + std::to_string(port) + target;
}

// A port that takes a connection and then does what the test says with it.
class RawPort {
 public:
  explicit RawPort(std::function<void(int)> serve) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(socket_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(socket_, 4);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    thread_ = std::thread([this, serve = std::move(serve)] {
      const int connection = ::accept(socket_, nullptr, nullptr);
      if (connection < 0) return;
      char request[4096];
      (void)!::recv(connection, request, sizeof request, 0);
      serve(connection);
      ::close(connection);
    });
  }
  ~RawPort() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }
  std::uint16_t port = 0;

 private:
  int socket_;
  std::thread thread_;
};

void reply_raw(int connection, std::string_view text) { (void)!::send(connection, text.data(), text.size(), 0); }

}  // namespace

TEST_CASE("an outbound call carries method, headers and body, and brings status, headers and body back") {
  TestServer server([](HttpRequest request, Reply reply) {
    HttpResponse response = text_response(request.method + " " + request.target + " " + request.body);
    response.status = 503;
    response.headers.emplace_back("Retry-After", std::string(request.header("X-Sent")));
    reply(std::move(response));
  });
  CurlOutbound client({});
  const auto response = run(client, {"PATCH", url_of(server.port, "/a?b=c"), {{"X-Sent", "7"}}, "body"});
  REQUIRE(response.has_value());
  CHECK(response->status == 503);
  CHECK(response->body == "PATCH /a?b=c body");
  const std::pair<std::string, std::string> sent_back{"Retry-After", "7"};
  CHECK(std::count(response->headers.begin(), response->headers.end(), sent_back) == 1);
}

TEST_CASE("calls that wait do not hold others up, and connections are used again") {
  Signal arrived;
  std::mutex mutex;
  std::vector<Reply> held;
  TestServer server([&](HttpRequest request, Reply reply) {
    if (request.path == "/wait") {
      {
        const std::lock_guard lock(mutex);
        held.push_back(std::move(reply));
      }
      arrived.raise();
      return;
    }
    const std::lock_guard lock(mutex);
    for (Reply& waiting : std::exchange(held, {})) waiting(text_response("late"));
    reply(text_response("early"));
  });
  CurlOutbound client({});
  Answers waiting;
  for (int i = 0; i < 3; ++i) client.submit({"POST", url_of(server.port, "/wait"), {}, "x"}, waiting.next());
  REQUIRE(arrived.wait(3));
  CHECK(run(client, {"GET", url_of(server.port), {}, ""})->body == "early");
  for (int i = 0; i < 3; ++i) CHECK(waiting.take()->body == "late");
  for (int i = 0; i < 8; ++i) CHECK(run(client, {"GET", url_of(server.port), {}, ""}).has_value());
  CHECK(server.server->open_connections() <= 4);
}

TEST_CASE("a redirect is an answer like another") {
  TestServer server([](HttpRequest, Reply reply) {
    HttpResponse response = text_response("elsewhere");
    response.status = 302;
    response.headers.emplace_back("Location", "/again");
    reply(std::move(response));
  });
  CurlOutbound client({});
  CHECK(run(client, {"GET", url_of(server.port), {}, ""})->status == 302);
}

TEST_CASE("a body beyond the limit is cut") {
  TestServer server([](HttpRequest, Reply reply) { reply(text_response(std::string(100'000, 'x'))); });
  CurlOutbound client({});
  HttpCall call{"GET", url_of(server.port), {}, ""};
  call.max_response_bytes = 10;
  const auto response = run(client, std::move(call));
  REQUIRE(response.has_value());
  CHECK(response->status == 200);
  CHECK(response->body == "xxxxxxxxxx");
}

TEST_CASE("a port where nobody listens, and a host that is none, cannot be connected") {
  std::uint16_t free_port = 0;
  {
    const TestServer gone(echo);
    free_port = gone.port;
  }
  CurlOutbound client({});
  CHECK(run(client, {"POST", url_of(free_port), {}, ""}).error().kind == Kind::connect);
  CHECK(run(client, {"POST", "http://name.invalid/", {}, ""}).error().kind == Kind::connect);
}

TEST_CASE("a server that speaks no TLS cannot be connected by https") {
  TestServer server(echo);
  CurlOutbound client({});
  CHECK(run(client, {"POST", url_of(server.port, "/", "https"), {}, ""}).error().kind == Kind::connect);
}

TEST_CASE("a CA file that cannot be read is told apart from a failed connection") {
  TestServer server(echo);
  OutboundOptions options;
  options.ca_file = "/nonexistent/ca.pem";
  CurlOutbound client(options);
  CHECK(run(client, {"POST", url_of(server.port, "/", "https"), {}, ""}).error().kind == Kind::tls);
}

TEST_CASE("a call ends at its timeout") {
  std::optional<Reply> held;
  TestServer server([&](HttpRequest, Reply reply) { held.emplace(std::move(reply)); });
  CurlOutbound client({});
  HttpCall call{"POST", url_of(server.port), {}, ""};
  call.timeout = std::chrono::milliseconds{20};
  CHECK(run(client, std::move(call)).error().kind == Kind::timeout);
}

TEST_CASE("an answer that breaks off, and one that is no HTTP, is broken") {
  CurlOutbound client({});
  RawPort short_body([](int connection) { reply_raw(connection, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"); });
  CHECK(run(client, {"POST", url_of(short_body.port), {}, "x"}).error().kind == Kind::broken);
  RawPort nothing([](int) {});
  CHECK(run(client, {"POST", url_of(nothing.port), {}, "x"}).error().kind == Kind::broken);
  RawPort other([](int connection) { reply_raw(connection, "220 mail.example.com ESMTP\r\n"); });
  CHECK(run(client, {"POST", url_of(other.port), {}, "x"}).error().kind == Kind::broken);
}

TEST_CASE("what cannot be called is invalid, and errors do not repeat the URL") {
  CurlOutbound client({});
  for (const char* url : {"ftp://127.0.0.1/?key=secret", "http://[/?key=secret", ""}) {
    const auto result = run(client, {"GET", url, {}, ""});
    CHECK(result.error().kind == Kind::invalid);
    CHECK(result.error().message.find("secret") == std::string::npos);
  }
}

TEST_CASE("stop answers every call exactly once, also those that come after it") {
  Signal arrived;
  std::mutex mutex;
  std::vector<Reply> held;
  TestServer server([&](HttpRequest, Reply reply) {
    {
      const std::lock_guard lock(mutex);
      held.push_back(std::move(reply));
    }
    arrived.raise();
  });
  CurlOutbound client({});
  std::multiset<int> answered;
  std::mutex answered_mutex;
  const auto submit = [&](int number) {
    client.submit({"POST", url_of(server.port), {}, "x"}, [&, number](OutboundResult result) {
      CHECK(result.error().kind == Kind::stopped);
      const std::lock_guard lock(answered_mutex);
      answered.insert(number);
    });
  };
  submit(1);
  submit(2);
  REQUIRE(arrived.wait(2));
  submit(3);
  client.stop();
  CHECK(answered == std::multiset<int>{1, 2, 3});
  submit(4);
  CHECK(answered == std::multiset<int>{1, 2, 3, 4});
  client.stop();
}
