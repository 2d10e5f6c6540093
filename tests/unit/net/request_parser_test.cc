#include "net/request_parser.h"

#include <optional>
#include <vector>

#include <doctest/doctest.h>

#include "unit/net/compress.h"

using namespace waybill::net;
using waybill::testing::gzip;
using Progress = RequestParser::Progress;

namespace {

constexpr RequestParser::Limits kLimits{1024, 4096};

struct Parsed {
  std::vector<HttpRequest> requests;
  std::optional<RequestParser::Failure> failure;
  bool started = false;     // of the request that is not whole
  std::size_t longest = 0;  // bytes held back at most

  unsigned status() const { return failure ? failure->status : 0; }
};

// As a connection does: what was not taken is offered again with the next `step` bytes behind it.
Parsed parse(std::string_view input, std::size_t step) {
  RequestParser parser(kLimits);
  Parsed parsed;
  std::string buffer;
  while (true) {
    std::size_t taken = 0;
    const Progress progress = parser.feed(buffer, taken);
    buffer.erase(0, taken);
    if (progress == Progress::complete) parsed.requests.push_back(parser.take());
    if (progress == Progress::failed) parsed.failure = parser.failure();
    if (progress == Progress::failed || (progress == Progress::need_more && input.empty())) break;
    if (progress != Progress::need_more) continue;
    parsed.longest = std::max(parsed.longest, buffer.size());
    buffer += input.substr(0, step);
    input.remove_prefix(std::min(step, input.size()));
  }
  parsed.started = parser.started();
  return parsed;
}

// The result must not depend on how the bytes arrive.
Parsed parse(std::string_view input) {
  const Parsed whole = parse(input, std::max<std::size_t>(input.size(), 1));
  for (const std::size_t step : {std::size_t{1}, std::size_t{3}, std::size_t{50}}) {
    const Parsed pieces = parse(input, step);
    CHECK(pieces.requests.size() == whole.requests.size());
    CHECK(pieces.status() == whole.status());
  }
  return whole;
}

std::string post(const std::string& headers, const std::string& body = "") {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n" + body;
}

std::string with_length(const std::string& body, const std::string& headers = "") {
  return post(headers + "Content-Length: " + std::to_string(body.size()) + "\r\n", body);
}

}  // namespace

TEST_CASE("a request has its parts as they were sent") {
  const Parsed parsed = parse("PUT /a%20b/c?x=1&y HTTP/1.1\r\nHost: h:1\r\nX-A:  1 \r\nContent-Length: 3\r\n\r\nabc");
  REQUIRE(parsed.requests.size() == 1);
  const HttpRequest& request = parsed.requests[0];
  CHECK(request.method == "PUT");
  CHECK(request.target == "/a%20b/c?x=1&y");
  CHECK(request.path == "/a%20b/c");
  CHECK(request.query == "x=1&y");
  CHECK(request.header("x-a") == "1");
  CHECK(request.body == "abc");
  CHECK(request.version == 11);
  CHECK(request.keep_alive);
}

TEST_CASE("requests follow each other, with stray empty lines between them") {
  const Parsed parsed = parse("\r\nGET /1 HTTP/1.1\r\n\r\n" + with_length("two") + "\r\n\r\nGET /3 HTTP/1.0\r\n\r\n");
  REQUIRE(parsed.requests.size() == 3);
  CHECK(parsed.requests[0].path == "/1");
  CHECK(parsed.requests[1].body == "two");
  CHECK(parsed.requests[2].version == 10);
  CHECK_FALSE(parsed.started);
}

TEST_CASE("keep-alive follows version and Connection") {
  CHECK_FALSE(parse("GET / HTTP/1.1\r\nConnection: close\r\n\r\n").requests.at(0).keep_alive);
  CHECK_FALSE(parse("GET / HTTP/1.0\r\n\r\n").requests.at(0).keep_alive);
  CHECK(parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").requests.at(0).keep_alive);
}

TEST_CASE("chunked bodies are put together; trailers are ignored") {
  const Parsed parsed = parse(
      post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n5;x=\"y\"\r\ndefgh\r\n0\r\nX-Late: 1\r\nHost: evil\r\n\r\n"));
  REQUIRE(parsed.requests.size() == 1);
  CHECK(parsed.requests[0].body == "abcdefgh");
  CHECK(parsed.requests[0].header("X-Late") == "");
  CHECK(parsed.requests[0].headers.count("Host") == 1);
}

TEST_CASE("malformed requests are 400") {
  const std::string fine = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (const std::string& text :
       std::vector<std::string>{"garbage\r\n\r\n", "GET /\r\n\r\n", "GET  / HTTP/1.1\r\n\r\n", "GET / HTTP/2.0\r\n\r\n",
                                "G@T / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\nHost: a\r\n\r\n",
                                fine + "Bad Name: 1\r\n\r\n", fine + ": 1\r\n\r\n", fine + "X : 1\r\n\r\n",
                                fine + "X: \x01\r\n\r\n", "\x16\x03\x01\x02 TLS", "GET /\x01 HTTP/1.1\r\n\r\n"}) {
    CAPTURE(text);
    CHECK(parse(text).status() == 400);
  }
}

