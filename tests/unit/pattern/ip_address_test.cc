#include "pattern/ip_address.h"

#include <string>

#include <doctest/doctest.h>

namespace waybill::pattern {
namespace {

bool same(const char* left, const char* right) {
  const auto a = IpAddress::parse(left);
  const auto b = IpAddress::parse(right);
  return a && b && *a == *b;
}

bool contains(const char* block, const char* address) {
  const auto parsed = CidrBlock::parse(block);
  REQUIRE(parsed.has_value());
  const auto ip = IpAddress::parse(address);
  REQUIRE(ip);
  return parsed->contains(*ip);
}

}  // namespace

TEST_CASE("spellings of one address are equal") {
  CHECK(same("10.0.0.1", "10.0.0.1"));
  CHECK(same("010.000.0.01", "10.0.0.1"));
  CHECK(same("::1", "0:0:0:0:0:0:0:1"));
  CHECK(same("2001:DB8::0001", "2001:db8:0:0:0:0:0:1"));
  CHECK(same("::ffff:a00:1", "10.0.0.1"));
  CHECK(same("1::", "1:0:0:0:0:0:0:0"));
  CHECK_FALSE(same("::a00:1", "10.0.0.1"));
  CHECK_FALSE(same("::1", "::2"));
}

TEST_CASE("what is no address") {
  for (const char* text : {"",
                           "1.2.3",
                           "1.2.3.4.5",
                           "1.2.3.",
                           ".1.2.3.4",
                           "256.0.0.1",
                           "1.2.3.4 ",
                           "0000001.2.3.4444",
                           "a.b.c.d",
                           ":",
                           ":::",
                           "1:2:3",
                           "1:2:3:4:5:6:7:8:9",
                           "1::2::3",
                           "1:2:3:4:5:6:7:8::",
                           "12345::",
                           "g::",
                           "::1.2.3.4",
                           "fe80::1%eth0",
                           "1:",
                           ":1",
                           "1:2:3:4:5:6:7:",
                           "-1.2.3.4"}) {
    CAPTURE(text);
    CHECK_FALSE(IpAddress::parse(text));
  }
}

TEST_CASE("blocks hold the addresses under their mask, of their own family") {
  CHECK(contains("10.0.0.0/24", "10.0.0.255"));
  CHECK_FALSE(contains("10.0.0.0/24", "10.0.1.0"));
  CHECK(contains("10.0.0.77/24", "10.0.0.1"));
  CHECK(contains("0.0.0.0/0", "255.255.255.255"));
  CHECK_FALSE(contains("0.0.0.0/0", "::1"));
  CHECK_FALSE(contains("::/0", "1.2.3.4"));
  CHECK(contains("10.0.0.0/31", "10.0.0.1"));
  CHECK_FALSE(contains("10.0.0.0/31", "10.0.0.2"));
  CHECK(contains("fe80::/10", "febf:ffff::"));
  CHECK_FALSE(contains("fe80::/10", "fec0::"));
  CHECK(contains("::ffff:a00:0/8", "10.200.0.1"));
  CHECK(contains("10.0.0.0/8/", "10.1.1.1"));  // as the service splits it
}

TEST_CASE("malformed blocks say what is wrong, the mask before the address") {
  const auto reason = [](const char* text) { return CidrBlock::parse(text).error().message; };
  CHECK(reason("x") == "Malformed CIDR, one '/' required");
  CHECK(reason("10.0.0.0/") == "Malformed CIDR, one '/' required");
  CHECK(reason("10.0.0.0/8/8") == "Malformed CIDR, one '/' required");
  CHECK(reason("//") == "Malformed CIDR, one '/' required");
  CHECK(reason("x/y") == "Malformed CIDR, mask bits must be an integer");
  CHECK(reason("10.0.0.0/99999999999") == "Malformed CIDR, mask bits must be an integer");
  CHECK(reason("10.0.0.0/+-8") == "Malformed CIDR, mask bits must be an integer");
  CHECK(reason("x/-1") == "Malformed CIDR, mask bits must not be negative");
  CHECK(reason("x/8") == "Nonstandard IP address: x");
  CHECK(reason("/8") == "Nonstandard IP address: ");
  CHECK(reason("10.0.0.0/32") == "IPv4 mask bits must be < 32");
  CHECK(reason("::/128") == "IPv6 mask bits must be < 128");
}

}  // namespace waybill::pattern
