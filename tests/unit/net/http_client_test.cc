#include "net/http_client.h"

#include <doctest/doctest.h>

#include "unit/net/server_fixture.h"

using namespace waybill;
using namespace waybill::net;
using namespace waybill::testing;

namespace {

std::string url(const TestServer& server, const std::string& target) {
  return "http://127.0.0.1:" + std::to_string(server.port) + target;
}

std::string header_of(const HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (equals_ignoring_case(key, name)) return value;
  }
  return {};
}

}  // namespace

TEST_CASE("a call sends method, headers and body and gets status, headers and body") {
  TestServer server([](HttpRequest request, Reply reply) {
    HttpResponse response = text_response(request.method + " " + request.target + " " + request.body);
    response.status = 404;
    response.headers.emplace_back("X-Seen", std::string(request.header("X-Sent")));
    reply(std::move(response));
  });
  const auto response = http_call({"PUT", url(server, "/a?b=c"), {{"X-Sent", "yes"}}, "body"});
  REQUIRE(response.has_value());
  CHECK(response->status == 404);
  CHECK(response->content_type == "text/plain");
  CHECK(response->body == "PUT /a?b=c body");
  CHECK(header_of(*response, "x-seen") == "yes");
  CHECK(header_of(*response, "x-amzn-requestid").size() == 36);
}

TEST_CASE("GET, HEAD, DELETE and an empty POST work") {
  TestServer server(echo);
  CHECK(http_call({"GET", url(server, "/"), {}, ""})->body == "GET / ");
  CHECK(http_call({"DELETE", url(server, "/"), {}, ""})->body == "DELETE / ");
  CHECK(http_call({"POST", url(server, "/"), {}, ""})->body == "POST / ");
  const auto head = http_call({"HEAD", url(server, "/"), {}, ""});
  CHECK(head->body == "");
  CHECK(header_of(*head, "Content-Length") == "7");
}

TEST_CASE("a large body is sent without waiting for 100-continue") {
  TestServer server([](HttpRequest request, Reply reply) {
    reply(text_response(std::string(request.header("Expect")) + std::to_string(request.body.size())));
  });
  CHECK(http_call({"POST", url(server, "/"), {}, std::string(3'000'000, 'x')})->body == "3000000");
}

TEST_CASE("failures are told apart") {
  const auto code = [](const HttpCall& call) { return http_call(call).error().code; };
  CHECK(code({"GET", "ftp://127.0.0.1/", {}, ""}) == ErrorCode::invalid);
  CHECK(code({"GET", "http://[", {}, ""}) == ErrorCode::invalid);
  std::uint16_t free_port = 0;
  {
    const TestServer gone(echo);
    free_port = gone.port;
  }
  CHECK(code({"GET", "http://127.0.0.1:" + std::to_string(free_port) + "/", {}, ""}) == ErrorCode::unavailable);
  std::optional<Reply> held;
  TestServer server([&](HttpRequest request, Reply reply) {
    if (request.path == "/silent") {
      held.emplace(std::move(reply));
    } else {
      reply(text_response(std::string(1000, 'x')));
    }
  });
  HttpCall silent{"GET", url(server, "/silent"), {}, ""};
  silent.timeout = std::chrono::milliseconds(20);
  CHECK(code(silent) == ErrorCode::timeout);
  HttpCall large{"GET", url(server, "/large"), {}, ""};
  large.max_response_bytes = 999;
  CHECK(code(large) == ErrorCode::limit);
  large.max_response_bytes = 1000;
  CHECK(http_call(large)->body.size() == 1000);
}

TEST_CASE("errors name the call") {
  CHECK(http_call({"GET", "ftp://x/", {}, ""}).error().message.find("GET ftp://x/: ") == 0);
}
