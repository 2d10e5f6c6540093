#include "waybill/exact_json.h"

#include <doctest/doctest.h>

#include "waybill/plugin_json.h"

using namespace waybill;

namespace {

std::string copied(const std::string& text) { return dump_exact(parse_exact(text)); }

}  // namespace

TEST_CASE("a number that a double reproduces is a number as ever") {
  for (const char* text :
       {"0", "-0.0", "1.5", "0.1", "1e3", "12.50", "0.30000000000000004", "1e-7", "18446744073709551615",
        "-9223372036854775808", "1e25", "100000000000000000000", "1.7976931348623157e308"}) {
    CAPTURE(text);
    CHECK(parse_exact(text) == Json::parse(text));
    CHECK(parse_exact(text).is_number());
  }
}

TEST_CASE("a number that no double holds keeps its text") {
  for (const char* text :
       {"9400111899223100000123", "-9400111899223100000123", "0.12345678901234567890",
        "1234567890123456789012345678901234567890", "1e-400", "0.30000000000000004441", "1.00000000000000001e5"}) {
    CAPTURE(text);
    const Json value = parse_exact(text);
    REQUIRE(is_number_text(value));
    CHECK(number_text_of(value) == text);
    CHECK(std::string(json_type_name(value)) == "number");
    CHECK(copied(text) == text);
  }
}

TEST_CASE("what is read is what nlohmann reads, and written in its form") {
  const std::string text = R"({"a":[1,[],{},{"b":null,"c":[true,false,"x\ny"]}],"d":{"e":-1.5},"d":{"f":2}})";
  CHECK(parse_exact(text) == Json::parse(text));
  CHECK_FALSE(is_number_text(Json::binary({1, 2})));
  const Json plain = Json::parse(text);
  Json exact = plain;
  exact["n"] = make_number_text("7");
  Json number = plain;
  number["n"] = 7;
  CHECK(dump_exact(exact) == number.dump());
  CHECK(dump_exact(exact, 2) == number.dump(2));
  CHECK(dump_exact(nlohmann::ordered_json(exact), 2) == nlohmann::ordered_json(number).dump(2));
}

TEST_CASE("what is no JSON is refused as nlohmann does, and a number beyond every double by name") {
  CHECK_THROWS_AS(parse_exact("{"), Json::parse_error);
  CHECK_THROWS_AS(parse_exact("1 2"), Json::parse_error);
  CHECK_THROWS_AS(parse_exact("1e400"), Json::out_of_range);
}

TEST_CASE("exact numbers pass between a plugin and the host") {
  Effects effects;
  effects.put("things", {{"n", parse_exact("9400111899223100000123")}});
  const Outcome outcome = Outcome::of(RecordOutcome::success(effects));
  const Outcome read = plugin::outcome_from_text(plugin::outcome_to_text(outcome));
  CHECK(read.records[0].effects.writes[0].item == effects.writes[0].item);
}
