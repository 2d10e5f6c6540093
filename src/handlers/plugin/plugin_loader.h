// Loads handler plugins: shared objects that export the table of waybill/plugin_abi.h. For the start of the daemon, on
// one thread; the handlers that come out may be called from any. A library that was taken stays open for the life of
// the process. Errors name the file and what is wrong with it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "handlers/registry.h"
#include "waybill/handler.h"

namespace waybill {

struct LoadedPlugin {
  struct NamedHandler {
    std::string name;
    std::shared_ptr<Handler> handler;
  };
  std::filesystem::path path;
  std::string name;
  std::string version;
  std::vector<NamedHandler> handlers;
};

// Errors: not_found (no such file), invalid (no plugin, another ABI version, a wrong or repeated name, or a handler
// that could not be made).
Result<LoadedPlugin> load_plugin(const std::filesystem::path& path);

// Every *.so in a directory, by file name. One that does not load is an error for all; so are two of one name.
Result<std::vector<LoadedPlugin>> load_plugins(const std::filesystem::path& directory);

// Errors: conflict, when a system or plugin of that name is registered already. Then nothing was added.
Status add_plugin(HandlerRegistry& registry, const LoadedPlugin& plugin);

}  // namespace waybill
