#include "topic/email_rate.h"

#include <doctest/doctest.h>

using namespace waybill;
using std::chrono::minutes;
using std::chrono::seconds;
using topic::EmailRate;

namespace {

const WallTime kNoon = from_millis(1'700'000'000'000);

}  // namespace

TEST_CASE("so many e-mails go in a minute; the next waits for the rest of it") {
  EmailRate rate(2);
  CHECK_FALSE(rate.admit("s", kNoon, 10));
  CHECK_FALSE(rate.admit("s", kNoon + seconds{20}, 10));
  CHECK(rate.admit("s", kNoon + seconds{30}, 10) == Millis{30'000});
  CHECK(rate.admit("s", kNoon + Millis{59'999}, 10) == Millis{1});
  CHECK_FALSE(rate.admit("s", kNoon + seconds{60}, 10));
}

TEST_CASE("subscriptions do not share their minutes") {
  EmailRate rate(1);
  CHECK_FALSE(rate.admit("a", kNoon, 10));
  CHECK_FALSE(rate.admit("b", kNoon, 10));
  CHECK(rate.admit("a", kNoon, 10));
}

TEST_CASE("what waited goes together, also through the minute after; then each goes alone again") {
  EmailRate rate(1);
  CHECK(rate.joint_limit("s", kNoon) == 1);
  CHECK_FALSE(rate.admit("s", kNoon, 10));
  CHECK(rate.admit("s", kNoon + seconds{1}, 10));
  CHECK(rate.joint_limit("s", kNoon + seconds{2}) == 1);
  CHECK(rate.joint_limit("s", kNoon + seconds{60}) == EmailRate::kMostTogether);
  CHECK_FALSE(rate.admit("s", kNoon + seconds{60}, 10));
  CHECK(rate.joint_limit("s", kNoon + seconds{61}) == EmailRate::kMostTogether);
  CHECK(rate.joint_limit("s", kNoon + seconds{120}) == 1);
}

TEST_CASE("a storm that goes on is a few e-mails each minute") {
  EmailRate rate(3);
  int mails = 0;
  for (int second = 0; second < 600; ++second) {
    for (int i = 0; i < 5; ++i) mails += rate.admit("s", kNoon + seconds{second}, 10) ? 0 : 1;
  }
  CHECK(mails == 30);
}

TEST_CASE("large notifications go together only as far as an e-mail may grow") {
  EmailRate rate(1);
  CHECK_FALSE(rate.admit("s", kNoon, 262'144));
  CHECK(rate.admit("s", kNoon, 1'000));
  CHECK(rate.joint_limit("s", kNoon + seconds{60}) == 20);
}

TEST_CASE("an e-mail that did not leave does not count") {
  EmailRate rate(1);
  CHECK_FALSE(rate.admit("s", kNoon, 10));
  rate.give_back("s", kNoon);
  rate.give_back("s", kNoon);
  CHECK_FALSE(rate.admit("s", kNoon, 10));
  CHECK(rate.admit("s", kNoon, 10));
}

TEST_CASE("after the server refused several together, each goes alone for ten minutes") {
  EmailRate rate(1);
  CHECK_FALSE(rate.admit("s", kNoon, 10));
  CHECK(rate.admit("s", kNoon, 10));
  rate.send_apart("s", kNoon + seconds{60});
  CHECK(rate.joint_limit("s", kNoon + seconds{60}) == 1);
  CHECK_FALSE(rate.admit("s", kNoon + seconds{60}, 10));
  CHECK(rate.admit("s", kNoon + seconds{61}, 10));
  CHECK(rate.joint_limit("s", kNoon + seconds{120}) == 1);
  CHECK(rate.joint_limit("s", kNoon + seconds{60} + minutes{10}) == EmailRate::kMostTogether);
}

TEST_CASE("0 is no limit, and a clock that was set back begins a new minute") {
  EmailRate never(0);
  for (int i = 0; i < 1000; ++i) CHECK_FALSE(never.admit("s", kNoon, 10));
  CHECK(never.joint_limit("s", kNoon + minutes{1}) == 1);
  EmailRate rate(1);
  CHECK_FALSE(rate.admit("s", kNoon, 10));
  CHECK_FALSE(rate.admit("s", kNoon - minutes{60}, 10));
}

TEST_CASE("subscriptions of long ago are forgotten") {
  EmailRate rate(1);
  for (int i = 0; i < 10'000; ++i) CHECK_FALSE(rate.admit("s" + std::to_string(i), kNoon + minutes{i}, 10));
  CHECK(rate.remembered() <= 4097);
}
