#include <doctest/doctest.h>

#include "daemon/cli/event_calls.h"

using namespace waybill::cli;

TEST_CASE("entries are read from every form in which people keep them") {
  const auto count = [](std::string_view text) { return read_entries(text).value().size(); };
  CHECK(count(R"({"Entries":[{"Source":"a"},{"Source":"b"}]})") == 2);
  CHECK(count(R"([{"Source":"a"},{"Source":"b"},{"Source":"c"}])") == 3);
  CHECK(count(R"({"Source":"a"})") == 1);
  CHECK(count("{\"Source\":\"a\"}\n{\"Source\":\"b\"}\n") == 2);
  CHECK(count("{\"Entries\":[{\"Source\":\"a\"}]}\n[{\"Source\":\"b\"}]\n{\"Source\":\"c\"}") == 3);
}

TEST_CASE("entries stay as spelled") {
  const auto entries = read_entries(R"([{"Detail":{"n":1.10,"n":2}}])");
  REQUIRE(entries.has_value());
  CHECK(entries->front() == R"({"Detail":{"n":1.10,"n":2}})");
  CHECK(make_calls(*entries).front().body == R"({"Entries":[{"Detail":{"n":1.10,"n":2}}]})");
}

TEST_CASE("what holds no entries is refused with its place") {
  const auto message = [](std::string_view text) { return read_entries(text).error().message; };
  CHECK(message("") == "there are no entries in it");
  CHECK(message(R"({"Entries":[]})") == "there are no entries in it");
  CHECK(message(R"({"Entries":{}})") == "Entries must be an array of entries");
  CHECK(message(R"([{}, 7])").starts_with("entry 2 is '7'"));
  CHECK(message("7").starts_with("entry 1 is '7'"));
  CHECK(message("{\"Source\":\"a\"}\nnonsense") == "what starts in line 2 is no JSON");
}

TEST_CASE("entries are sent ten at a time") {
  const std::vector<std::string_view> entries(25, "{}");
  const auto calls = make_calls(entries);
  REQUIRE(calls.size() == 3);
  CHECK(calls[0].count == 10);
  CHECK(calls[2].first == 20);
  CHECK(calls[2].count == 5);
  CHECK(calls[2].body == R"({"Entries":[{},{},{},{},{}]})");
}

TEST_CASE("a call stays under the limit in bytes, and an entry too large goes alone") {
  const std::string large(600, 'x'), huge(2000, 'y');
  const auto calls = make_calls({large, large, huge, large}, 10, 1300);
  REQUIRE(calls.size() == 3);
  CHECK(calls[0].count == 2);
  CHECK(calls[1].first == 2);
  CHECK(calls[1].count == 1);
  CHECK(calls[2].first == 3);
}

TEST_CASE("the daemon's answers are told apart") {
  const auto answers = read_answers(
      R"({"FailedEntryCount":1,"Entries":[{"EventId":"e-1"},{"ErrorCode":"MalformedDetail","ErrorMessage":"Detail is malformed."}]})",
      2);
  REQUIRE(answers.has_value());
  CHECK((*answers)[0].event_id == "e-1");
  CHECK((*answers)[0].error.empty());
  CHECK((*answers)[1].error == "MalformedDetail: Detail is malformed.");
  CHECK_FALSE(read_answers(R"({"Entries":[]})", 2).has_value());
  CHECK_FALSE(read_answers("nonsense", 1).has_value());
}
