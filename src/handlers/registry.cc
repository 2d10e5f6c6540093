#include "handlers/registry.h"

#include <algorithm>
#include <utility>

namespace waybill {

namespace {

constexpr std::size_t kMaxNameLength = 64;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

Error bad_name(const char* what, std::string_view name) {
  return invalid(std::string("a ") + what + " name is 1 to 64 letters, digits, '_' or '-', got \"" + std::string(name) +
                 '"');
}

}  // namespace

bool is_handler_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameLength && std::all_of(name.begin(), name.end(), is_name_character);
}

Status HandlerRegistry::add(std::string_view plugin, std::string_view handler_name, std::shared_ptr<Handler> handler) {
  if (!is_handler_name(plugin)) return bad_name("plugin", plugin);
  if (!is_handler_name(handler_name)) return bad_name("handler", handler_name);
  std::string full_name = std::string(plugin) + '.' + std::string(handler_name);
  if (!handler) return invalid("there is no code behind handler " + full_name);
  const auto [at, added] = handlers_.try_emplace(std::move(full_name), std::move(handler));
  if (!added) return Error{ErrorCode::conflict, "there is a handler " + at->first + " already"};
  return {};
}

std::shared_ptr<Handler> HandlerRegistry::find(std::string_view full_name) const {
  const auto found = handlers_.find(full_name);
  return found == handlers_.end() ? nullptr : found->second;
}

bool HandlerRegistry::has_plugin(std::string_view plugin) const {
  const std::string prefix = std::string(plugin) + '.';
  const auto at = handlers_.lower_bound(prefix);
  return at != handlers_.end() && at->first.compare(0, prefix.size(), prefix) == 0;
}

std::vector<std::string> HandlerRegistry::names() const {
  std::vector<std::string> names;
  names.reserve(handlers_.size());
  for (const auto& [name, handler] : handlers_) names.push_back(name);
  return names;
}

}  // namespace waybill
