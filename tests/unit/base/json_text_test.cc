#include "base/json_text.h"

#include <random>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace waybill;

namespace {

std::string compact(std::string_view text, int depth = kMaxDetailDepth) {
  std::string out;
  return append_compact_object(text, out, depth) ? out : "refused";
}

}  // namespace

TEST_CASE("only insignificant white space goes; spelling, order and letters stay") {
  CHECK(compact(" { \"b\" : 300.0 ,\n\t\"a\":[ 3e2 , -0.50 ] , \"ü\" : \"a  b\\u00e9\" } \r\n") ==
        "{\"b\":300.0,\"a\":[3e2,-0.50],\"ü\":\"a  b\\u00e9\"}");
  CHECK(compact("{}") == "{}");
  CHECK(compact(R"({"a":{"b":[[],{}]},"a":1})") == R"({"a":{"b":[[],{}]},"a":1})");
  CHECK(compact(R"({"big":123456789012345678901234567890,"far":1e400})") ==
        R"({"big":123456789012345678901234567890,"far":1e400})");
}

TEST_CASE("what is no JSON object is refused and leaves the output as it was") {
  for (const char* text : {"",
                           "[]",
                           "1",
                           "\"{}\"",
                           "null",
                           "{",
                           "}",
                           "{]",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{,}",
                           "{a:1}",
                           "{'a':1}",
                           "{\"a\":01}",
                           "{\"a\":1.}",
                           "{\"a\":.5}",
                           "{\"a\":+1}",
                           "{\"a\":1e}",
                           "{\"a\":-}",
                           "{\"a\":tru}",
                           "{\"a\":True}",
                           "{\"a\":NaN}",
                           "{\"a\":\"\\x\"}",
                           "{\"a\":\"\\u12g4\"}",
                           "{\"a\":\"\n\"}",
                           "{\"a\":\"open}",
                           "{} {}",
                           "{}x",
                           "{\"a\":[1 2]}",
                           "{\"a\":1 \"b\":2}",
                           "{\"a\":[}",
                           "{1:2}"}) {
    CAPTURE(text);
    CHECK(compact(text) == "refused");
  }
  std::string out = "kept";
  CHECK_FALSE(append_compact_object("{\"a\":1", out));
  CHECK(out == "kept");
}

TEST_CASE("nesting is limited, and any depth is survived") {
  const auto nested = [](int depth) {
    std::string text = "{\"a\":";
    for (int i = 1; i < depth; ++i) text += "[";
    for (int i = 1; i < depth; ++i) text += "]";
    return text + "}";
  };
  std::string deep = nested(1100);
  deep.insert(deep.find(']'), "1");
  CHECK(compact(deep) == deep);
  std::string deeper = nested(1101);
  CHECK(compact(deeper) == "refused");
  CHECK(compact(nested(100'000)) == "refused");
  std::string open(100'000, '[');
  CHECK_FALSE(is_json(open));
  open.append(100'000, ']');
  CHECK(is_json(open));
}

TEST_CASE("what is open is remembered across the depth that a word holds") {
  for (int depth : {1, 62, 63, 64, 65, 66, 130}) {
    for (unsigned pattern : {0u, 1u, 2u, 3u}) {
      std::string open;
      std::string close;
      for (int level = 0; level < depth; ++level) {
        const bool object = pattern == 0 || (pattern > 1 && (static_cast<unsigned>(level) + pattern) % 2 == 0);
        open += object ? "{\"k\":" : "[";
        close.insert(0, object ? "}" : "]");
      }
      CAPTURE(depth);
      CAPTURE(pattern);
      CHECK(is_json(open + "1" + close));
      for (std::size_t at : {std::size_t{0}, close.size() / 2, close.size() - 1}) {
        std::string wrong = close;
        wrong[at] = wrong[at] == '}' ? ']' : '}';
        CHECK_FALSE(is_json(open + "1" + wrong));
      }
    }
  }
}

TEST_CASE("a character that needs care is found at every place of a text") {
  for (std::size_t size = 0; size < 40; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      CAPTURE(size);
      CAPTURE(at);
      for (char c : {'"', '\n', '\x1f', '\0'}) {
        std::string text(size, '\x7f');
        text[at] = c;
        CHECK_FALSE(is_json("\"" + text + "\""));
        std::string written;
        append_json_string(text, written);
        CHECK(nlohmann::json::parse(written) == nlohmann::json(text));
      }
      std::string escaped = std::string(size, ' ').insert(at, "\\\\");
      CHECK(is_json("\"" + escaped + "\""));
      std::string bytes(size, 'a');
      bytes[at] = '\x80';
      CHECK_FALSE(is_valid_utf8(bytes));
      CHECK(is_valid_utf8(std::string(size, 'a').insert(at, "ü")));
      // Not stops, though their lower bits are those of one.
      CHECK(is_json("\"" + std::string(size, 'a').insert(at, "\u00a2\u0122\u009f") + "\""));
    }
  }
}

TEST_CASE("agrees with a full parser on mutated texts") {
  std::mt19937 random(5);
  const std::string seed = R"({"a":[1,2.5e-3,"x\u00e9\n",{"b":null}],"c":true,"d":{"e":"\\"}})";
  for (int i = 0; i < 20'000; ++i) {
    std::string text = seed;
    for (int edits = static_cast<int>(random() % 3); edits >= 0; --edits) {
      const char* alphabet = "{}[]:,\"\\0123eE+-.tfn ua";
      text[random() % text.size()] = alphabet[random() % 23];
    }
    if (!is_valid_utf8(text)) continue;
    CAPTURE(text);
    // nlohmann refuses numbers beyond a double; they are valid JSON all the same.
    const bool valid = nlohmann::json::accept(text);
    if (valid) CHECK(is_json(text));
    if (!valid && text.find('e') == std::string::npos && text.find('E') == std::string::npos)
      CHECK_FALSE(is_json(text));
  }
}

TEST_CASE("strings are written with what must be escaped escaped") {
  std::string out;
  append_json_string("a\"b\\c\n\t\x01ü", out);
  CHECK(out == "\"a\\\"b\\\\c\\n\\t\\u0001ü\"");
}

TEST_CASE("UTF-8 is checked to the letter") {
  CHECK(is_valid_utf8("aü€😀"));
  for (const char* text :
       {"\x80", "\xC0\x80", "\xC3", "\xE2\x82", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF0\x80\x80\x80", "\xFF"}) {
    CHECK_FALSE(is_valid_utf8(text));
  }
}

TEST_CASE("text that is not valid UTF-8 is made so, byte by byte") {
  CHECK(valid_utf8("") == "");
  CHECK(valid_utf8("a\xC3\xBC\xF0\x9F\x9A\x80") == "a\xC3\xBC\xF0\x9F\x9A\x80");
  CHECK(valid_utf8("\xff") == "\xEF\xBF\xBD");
  CHECK(valid_utf8("a\xC3") == "a\xEF\xBF\xBD");
  CHECK(valid_utf8("\xED\xA0\x80z") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz");  // a surrogate
  CHECK(is_valid_utf8(valid_utf8("\xC0\x80\xF5")));
}
