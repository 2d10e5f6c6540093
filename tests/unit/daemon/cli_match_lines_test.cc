#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "daemon/cli/match_lines.h"

using namespace waybill::cli;

TEST_CASE("pattern and event may be JSON or a string that holds JSON") {
  CHECK(match_line(R"({"pattern":{"a":[1]},"event":{"a":1}})") == R"({"valid":true,"match":true})");
  CHECK(match_line(R"({"pattern":"{\"a\":[1]}","event":{"a":2}})") == R"({"valid":true,"match":false})");
  CHECK(match_line(R"({"event":"{\"a\":1}","id":"case 7","pattern":"{\"a\":[1]}"})") ==
        R"({"valid":true,"match":true})");
  CHECK(match_line("  {\"pattern\":{\"a\":[1]},\"event\":{\"a\":1}}\r") == R"({"valid":true,"match":true})");
}

TEST_CASE("what is given as JSON reaches the matcher as spelled") {
  // AWS: both values of a repeated key count in an event; in a tree only one would be left.
  CHECK(match_line(R"({"pattern":{"a":[1]},"event":{"a":1,"a":2}})") == R"({"valid":true,"match":true})");
  CHECK(match_line(R"({"pattern":{"a":[2]},"event":{"a":1,"a":2}})") == R"({"valid":true,"match":true})");
  // A number with more digits than a double holds is no number to AWS; a tree would have rounded it.
  CHECK(match_line(R"({"pattern":{"a":[{"numeric":["=",300000.0]}]},"event":{"a":3.0e5}})") ==
        R"({"valid":true,"match":true})");
}

TEST_CASE("a pattern that is none is not valid, and the answer says why") {
  const std::string answer = match_line(R"({"pattern":{"a":1},"event":{"a":1}})");
  CHECK(answer.starts_with(R"({"valid":false,"match":false,"error":"Event pattern is not valid. Reason: )"));
}

TEST_CASE("an event that is none leaves the pattern valid") {
  const std::string answer = match_line(R"({"pattern":{"a":[1]},"event":[1]})");
  CHECK(answer.starts_with(R"({"valid":true,"match":false,"error":"event: )"));
}

TEST_CASE("a malformed line is answered too") {
  for (const char* line :
       {"", "nonsense", "[1]", R"({"pattern":{"a":[1]},"event":{"a":1})", "{\"pattern\":\"\xFF\"}"}) {
    CAPTURE(line);
    CHECK(match_line(line).starts_with(R"({"valid":false,"match":false,"error":"the line is )"));
  }
  CHECK(match_line(R"({"event":{}})").find("the line has no member 'pattern'") != std::string::npos);
  CHECK(match_line(R"({"pattern":{"a":[1]}})").find("the line has no member 'event'") != std::string::npos);
}

TEST_CASE("one line out for each line in, whatever is in it") {
  std::istringstream in(
      "{\"pattern\":{\"a\":[1]},\"event\":{\"a\":1}}\nbroken\n\n{\"pattern\":{\"a\":[1]},\"event\":{}}");
  std::ostringstream out;
  match_lines(in, out);
  std::istringstream lines(out.str());
  std::vector<std::string> answers;
  for (std::string line; std::getline(lines, line);) answers.push_back(line);
  REQUIRE(answers.size() == 4);
  CHECK(answers[0] == R"({"valid":true,"match":true})");
  CHECK(answers[1].starts_with(R"({"valid":false)"));
  CHECK(answers[2].starts_with(R"({"valid":false)"));
  CHECK(answers[3] == R"({"valid":true,"match":false})");
}
