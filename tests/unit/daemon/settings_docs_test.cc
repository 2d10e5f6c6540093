// What people read about settings is made from the table in the code.
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

#include "daemon/settings.h"
#include "support/temp_dir.h"

using namespace waybill;

namespace {

std::string read_source(const std::string& path) {
  std::ifstream file(std::string(WAYBILL_SOURCE_DIR) + "/" + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("config/waybill.yaml is what `waybill settings --yaml` prints") {
  CHECK(read_source("config/waybill.yaml") == settings_as_yaml());
}

TEST_CASE("docs/settings.md is what `waybill settings --markdown` prints") {
  CHECK(read_source("docs/settings.md") == settings_as_markdown());
}

TEST_CASE("the shipped file holds the defaults, and nothing else") {
  Settings from_file;
  const Status loaded = from_file.load_file(std::string(WAYBILL_SOURCE_DIR) + "/config/waybill.yaml");
  REQUIRE_MESSAGE(loaded.has_value(), (loaded ? "" : loaded.error().message));
  const Settings defaults;
  for (const SettingSpec& spec : setting_specs()) {
    CAPTURE(spec.name);
    CHECK(from_file.text(spec.name) == defaults.text(spec.name));
  }
  CHECK(from_file.parameters().empty());
}
