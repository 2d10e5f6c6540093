#include "pattern/engine/candidate_index.h"

#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "pattern/engine/text_hash.h"

namespace waybill::pattern {
namespace {

std::vector<std::uint32_t> rules_at(const CandidateIndex& index, std::uint64_t key) {
  std::vector<std::uint32_t> rules;
  index.for_each(key, [&](std::uint32_t rule) { rules.push_back(rule); });
  std::sort(rules.begin(), rules.end());
  return rules;
}

}  // namespace

TEST_CASE("a key leads to all its rules and no others") {
  CandidateIndex index;
  index.add(7, 1);
  index.add(7, 0);
  index.add(7, 2);
  index.add(8, 3);
  CHECK(rules_at(index, 7) == std::vector<std::uint32_t>{0, 1, 2});
  CHECK(rules_at(index, 8) == std::vector<std::uint32_t>{3});
  CHECK(rules_at(index, 9).empty());
}

TEST_CASE("a key may lead to very many rules") {
  CandidateIndex index;
  std::vector<std::uint32_t> all;
  for (std::uint32_t i = 0; i < 100; ++i) {
    index.add(7, i);
    all.push_back(i);
    CHECK(rules_at(index, 7) == all);
  }
}

TEST_CASE("keys are found after the index has grown, also those that want the same slot") {
  CandidateIndex index;
  for (std::uint32_t i = 0; i < 5'000; ++i) index.add(mix(i + 1, kHashOdd1), i);
  for (std::uint32_t i = 0; i < 100; ++i) index.add((std::uint64_t{i} + 1) << 20, 10'000 + i);
  for (std::uint32_t i = 0; i < 5'000; ++i) {
    const auto rules = rules_at(index, mix(i + 1, kHashOdd1));
    CHECK(std::find(rules.begin(), rules.end(), i) != rules.end());
  }
  for (std::uint32_t i = 0; i < 100; ++i) {
    CHECK(rules_at(index, (std::uint64_t{i} + 1) << 20) == std::vector<std::uint32_t>{10'000 + i});
  }
}

TEST_CASE("a copy does not see later rules") {
  CandidateIndex index;
  index.add(7, 1);
  const CandidateIndex copy = index;
  index.share();
  for (std::uint32_t i = 0; i < 1'000; ++i) index.add(7 + i, 2);
  CHECK(rules_at(copy, 7) == std::vector<std::uint32_t>{1});
  CHECK(rules_at(copy, 8).empty());
}

}  // namespace waybill::pattern