TEST_CASE("a wrong or contradictory length is 400") {
  for (const char* headers :
       {"Content-Length: x\r\n", "Content-Length: -1\r\n", "Content-Length: +3\r\n", "Content-Length: 3 4\r\n",
        "Content-Length:\r\n", "Content-Length: 3\r\nContent-Length: 4\r\n", "Content-Length: 3, 4\r\n",
        "Content-Length: 99999999999999999999\r\n", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n"}) {
    CAPTURE(headers);
    CHECK(parse(post(headers, "abc")).status() == 400);
  }
  CHECK(parse("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").status() == 400);
}

TEST_CASE("transfer codings but chunked are not known") {
  for (const char* coding : {"gzip, chunked", "chunked, gzip", "identity", "xchunked"}) {
    CAPTURE(coding);
    CHECK(parse(post("Transfer-Encoding: " + std::string(coding) + "\r\n", "0\r\n\r\n")).status() == 501);
  }
}

TEST_CASE("bad chunks are 400") {
  for (const char* body : {"x\r\nabc\r\n0\r\n\r\n", "3\r\nabcd\r\n0\r\n\r\n", "-1\r\n\r\n", "3 x\r\nabc\r\n", "\r\n",
                           "ffffffffffffffffff\r\n", "3;=\r\nabc\r\n0\r\n\r\n"}) {
    CAPTURE(std::string(body));
    CHECK(parse(post("Transfer-Encoding: chunked\r\n", body)).status() == 400);
  }
}

TEST_CASE("a request line or header beyond the limit is 431, however it arrives") {
  CHECK(parse("GET /" + std::string(1200, 'x') + " HTTP/1.1\r\n\r\n").status() == 431);
  CHECK(parse("GET / HTTP/1.1\r\nX: " + std::string(1200, 'x') + "\r\n\r\n").status() == 431);
  std::string many = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 300; ++i) many += "a: b\r\n";
  CHECK(parse(many + "\r\n").status() == 431);
  const Parsed endless = parse("GET / HTTP/1.1\r\nX: " + std::string(100'000, 'x'), 100);
  CHECK(endless.status() == 431);
  CHECK(endless.longest <= 2 * kLimits.max_header_bytes);
}

TEST_CASE("a header just below the limit is fine, with a body in the same piece") {
  const std::string start = "POST / HTTP/1.1\r\nContent-Length: 3000\r\nX: ";
  const std::string text = start + std::string(1024 - start.size() - 4, 'x') + "\r\n\r\n" + std::string(3000, 'b');
  CHECK(parse(text).requests.size() == 1);
}

TEST_CASE("an endless chunk line or trailer is 431 and not kept") {
  for (const std::string& body :
       {"3;" + std::string(50'000, 'x'), "3" + std::string(50'000, '0'), "0\r\nX: " + std::string(50'000, 'x')}) {
    const Parsed parsed = parse(post("Transfer-Encoding: chunked\r\n", body), 100);
    CHECK(parsed.status() == 431);
    CHECK(parsed.longest <= 2 * kLimits.max_header_bytes);
  }
}

TEST_CASE("a body beyond the limit is 413: announced, chunked or compressed") {
  CHECK(parse(with_length(std::string(4096, 'x'))).requests.size() == 1);
  CHECK(parse(post("Content-Length: 4097\r\n")).status() == 413);
  CHECK(parse(post("Transfer-Encoding: chunked\r\n", "800\r\n" + std::string(2048, 'x') + "\r\n801\r\n")).status() ==
        413);
  const std::string bomb = gzip(std::string(100'000, 'x'));
  REQUIRE(bomb.size() < 4096);
  CHECK(parse(with_length(bomb, "Content-Encoding: gzip\r\n")).status() == 413);
}

TEST_CASE("compressed bodies are inflated, with a length or chunked") {
  const std::string body = gzip("{\"a\":1}");
  for (const char* name : {"gzip", "GZIP", "x-gzip"}) {
    const Parsed parsed = parse(with_length(body, "Content-Encoding: " + std::string(name) + "\r\n"));
    REQUIRE(parsed.requests.size() == 1);
    CHECK(parsed.requests[0].body == "{\"a\":1}");
  }
  char size[16];
  std::snprintf(size, sizeof size, "%zx\r\n", body.size());
  const Parsed chunked =
      parse(post("Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n", size + body + "\r\n0\r\n\r\n"));
  REQUIRE(chunked.requests.size() == 1);
  CHECK(chunked.requests[0].body == "{\"a\":1}");
  const std::string zlib = waybill::testing::compress("text", waybill::testing::kZlibBits);
  CHECK(parse(with_length(zlib, "Content-Encoding: deflate\r\n")).requests.at(0).body == "text");
  CHECK(parse(with_length("plain", "Content-Encoding: identity\r\n")).requests.at(0).body == "plain");
  CHECK(parse(with_length("", "Content-Encoding: gzip\r\n")).requests.at(0).body == "");
}

TEST_CASE("a compressed body that is damaged or cut is 400, an unknown encoding 415") {
  const std::string body = gzip("{\"a\":1}");
  CHECK(parse(with_length("not gzip", "Content-Encoding: gzip\r\n")).status() == 400);
  CHECK(parse(with_length(body.substr(0, body.size() - 1), "Content-Encoding: gzip\r\n")).status() == 400);
  CHECK(parse(with_length(body, "Content-Encoding: br\r\n")).status() == 415);
  CHECK(parse(with_length(body, "Content-Encoding: gzip, gzip\r\n")).status() == 415);
  CHECK(parse(with_length(body, "Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n")).status() == 415);
}

TEST_CASE("only 100-continue may be expected") {
  CHECK(parse(post("Expect: something\r\n")).status() == 417);
  CHECK(parse(post("Expect: 100-Continue\r\n")).requests.size() == 1);
}

TEST_CASE("a request that ends early says where") {
  const auto truncated = [](const std::string& text) {
    RequestParser parser(kLimits);
    std::string buffer = text;
    std::size_t taken = 0;
    while (parser.feed(buffer, taken) == Progress::head) buffer.erase(0, taken);
    REQUIRE(parser.started());
    return parser.truncated().message;
  };
  CHECK(truncated("GET / HT") == "The request ends within its header.");
  CHECK(truncated(post("Content-Length: 9\r\n", "abc")) == "The request body ends before its announced length.");
}
