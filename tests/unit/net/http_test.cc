#include "net/http.h"

#include <optional>

#include <doctest/doctest.h>

#include "net/response_writer.h"

using namespace waybill::net;

TEST_CASE("headers are found without regard to case; the first of a name wins") {
  HttpHeaders headers;
  headers.add("Host", "a");
  headers.add("X-Amz-Target", "AWSEvents.PutEvents");
  headers.add("host", "b");
  CHECK(headers.get("HOST") == "a");
  CHECK(headers.get("x-amz-target") == "AWSEvents.PutEvents");
  CHECK(headers.get("x-amz") == "");
  CHECK(headers.count("Host") == 2);
  CHECK(headers.at(2).value == "b");
}

TEST_CASE("a reply reaches its receiver once") {
  int answers = 0;
  unsigned status = 0;
  {
    Reply reply = Reply::to([&](HttpResponse response) {
      ++answers;
      status = response.status;
    });
    HttpResponse response;
    response.status = 201;
    reply(response);
    reply(response);
  }
  CHECK(answers == 1);
  CHECK(status == 201);
}

TEST_CASE("a dropped reply is a 500, also when it is assigned over") {
  int drops = 0;
  const auto receiver = [&](HttpResponse response) { drops += response.status == 500 ? 1 : 0; };
  { const Reply reply = Reply::to(receiver); }
  CHECK(drops == 1);
  Reply reply = Reply::to(receiver);
  Reply moved = std::move(reply);
  CHECK(drops == 1);
  moved = Reply();
  CHECK(drops == 2);
}

TEST_CASE("the default error body is valid JSON whatever the message holds") {
  const auto response = default_error_response(400, "Code", "a \"b\" \\ \n \xFF", nullptr);
  CHECK(response.status == 400);
  CHECK(response.body == R"({"__type":"Code","message":"a \"b\" \\ \u000a ?"})");
}

namespace {

std::string head_of(const HttpResponse& response, ResponseFrame frame) {
  std::string text;
  append_head(text, response, frame);
  return text;
}

}  // namespace

TEST_CASE("a response head has its length, id and type") {
  HttpResponse response;
  response.body = "{}";
  CHECK(head_of(response, {"id-1", true, 11}) ==
        "HTTP/1.1 200 OK\r\nServer: waybill\r\nx-amzn-RequestId: id-1\r\nContent-Type: application/json\r\n"
        "Content-Length: 2\r\n\r\n");
}

TEST_CASE("the connection header says what happens next only where it must") {
  const HttpResponse response;
  CHECK(head_of(response, {"i", true, 11}).find("Connection:") == std::string::npos);
  CHECK(head_of(response, {"i", false, 11}).find("\r\nConnection: close\r\n") != std::string::npos);
  CHECK(head_of(response, {"i", true, 10}).find("\r\nConnection: keep-alive\r\n") != std::string::npos);
}

TEST_CASE("no header value can forge a header, and the server's own headers are left out") {
  HttpResponse response;
  response.content_type = "text/plain\r\nX-Evil: 1";
  response.headers = {{"X-A", "1\r\nX-Evil: 2"}, {"content-length", "99"}, {"Bad Name", "x"}, {"X-B\r\nX-Evil", "3"}};
  const std::string head = head_of(response, {"i", true, 11});
  CHECK(head.find("\r\nX-Evil") == std::string::npos);
  CHECK(head.find("\r\nX-A: 1  X-Evil: 2\r\n") != std::string::npos);
  CHECK(head.find("99") == std::string::npos);
  CHECK(head.find("Bad Name") == std::string::npos);
}

TEST_CASE("204 has neither type nor length") {
  HttpResponse response;
  response.status = 204;
  CHECK(head_of(response, {"i", true, 11}) ==
        "HTTP/1.1 204 No Content\r\nServer: waybill\r\nx-amzn-RequestId: i\r\n\r\n");
}
