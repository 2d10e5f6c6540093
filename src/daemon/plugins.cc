#include "daemon/plugins.h"

#include <filesystem>

#include "base/log.h"
#include "handlers/builtin.h"
#include "handlers/plugin/plugin_loader.h"

namespace waybill {

Status load_handlers(const std::vector<std::string>& plugin_paths, HandlerRegistry& registry) {
  WAYBILL_CHECK(add_builtin_handlers(registry));
  for (const std::string& path : plugin_paths) {
    std::vector<LoadedPlugin> loaded;
    if (std::filesystem::is_directory(path)) {
      WAYBILL_TRY(loaded, load_plugins(path));
    } else {
      WAYBILL_TRY(loaded.emplace_back(), load_plugin(path));
    }
    for (const LoadedPlugin& plugin : loaded) {
      WAYBILL_CHECK(add_plugin(registry, plugin));
      spdlog::info("plugin {} {} from {}: {} handlers", plugin.name, plugin.version, plugin.path.string(),
                   plugin.handlers.size());
    }
  }
  return {};
}

}  // namespace waybill
