#include "pattern/json_reader.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace waybill::pattern {
namespace {

using enum JsonToken;

std::vector<JsonToken> tokens_of(std::string_view text) {
  JsonReader reader(text);
  std::vector<JsonToken> tokens;
  do {
    tokens.push_back(reader.next());
  } while (tokens.back() != end_of_text && tokens.back() != error);
  return tokens;
}

}  // namespace

TEST_CASE("tokens come in the order of the text") {
  CHECK(tokens_of(R"( {"a" : [1, "x", true, false, null, {}], "b": {"c": []}} )") ==
        std::vector<JsonToken>{start_object, field_name, start_array, number, string, true_value, false_value,
                               null_value, start_object, end_object, end_array, field_name, start_object, field_name,
                               start_array, end_array, end_object, end_object, end_of_text});
  CHECK(tokens_of("") == std::vector<JsonToken>{end_of_text});
}

TEST_CASE("numbers keep their spelling, names and strings their escapes") {
  JsonReader reader(R"({"\u0061":-1.50e+07,"b":"x\ny"})");
  reader.next();
  REQUIRE(reader.next() == field_name);
  CHECK(reader.name().has_escapes);
  CHECK(decode_json_string(reader.name().raw) == "a");
  REQUIRE(reader.next() == number);
  CHECK(reader.literal() == "-1.50e+07");
  REQUIRE(reader.next() == field_name);
  CHECK_FALSE(reader.name().has_escapes);
  REQUIRE(reader.next() == string);
  JsonString text;
  REQUIRE(reader.read_string(text));
  CHECK(text.raw == R"(x\ny)");
}

TEST_CASE("a string is read up to its opening quote until its text is needed") {
  JsonReader reader(R"(["abc", 1])");
  reader.next();
  reader.next();
  CHECK(reader.offset() == 2);
  JsonString text;
  reader.read_string(text);
  CHECK(reader.offset() == 6);
  reader.next();
  CHECK(reader.offset() == 9);
}

TEST_CASE("with a field name the first token of its value is read") {
  JsonReader reader(R"({"a": 123, "b": "x"})");
  reader.next();
  reader.next();
  CHECK(reader.offset() == 9);
  reader.next();
  CHECK(reader.offset() == 9);
  reader.next();
  CHECK(reader.offset() == 17);
}

TEST_CASE("escapes decode to UTF-8") {
  CHECK(decode_json_string(R"(\"\\\/\b\f\n\r\t)") == "\"\\/\b\f\n\r\t");
  CHECK(decode_json_string(R"(\u00e9\u65E5)") == "é日");
  CHECK(decode_json_string(R"(\ud83d\ude80)") == "🚀");
  CHECK(decode_json_string(R"(\ud83dx)") == "\xED\xA0\xBDx");
  CHECK(decode_json_string(R"(\ude80\ud83d)") == "\xED\xBA\x80\xED\xA0\xBD");
}

TEST_CASE("what is not JSON is an error that stays") {
  for (const char* text :
       {"[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "[1 2]", "[01]",      "[1.]",        "[1e]",       "[-]",
        "[+1]", "[.5]", "[tru]",   "[truex]",  "[nan]", "[\"\\q\"]", "[\"\\u12\"]", "[\"a\nb\"]", "[\"",
        "[",    "{",    "[}",      "{]",       "]",     "['a']",     "[1//x\n]",    "[\x01]",     "{1:2}"}) {
    CAPTURE(text);
    JsonReader reader(text);
    JsonToken token = reader.next();
    while (token != error && token != end_of_text) token = reader.next();
    CHECK(token == error);
    CHECK(reader.next() == error);
    CHECK_FALSE(reader.failure().empty());
  }
}

TEST_CASE("nesting costs no stack, and has a limit where one is given") {
  const std::string deep(100'000, '[');
  JsonReader reader(deep);
  for (std::size_t i = 0; i < deep.size(); ++i) REQUIRE(reader.next() == start_array);
  CHECK(reader.next() == error);

  JsonReader limited("[[[1]]]", 2);
  CHECK(limited.next() == start_array);
  CHECK(limited.next() == start_array);
  CHECK(limited.next() == error);
  CHECK(limited.failure() == "Document nesting depth (3) exceeds the maximum allowed (2)");
}

TEST_CASE("positions are 1-based lines and UTF-16 columns") {
  const std::string_view text = "ab\ncd\r\ne\rf🚀g";
  const auto at = [&](std::size_t offset) {
    const TextPosition position = position_of(text, offset);
    return std::pair(position.line, position.column);
  };
  CHECK(at(0) == std::pair<std::size_t, std::size_t>(1, 1));
  CHECK(at(2) == std::pair<std::size_t, std::size_t>(1, 3));
  CHECK(at(3) == std::pair<std::size_t, std::size_t>(2, 1));
  CHECK(at(7) == std::pair<std::size_t, std::size_t>(3, 1));
  CHECK(at(9) == std::pair<std::size_t, std::size_t>(4, 1));
  CHECK(at(text.size()) == std::pair<std::size_t, std::size_t>(4, 5));
}

}  // namespace waybill::pattern
