#include "pattern/engine/cow_vector.h"

#include <doctest/doctest.h>

namespace waybill::pattern {

TEST_CASE("a copy stays as it was when the original goes on") {
  CowVector<int, 4> numbers;
  for (int i = 0; i < 10; ++i) numbers.push_back(i);
  const CowVector<int, 4> copy = numbers;
  numbers.share();
  numbers.edit(5) = 50;
  numbers.push_back(10);
  CHECK(copy[5] == 5);
  CHECK(copy.size() == 10);
  CHECK(numbers[5] == 50);
  CHECK(numbers[4] == 4);
  CHECK(numbers[10] == 10);
}

TEST_CASE("only pages that change are copied") {
  CowVector<int, 4> numbers;
  for (int i = 0; i < 8; ++i) numbers.push_back(i);
  const CowVector<int, 4> copy = numbers;
  numbers.share();
  numbers.edit(0) = 1;
  CHECK(&copy[0] != &numbers[0]);
  CHECK(&copy[4] == &numbers[4]);
  const int* page = &numbers[0];
  numbers.edit(1) = 2;
  CHECK(page == &numbers[0]);
}

TEST_CASE("new elements are empty") {
  CowVector<int, 4> numbers;
  numbers.grow_to(6);
  CHECK(numbers.size() == 6);
  CHECK(numbers[5] == 0);
  CHECK(numbers.memory_bytes() >= 6 * sizeof(int));
}

}  // namespace waybill::pattern
