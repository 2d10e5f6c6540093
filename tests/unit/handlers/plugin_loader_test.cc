#include "handlers/plugin/plugin_loader.h"

#include <fstream>

#include <doctest/doctest.h>

#include "handlers/builtin.h"
#include "support/temp_dir.h"

using namespace waybill;
namespace fs = std::filesystem;

namespace {

const fs::path kPlugins = WAYBILL_TEST_PLUGINS;

// The error after "plugin <path>: ".
std::string refusal(const fs::path& path) {
  const auto plugin = load_plugin(path);
  REQUIRE_FALSE(plugin.has_value());
  const std::string start = "plugin " + path.string() + ": ";
  REQUIRE_MESSAGE(plugin.error().message.compare(0, start.size(), start) == 0, plugin.error().message);
  return plugin.error().message.substr(start.size());
}

std::string refusal(const char* name) { return refusal(kPlugins / (std::string(name) + ".so")); }

}  // namespace

TEST_CASE("a plugin tells its name, version and handlers") {
  const auto plugin = load_plugin(kPlugins / "probe.so");
  REQUIRE(plugin.has_value());
  CHECK(plugin->name == "probe");
  CHECK(plugin->version == "2.1");
  CHECK(plugin->path == kPlugins / "probe.so");
  REQUIRE(plugin->handlers.size() == 5);
  CHECK(plugin->handlers[0].name == "echo");
  CHECK(plugin->handlers[4].name == "broken_text");
}

TEST_CASE("what is no plugin is refused by name and reason") {
  testing::TempDir dir;
  CHECK(refusal(dir.path() / "none.so") == "there is no such file");
  CHECK(refusal(dir.path()) == "it is not a file");
  std::ofstream(dir.path() / "text.so") << "hello";
  CHECK(refusal(dir.path() / "text.so").find("it cannot be loaded: ") == 0);
  CHECK(refusal("no_symbol") == "it is no Waybill plugin: it does not export waybill_plugin()");
  CHECK(refusal("no_table") == "waybill_plugin() returned no table");
}

TEST_CASE("another ABI version is refused, naming both") {
  CHECK(refusal("newer_abi") ==
        "it was built for plugin ABI version 2 and this Waybill has version 1: it needs a newer Waybill");
  CHECK(refusal("older_abi") ==
        "it was built for plugin ABI version 0 and this Waybill has version 1: build it again with this Waybill's "
        "headers");
}

TEST_CASE("a table that cannot be used is refused whole") {
  const std::string rule = "is not 1 to 64 letters, digits, '_' or '-'";
  CHECK(refusal("short_table") == "its plugin table is too short");
  CHECK(refusal("bad_name") == "its name " + rule);
  CHECK(refusal("null_name") == "its name " + rule);
  CHECK(refusal("no_handlers") == "it has no handlers");
  CHECK(refusal("twice") == "it has two handlers named first");
  CHECK(refusal("bad_handler_name") == "the name of handler 2 " + rule);
  CHECK(refusal("no_function") == "handler 2 (second) lacks a function");
  CHECK(refusal("no_instance") == "handler refused.first could not be made: no database");
}

TEST_CASE("a directory is loaded in the order of its file names, .so files only") {
  testing::TempDir dir;
  fs::copy(kPlugins / "raw.so", dir.path() / "1.so");
  fs::copy(kPlugins / "acme.so", dir.path() / "2.so");
  std::ofstream(dir.path() / "README") << "hello";
  const auto plugins = load_plugins(dir.path());
  REQUIRE_MESSAGE(plugins.has_value(), plugins.error().message);
  REQUIRE(plugins->size() == 2);
  CHECK((*plugins)[0].name == "raw");
  CHECK((*plugins)[1].name == "acme");
}

TEST_CASE("one bad plugin refuses the directory") {
  testing::TempDir dir;
  CHECK(load_plugins(dir.path())->empty());
  fs::copy(kPlugins / "acme.so", dir.path() / "acme.so");
  fs::copy(kPlugins / "no_symbol.so", dir.path() / "bad.so");
  const auto plugins = load_plugins(dir.path());
  REQUIRE_FALSE(plugins.has_value());
  CHECK(plugins.error().message.find((dir.path() / "bad.so").string()) != std::string::npos);
}

TEST_CASE("two plugins of one name are refused, naming both files") {
  testing::TempDir dir;
  fs::copy(kPlugins / "acme.so", dir.path() / "a.so");
  fs::copy(kPlugins / "acme.so", dir.path() / "b.so");
  const auto plugins = load_plugins(dir.path());
  REQUIRE_FALSE(plugins.has_value());
  CHECK(plugins.error().code == ErrorCode::conflict);
  CHECK(plugins.error().message ==
        "plugin " + (dir.path() / "b.so").string() + ": its name acme is that of " + (dir.path() / "a.so").string());
}

TEST_CASE("a directory that is not there is an error") {
  testing::TempDir dir;
  const auto plugins = load_plugins(dir.path() / "none");
  REQUIRE_FALSE(plugins.has_value());
  CHECK(plugins.error().message.find((dir.path() / "none").string()) != std::string::npos);
}

TEST_CASE("a plugin cannot take the name of a system") {
  HandlerRegistry registry;
  REQUIRE(add_builtin_handlers(registry).has_value());
  const std::size_t before = registry.names().size();
  LoadedPlugin plugin = *load_plugin(kPlugins / "acme.so");
  CHECK(add_plugin(registry, plugin).has_value());
  CHECK(registry.names().size() == before + 1);
  plugin.name = "logistics";
  const Status status = add_plugin(registry, plugin);
  REQUIRE_FALSE(status.has_value());
  CHECK(status.error().message == "plugin " + plugin.path.string() + ": there are handlers named logistics.* already");
  CHECK(registry.names().size() == before + 1);
}
