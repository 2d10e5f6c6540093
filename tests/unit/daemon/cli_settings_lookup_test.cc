#include <fstream>

#include <doctest/doctest.h>

#include "daemon/cli/settings_lookup.h"
#include "support/temp_dir.h"

using namespace waybill;
using namespace waybill::cli;

namespace {

std::string write(const testing::TempDir& directory, const std::string& name, const std::string& text) {
  const std::string path = directory.path() / name;
  std::ofstream(path) << text;
  return path;
}

SettingsRequest flags(std::vector<std::pair<std::string, std::string>> given) { return {{}, std::move(given)}; }

std::string refusal(const SettingsRequest& request, const Environment& environment = {}) {
  const auto found = find_settings(request, environment, {});
  return found ? "" : found.error().message;
}

}  // namespace

TEST_CASE("a flag beats the environment, which beats the file, which beats the default") {
  const testing::TempDir directory;
  const std::string file = write(directory, "waybill.yaml",
                                 "region: eu-west-1\nretry:\n  base: 2s\n  cap: 1m\nrules: [a, b]\n"
                                 "parameters:\n  Environment: test\n");
  const Environment environment{{"WAYBILL_RETRY_BASE", "3s"}, {"WAYBILL_RETRY_CAP", "2m"}};
  SettingsRequest request = flags({{"retry.cap", "3m"}});
  request.config = file;
  const auto found = find_settings(request, environment, {});
  REQUIRE(found.has_value());
  CHECK(found->file == file);
  CHECK(found->settings.text("account_id") == "000000000000");
  CHECK(found->settings.text("region") == "eu-west-1");
  CHECK(found->settings.duration("retry.base") == Millis{3000});
  CHECK(found->settings.duration("retry.cap") == Millis{180'000});
  CHECK(found->settings.list("rules") == std::vector<std::string>{"a", "b"});
  CHECK(found->settings.parameters().at("Environment") == "test");
}

TEST_CASE("the file is the named one, else $WAYBILL_CONFIG, else the first place that has one") {
  const testing::TempDir directory;
  const std::string first = write(directory, "first.yaml", "region: eu-north-1\n");
  const std::string second = write(directory, "second.yaml", "region: eu-south-1\n");
  const std::string absent = directory.path() / "absent.yaml";
  const auto file = [&](const SettingsRequest& request, const Environment& environment,
                        const std::vector<std::string>& places) {
    return find_settings(request, environment, places).value().file;
  };
  CHECK(file({first, {}}, {{"WAYBILL_CONFIG", second}}, {second}) == first);
  CHECK(file({}, {{"WAYBILL_CONFIG", second}}, {first}) == second);
  CHECK(file({}, {{"WAYBILL_CONFIG", ""}}, {absent, second, first}) == second);
  CHECK(file({}, {}, {absent}).empty());
}

TEST_CASE("a file that was named must be there") {
  CHECK(refusal({"/nonexistent/waybill.yaml", {}}) == "--config names '/nonexistent/waybill.yaml', which is no file");
  CHECK(refusal({}, {{"WAYBILL_CONFIG", "/nonexistent/w.yaml"}}) ==
        "$WAYBILL_CONFIG names '/nonexistent/w.yaml', which is no file");
}

TEST_CASE("what is wrong is named together with what would be right") {
  const testing::TempDir directory;
  CHECK(refusal(flags({{"retry.bse", "1s"}})) == "there is no setting 'retry.bse'; the nearest one is 'retry.base'");
  CHECK(refusal(flags({{"retry.base", "1"}})).find("500ms, 10s, 15m, 24h or 14d") != std::string::npos);
  CHECK(refusal(flags({{"http.threads", "0"}})).find("between 1 and 64") != std::string::npos);
  CHECK(refusal({}, {{"WAYBILL_HTTP_THREADS", "many"}}).starts_with("WAYBILL_HTTP_THREADS: "));
  CHECK(refusal(flags({{"account_id", "123"}})) == "setting account_id is '123'; it must be 12 digits");
  CHECK(refusal(flags({{"region", "US East"}})).find("e.g. us-east-1") != std::string::npos);
  CHECK(refusal(flags({{"templates.unknown", "ignore"}})).find("one of error, warn") != std::string::npos);
  CHECK(refusal(flags({{"log.level", "loud"}})).find("one of trace, debug") != std::string::npos);
  CHECK(refusal(flags({{"listen", "4566"}})).find("HOST:PORT") != std::string::npos);
  CHECK(refusal(flags({{"listen", "0.0.0.0:1"}})).find("--allow-unauthenticated-listen") != std::string::npos);
  CHECK(refusal(flags({{"listen", "0.0.0.0:1"}, {"allow_unauthenticated_listen", "true"}})).empty());
  const std::string file = write(directory, "w.yaml", "retry:\n  bace: 1s\n");
  CHECK(refusal({file, {}}) == file + ": line 2: there is no setting 'retry.bace'; the nearest one is 'retry.base'");
}

TEST_CASE("the data directory is systemd's, else the user's") {
  CHECK(*default_data_dir({{"STATE_DIRECTORY", "/var/lib/waybill:/var/lib/other"}, {"HOME", "/h"}}) ==
        "/var/lib/waybill");
  CHECK(*default_data_dir({{"XDG_STATE_HOME", "/state"}, {"HOME", "/h"}}) == "/state/waybill");
  CHECK(*default_data_dir({{"XDG_STATE_HOME", "relative"}, {"HOME", "/h"}}) == "/h/.local/state/waybill");
  CHECK(default_data_dir({}).error().message.find("--data-dir") != std::string::npos);
}

TEST_CASE("--set takes name=value") {
  CHECK(*parse_assignment("a.b=c=d") == std::pair<std::string, std::string>{"a.b", "c=d"});
  CHECK(*parse_assignment("a=") == std::pair<std::string, std::string>{"a", ""});
  CHECK_FALSE(parse_assignment("a").has_value());
  CHECK_FALSE(parse_assignment("=a").has_value());
}
