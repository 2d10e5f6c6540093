#include "daemon/settings.h"

#include <fstream>

#include <doctest/doctest.h>

#include "support/temp_dir.h"

using namespace waybill;

TEST_CASE("durations are a number with a unit") {
  CHECK(*parse_duration("500ms") == Millis{500});
  CHECK(*parse_duration("10s") == Millis{10'000});
  CHECK(*parse_duration("15m") == Millis{900'000});
  CHECK(*parse_duration("24h") == Millis{86'400'000});
  CHECK(*parse_duration("14d") == Millis{14 * 86'400'000LL});
  CHECK(*parse_duration("0s") == Millis{0});
  for (const char* wrong :
       {"", "10", "s", "-1s", "1.5s", "10 s", "10x", "10ss", "99999999999999999999s", "9223372036854775807d"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_duration(wrong).has_value());
  }
}

TEST_CASE("every default is a value that its own setting takes") {
  for (const SettingSpec& spec : setting_specs()) {
    CAPTURE(spec.name);
    Settings settings;
    const Status set = settings.set(spec.name, spec.fallback);
    CHECK_MESSAGE(set.has_value(), (set ? "" : set.error().message));
    CHECK(std::string(spec.doc).ends_with("."));
  }
}

TEST_CASE("an unknown setting gets the nearest name") {
  Settings settings;
  CHECK(settings.set("retry.bse", "1s").error().message ==
        "there is no setting 'retry.bse'; the nearest one is 'retry.base'");
  CHECK(settings.set("alow_reset", "true").error().message ==
        "there is no setting 'alow_reset'; the nearest one is 'allow_reset'");
}

TEST_CASE("values are held to the kind and range of their setting") {
  Settings settings;
  CHECK(settings.set("allow_reset", "yes").error().message == "setting allow_reset is 'yes'; it must be true or false");
  CHECK(settings.set("http.threads", "two").error().message == "setting http.threads is 'two'; it is no whole number");
  CHECK(settings.set("http.threads", "65").error().message ==
        "setting http.threads is '65'; it must lie between 1 and 64");
  CHECK(settings.set("retry.base", "0ms").error().message ==
        "setting retry.base is '0ms'; it must lie between 1 ms and 86400000 ms");
  CHECK(settings.number("http.threads") == 2);  // a refused value changes nothing
}

TEST_CASE("a file gives each setting once, in one way of writing or the other") {
  const testing::TempDir directory;
  const auto load = [&](const std::string& text) {
    const auto path = directory.path() / "waybill.yaml";
    std::ofstream(path) << text;
    Settings settings;
    const Status loaded = settings.load_file(path);
    return loaded ? std::string() : loaded.error().message.substr(path.string().size());
  };
  CHECK(load("http: {threads: 3}\nparameters: {A: 1, B: 1}\n") == "");
  CHECK(load("http.threads: 3\nlisten: 127.0.0.1:0\nhttp.threads: 2\n") ==
        ": line 3: http.threads is given already in line 1; keep one of them");
  CHECK(load("http:\n  threads: 3\nhttp.threads: 2\n") ==
        ": line 3: http.threads is given already in line 2; keep one of them");
  CHECK(load("parameters: {A: 1}\nparameters: {A: 2}\n") ==
        ": line 2: parameters.A is given already in line 1; keep one of them");
}

TEST_CASE("lists are separated by commas, and may be empty") {
  Settings settings;
  CHECK(settings.list("rules").empty());
  REQUIRE(settings.set("rules", "a,b").has_value());
  CHECK(settings.list("rules") == std::vector<std::string>{"a", "b"});
}

TEST_CASE("the environment names settings in capitals, dots as underscores") {
  Settings settings;
  REQUIRE(
      settings.load_environment({{"WAYBILL_LIMITS_PUT_EVENTS_ENTRIES", "20"}, {"WAYBILL_CONFIG", "x"}}).has_value());
  CHECK(settings.number("limits.put_events_entries") == 20);
}
