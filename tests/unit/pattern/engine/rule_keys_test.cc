#include "pattern/engine/rule_keys.h"

#include <numeric>

#include <doctest/doctest.h>

#include "pattern/case_folding.h"
#include "pattern/unicode.h"

namespace waybill::pattern {
namespace {

// The fields of the pattern are numbered as its tests are.
std::vector<KeyedProbe> keys_of(const std::string& text, KeyCounts& counts) {
  const auto pattern = Pattern::parse(text);
  REQUIRE(pattern.has_value());
  std::vector<FieldId> fields(pattern->compiled().tests.size());
  std::iota(fields.begin(), fields.end(), 0);
  return RuleKeys(counts).choose(pattern->compiled(), fields);
}

KeyedProbe only_key_of(const std::string& text) {
  KeyCounts counts;
  const auto keys = keys_of(text, counts);
  REQUIRE(keys.size() == 1);
  return keys[0];
}

}  // namespace

TEST_CASE("the most telling test gives the keys") {
  CHECK(only_key_of(R"({"a":[{"exists":true}],"b":["x"]})").field == 1);
  CHECK(only_key_of(R"({"a":[{"prefix":"x"}],"b":[{"prefix":"xyz"}]})").field == 1);
  CHECK(only_key_of(R"({"a":["x"],"b":["y","z"]})").field == 0);
  CHECK(only_key_of(R"({"a":[{"anything-but":"x"}],"b":[{"exists":false}]})").probe == Probe::any);
}

TEST_CASE("counts never are too low, also after they have grown") {
  KeyCounts counts;
  for (std::uint64_t i = 0; i < 5'000; ++i) counts.count(mix(i % 500 + 1, kHashOdd1));
  for (std::uint64_t i = 0; i < 500; ++i) CHECK(counts.of(mix(i + 1, kHashOdd1)) >= 10);
  CHECK(counts.memory_bytes() < 70'000);
}

TEST_CASE("what many rules ask for is avoided") {
  KeyCounts counts;
  for (int i = 0; i < 10; ++i) keys_of(R"({"a":["shop"],"b":["b)" + std::to_string(i) + R"("]})", counts);
  CHECK(keys_of(R"({"a":["shop"],"b":["b99"]})", counts)[0].field == 1);
}

TEST_CASE("of many rules none is found by what they have in common") {
  KeyCounts counts;
  for (int i = 0; i < 3'000; ++i) {
    const auto keys = keys_of(R"({"common":["common"],"own":["own-)" + std::to_string(i) + R"("]})", counts);
    if (i > 0) CHECK(keys[0].field == 1);
  }
}

TEST_CASE("where every test may be met by absence, the first to be judged gives the keys") {
  KeyCounts counts;
  const auto keys = keys_of(R"({"b":[{"exists":false}],"a":[{"exists":false},"x"]})", counts);
  CHECK(keys.size() == 2);
  for (const KeyedProbe& key : keys) CHECK(key.field == 1);
}

TEST_CASE("each branch of $or has keys") {
  KeyCounts counts;
  CHECK(keys_of(R"({"$or":[{"a":["x"]},{"b":["y"]}]})", counts).size() == 2);
  CHECK(keys_of(R"({"s":["t"],"$or":[{"a":[{"exists":true}]},{"b":[{"exists":true}]}]})", counts).size() == 1);
}

TEST_CASE("wildcards are found by an end, or by a piece") {
  CHECK(only_key_of(R"({"a":[{"wildcard":"abc*"}]})").probe == Probe::prefix);
  CHECK(only_key_of(R"({"a":[{"wildcard":"*abc"}]})").probe == Probe::suffix);
  CHECK(only_key_of(R"({"a":[{"wildcard":"*abcdef*"}]})").probe == Probe::piece);
  CHECK(only_key_of(R"({"a":[{"wildcard":"*abcdef*"}]})").length == kMaxPiece);
  CHECK(only_key_of(R"({"a":[{"wildcard":"*"}]})").probe == Probe::any);
  CHECK(only_key_of(R"({"a":[{"wildcard":"abc"}]})").probe == Probe::text);
}

TEST_CASE("a plan learns what to look up") {
  FieldPlan plan;
  plan_for(only_key_of(R"({"a":[{"cidr":"10.0.0.0/8"}]})"), plan);
  CHECK(plan.block_bits_v4 == 1ULL << 8);
  plan_for(only_key_of(R"({"a":[{"cidr":"fe80::/100"}]})"), plan);
  CHECK(plan.block_bits_v6[1] == 1ULL << 36);
  CHECK(plan.has(Probe::block));
  CHECK_FALSE(plan.has(Probe::text));
}

TEST_CASE("every unit and its cases have one key, so that whatever a pattern accepts is found") {
  for (char32_t unit = 1; unit < 0x10000; ++unit) {
    if (unit >= 0xD800 && unit < 0xE000) continue;
    std::string text;
    append_utf8(text, unit);
    const CaseFoldedText folded(text);
    std::string of_lower;
    append_case_key(folded.lower(), of_lower);
    // What the pattern accepts is its lower or its upper case; the key of the other one must be the same.
    std::string of_upper;
    append_case_key(folded.upper(), of_upper);
    if (of_lower != of_upper) FAIL("U+" << std::hex << static_cast<unsigned>(unit));
  }
}

}  // namespace waybill::pattern
