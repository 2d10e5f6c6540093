#include "net/inflate.h"

#include <doctest/doctest.h>

#include "unit/net/compress.h"

using waybill::net::BodyInflater;
using waybill::testing::compress;
using waybill::testing::gzip;
using Format = BodyInflater::Format;
using Outcome = BodyInflater::Outcome;

namespace {

constexpr std::size_t kLimit = 1024 * 1024;

// Feeds in pieces of `step` bytes.
Outcome inflate(Format format, std::string_view input, std::string& out, bool& finished, std::size_t step = 1) {
  BodyInflater inflater(format, kLimit);
  Outcome outcome = Outcome::ok;
  for (std::size_t at = 0; at < input.size() && outcome == Outcome::ok; at += step) {
    outcome = inflater.feed(input.substr(at, step), out);
  }
  finished = inflater.finished();
  return outcome;
}

void check_reads(Format format, std::string_view input, std::string_view expected) {
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, input.size()}) {
    std::string out;
    bool finished = false;
    CHECK(inflate(format, input, out, finished, step) == Outcome::ok);
    CHECK(finished);
    CHECK(out == expected);
  }
}

}  // namespace

TEST_CASE("gzip, zlib and raw deflate are read in pieces of any size") {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "line " + std::to_string(i * 7919 % 1000) + "\n";
  check_reads(Format::gzip, gzip(text), text);
  check_reads(Format::deflate, compress(text, waybill::testing::kZlibBits), text);
  check_reads(Format::deflate, compress(text, waybill::testing::kRawBits), text);
  check_reads(Format::gzip, gzip(""), "");
}

TEST_CASE("a gzip body may have several members") { check_reads(Format::gzip, gzip("one ") + gzip("two"), "one two"); }

TEST_CASE("a bomb is refused after the limit and not inflated whole") {
  const std::string bomb = gzip(std::string(64 * kLimit, 'x'));
  REQUIRE(bomb.size() < kLimit / 10);
  std::string out;
  bool finished = false;
  CHECK(inflate(Format::gzip, bomb, out, finished, bomb.size()) == Outcome::too_large);
  CHECK(out.size() <= kLimit);
  CHECK(out.capacity() <= 2 * kLimit);
}

TEST_CASE("exactly the limit is accepted") {
  std::string out;
  bool finished = false;
  CHECK(inflate(Format::gzip, gzip(std::string(kLimit, 'x')), out, finished, 4096) == Outcome::ok);
  CHECK(finished);
  out.clear();
  CHECK(inflate(Format::gzip, gzip(std::string(kLimit + 1, 'x')), out, finished, 4096) == Outcome::too_large);
}

TEST_CASE("what is not compressed, damaged or followed by garbage is corrupt") {
  std::string out;
  bool finished = false;
  CHECK(inflate(Format::gzip, "{\"plain\":true}", out, finished) == Outcome::corrupt);
  CHECK(inflate(Format::gzip, gzip("x") + "garbage", out, finished) == Outcome::corrupt);
  CHECK(inflate(Format::deflate, compress("x", waybill::testing::kZlibBits) + "g", out, finished) == Outcome::corrupt);
  std::string damaged = gzip("some text that has a checksum");
  damaged[damaged.size() - 6] = static_cast<char>(damaged[damaged.size() - 6] ^ 1);
  CHECK(inflate(Format::gzip, damaged, out, finished) == Outcome::corrupt);
}

TEST_CASE("a cut body is not finished") {
  const std::string whole = gzip("some text");
  std::string out;
  bool finished = true;
  CHECK(inflate(Format::gzip, std::string_view(whole).substr(0, whole.size() - 1), out, finished) == Outcome::ok);
  CHECK_FALSE(finished);
}
