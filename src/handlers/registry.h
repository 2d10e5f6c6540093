// Which code stands behind `Handler: <plugin>.<name>` of a function: the built-in systems and the loaded plugins.
// Filled by one thread at start, then only read, from any thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "waybill/handler.h"

namespace waybill {

class HandlerRegistry {
 public:
  // Errors: invalid (a name that is_handler_name refuses, no handler), conflict (the name is taken).
  Status add(std::string_view plugin, std::string_view handler_name, std::shared_ptr<Handler> handler);

  // By full name, e.g. "logistics.shipment_processor"; null when there is none.
  std::shared_ptr<Handler> find(std::string_view full_name) const;
  bool has_plugin(std::string_view plugin) const;
  // Full names, sorted.
  std::vector<std::string> names() const;

 private:
  std::map<std::string, std::shared_ptr<Handler>, std::less<>> handlers_;
};

// Of a plugin or a handler: 1 to 64 letters, digits, '_' or '-'. The dot stands between the two.
bool is_handler_name(std::string_view name);

}  // namespace waybill
