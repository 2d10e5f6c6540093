#include "handlers/plugin/plugin_loader.h"

#include <algorithm>
#include <dlfcn.h>
#include <memory>
#include <set>
#include <system_error>
#include <utility>

#include "handlers/plugin/plugin_handler.h"
#include "waybill/plugin_abi.h"

namespace waybill {

namespace {

namespace fs = std::filesystem;

// An open library, closed again unless it was kept.
class Library {
 public:
  static Result<Library> open(const fs::path& path) {
    // A name without a slash would be looked for in the system's library directories.
    void* handle = ::dlopen(fs::absolute(path).c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle) return invalid(std::string("it cannot be loaded: ") + ::dlerror());
    return Library(handle);
  }
  void* symbol(const char* name) const { return ::dlsym(handle_.get(), name); }
  // Plugins hold thread-local and global state that cannot be pulled from under them.
  void keep() { static_cast<void>(handle_.release()); }

 private:
  struct Close {
    void operator()(void* handle) const { ::dlclose(handle); }
  };
  explicit Library(void* handle) : handle_(handle) {}
  std::unique_ptr<void, Close> handle_;
};

Result<const waybill_plugin_v1*> plugin_table(const Library& library) {
  const auto function = reinterpret_cast<waybill_plugin_function>(library.symbol(WAYBILL_PLUGIN_SYMBOL));
  if (!function) return invalid("it is no Waybill plugin: it does not export " WAYBILL_PLUGIN_SYMBOL "()");
  const waybill_plugin_v1* table = function();
  if (!table) return invalid(WAYBILL_PLUGIN_SYMBOL "() returned no table");
  if (table->abi_version != WAYBILL_PLUGIN_ABI_VERSION) {
    const bool newer = table->abi_version > WAYBILL_PLUGIN_ABI_VERSION;
    return invalid("it was built for plugin ABI version " + std::to_string(table->abi_version) +
                   " and this Waybill has version " + std::to_string(WAYBILL_PLUGIN_ABI_VERSION) +
                   (newer ? ": it needs a newer Waybill" : ": build it again with this Waybill's headers"));
  }
  if (table->size < sizeof(waybill_plugin_v1)) return invalid("its plugin table is too short");
  if (!table->name || !is_handler_name(table->name)) {
    return invalid("its name is not 1 to 64 letters, digits, '_' or '-'");
  }
  if (table->handler_count == 0 || !table->handlers) return invalid("it has no handlers");
  return table;
}

// All is checked before the first instance is made.
Status check_handlers(const waybill_plugin_v1& table) {
  std::set<std::string> names;
  for (std::uint32_t i = 0; i < table.handler_count; ++i) {
    const waybill_handler_v1& handler = table.handlers[i];
    const std::string number = std::to_string(i + 1);
    if (!handler.name || !is_handler_name(handler.name)) {
      return invalid("the name of handler " + number + " is not 1 to 64 letters, digits, '_' or '-'");
    }
    if (!handler.create || !handler.destroy || !handler.handle) {
      return invalid("handler " + number + " (" + handler.name + ") lacks a function");
    }
    if (!names.insert(handler.name).second) return invalid(std::string("it has two handlers named ") + handler.name);
  }
  return {};
}

Result<LoadedPlugin> load(const fs::path& path) {
  WAYBILL_TRY(Library library, Library::open(path));
  WAYBILL_TRY(const waybill_plugin_v1* table, plugin_table(library));
  WAYBILL_CHECK(check_handlers(*table));
  LoadedPlugin plugin{path, table->name, table->version ? table->version : "", {}};
  for (std::uint32_t i = 0; i < table->handler_count; ++i) {
    const waybill_handler_v1& handler = table->handlers[i];
    WAYBILL_TRY(auto made, make_plugin_handler(handler, plugin.name + '.' + handler.name));
    plugin.handlers.push_back({handler.name, std::move(made)});
  }
  library.keep();
  return plugin;
}

Error naming(const fs::path& path, Error error) {
  error.message = "plugin " + path.string() + ": " + error.message;
  return error;
}

}  // namespace

Result<LoadedPlugin> load_plugin(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) return naming(path, not_found("there is no such file"));
  if (!fs::is_regular_file(status)) return naming(path, invalid("it is not a file"));
  auto plugin = load(path);
  if (!plugin) return naming(path, std::move(plugin).error());
  return plugin;
}

Result<std::vector<LoadedPlugin>> load_plugins(const fs::path& directory) {
  std::error_code error;
  std::vector<fs::path> paths;
  fs::directory_iterator entries(directory, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    if (entries->path().extension() == ".so") paths.push_back(entries->path());
  }
  if (error) return not_found("plugin directory " + directory.string() + " cannot be read: " + error.message());
  std::sort(paths.begin(), paths.end());
  std::vector<LoadedPlugin> plugins;
  for (const fs::path& path : paths) {
    WAYBILL_TRY(LoadedPlugin plugin, load_plugin(path));
    for (const LoadedPlugin& other : plugins) {
      if (other.name != plugin.name) continue;
      return naming(path, {ErrorCode::conflict, "its name " + plugin.name + " is that of " + other.path.string()});
    }
    plugins.push_back(std::move(plugin));
  }
  return plugins;
}

Status add_plugin(HandlerRegistry& registry, const LoadedPlugin& plugin) {
  if (registry.has_plugin(plugin.name)) {
    return naming(plugin.path, {ErrorCode::conflict, "there are handlers named " + plugin.name + ".* already"});
  }
  for (const auto& [name, handler] : plugin.handlers) WAYBILL_CHECK(registry.add(plugin.name, name, handler));
  return {};
}

}  // namespace waybill
