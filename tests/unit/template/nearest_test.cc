#include "template/nearest.h"

#include <doctest/doctest.h>

using namespace waybill::templates;

TEST_CASE("the nearest name is the one with the fewest edits") {
  CHECK(nearest("RetryPolicie", {"Id", "Arn", "RetryPolicy"}) == "RetryPolicy");
  CHECK(nearest("tableName", {"BillingMode", "TableName"}) == "TableName");
  CHECK(nearest("Tpye", {"Tags", "Type"}) == "Type");
  CHECK(nearest("x", {}) == "");
  CHECK(nearest("", {"abc", "ab"}) == "ab");
}

TEST_CASE("a swap is one edit, another case half of one") {
  CHECK(half_edits("abc", "abc") == 0);
  CHECK(half_edits("abc", "Abc") == 1);
  CHECK(half_edits("abc", "acb") == 2);
  CHECK(half_edits("abc", "ab") == 2);
  CHECK(half_edits("abc", "xyz") == 6);
  CHECK(half_edits("", "abc") == 6);
}

TEST_CASE("very long names cost little") {
  CHECK(half_edits(std::string(1'000'000, 'a'), std::string(1'000'000, 'a')) == 0);
}
