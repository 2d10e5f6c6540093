#include "net/host_policy.h"

#include <string>

#include <doctest/doctest.h>

using namespace waybill;
using net::HostPolicy;

namespace {

constexpr const char* kLocal = "192.168.7.9";

bool allows(const std::string& host, const std::vector<std::string>& allowed = HostPolicy::default_hosts()) {
  return HostPolicy(allowed).allows_host(host, kLocal);
}

bool allows_origin(const std::string& origin) {
  return HostPolicy(HostPolicy::default_hosts()).allows_origin(origin, kLocal);
}

}  // namespace

TEST_CASE("the defaults serve loopback names with any port and in any case") {
  for (const char* host :
       {"localhost", "localhost:4566", "LOCALHOST:1", "localhost.", "localhost.:80", "events.localhost",
        "a.b.localhost:4566", "localhost.localstack.cloud", "sqs.us-east-1.localhost.localstack.cloud"}) {
    CAPTURE(host);
    CHECK(allows(host));
  }
}

TEST_CASE("loopback addresses and the address of the socket are served as literals") {
  for (const char* host : {"127.0.0.1", "127.0.0.1:4566", "127.255.1.2", "[::1]", "[::1]:4566", "[0:0:0:0:0:0:0:1]",
                           "[::ffff:127.0.0.1]", "192.168.7.9", "192.168.7.9:4566", "[::ffff:192.168.7.9]"}) {
    CAPTURE(host);
    CHECK(allows(host));
  }
}

TEST_CASE("other names and addresses are refused") {
  for (const char* host : {"evil.example", "evil.example:4566", "localhost.evil.example", "notlocalhost", "xlocalhost",
                           ".localhost", "localstack.cloud", "192.168.7.8", "0.0.0.0", "10.0.0.1", "[::]", "[::2]",
                           "[fe80::1]", "127.1", "2130706433", "0x7f.0.0.1", "128.0.0.1", "127.0.0.1.evil.example"}) {
    CAPTURE(host);
    CHECK_FALSE(allows(host));
  }
}

TEST_CASE("what is no host is refused") {
  for (const char* host :
       {"", ":", ":4566", ".", "localhost:", "localhost:x", "localhost:123456", "localhost:80:80", "::1", "[::1",
        "[localhost]", "[::1]x", "user@localhost", "localhost/", "localhost evil.example", "evil.example/.localhost",
        "http://localhost", "evil@x.localhost", "localhost,evil.example"}) {
    if (std::string(host) == "localhost:") continue;  // an empty port is valid in a URL (RFC 3986 3.2.3)
    CAPTURE(host);
    CHECK_FALSE(allows(host));
  }
  CHECK(allows("localhost:"));
}

TEST_CASE("entries are exact names, addresses, or everything below a suffix") {
  const std::vector<std::string> allowed = {"Waybill", "*.Corp.Example", "10.1.2.3", "fd00::5"};
  CHECK(allows("waybill:4566", allowed));
  CHECK(allows("a.corp.example", allowed));
  CHECK(allows("a.b.CORP.example:1", allowed));
  CHECK_FALSE(allows("corp.example", allowed));
  CHECK_FALSE(allows("acorp.example", allowed));
  CHECK_FALSE(allows("localhost", allowed));
  CHECK(allows("10.1.2.3:80", allowed));
  CHECK(allows("[fd00::5]:80", allowed));
  CHECK_FALSE(allows("10.1.2.4", allowed));
}

TEST_CASE("loopback literals are served even with an empty list") {
  CHECK(allows("127.0.0.1", {}));
  CHECK_FALSE(allows("localhost", {}));
}

TEST_CASE("an origin is judged by its host; null and opaque ones are refused") {
  CHECK(allows_origin("http://localhost:3000"));
  CHECK(allows_origin("https://app.localhost"));
  CHECK(allows_origin("http://127.0.0.1:8080"));
  CHECK(allows_origin("http://[::1]"));
  for (const char* origin :
       {"null", "", "http://evil.example", "https://evil.example:4566", "localhost", "://localhost", "http://",
        "file://", "chrome-extension://abcdef", "http://localhost.evil.example", "http://localhost http://evil.example",
        "http://localhost@evil.example"}) {
    CAPTURE(origin);
    CHECK_FALSE(allows_origin(origin));
  }
}

TEST_CASE("check names the entry that is no host") {
  CHECK(HostPolicy::check(HostPolicy::default_hosts()).has_value());
  CHECK(HostPolicy::check({"waybill", "10.0.0.1", "::1", "*.a.b"}).has_value());
  for (const char* entry : {"", "*", "*.", "http://a", "a:80", "a.*", "*a.b", ".a", "a/b", "a b", "[::1]"}) {
    const auto status = HostPolicy::check({"fine", entry});
    CAPTURE(entry);
    REQUIRE(status.has_error());
    CHECK(status.error().code == ErrorCode::invalid);
    CHECK(status.error().message.find("allowed_hosts has '" + std::string(entry) + "'") == 0);
  }
}
