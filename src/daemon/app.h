// The composition root: makes every part, joins them, starts them in order and stops them in the exact reverse.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "daemon/settings.h"

namespace waybill {

// Owner: main, or a test. start(), reload() and stop() from one thread.
class App {
 public:
  explicit App(Settings settings);
  ~App();  // stop()

  // Ready to serve when it answers success. Errors name the setting, file or resource that is wrong.
  Status start();
  std::uint16_t port() const;
  // Reads the templates again and restores what they declare. Errors leave everything as it was.
  Status reload();
  // Finishes what is in flight within shutdown.limit, refuses what is new. False when something was still running then:
  // the process should end without destructors.
  bool stop();
  // Set when the store failed and nothing can be stored any more; the daemon must end.
  bool failed() const;
  // Called, on any thread, when failed() becomes true.
  void on_failure(std::function<void()> callback);
  // What `waybill status` shows.
  nlohmann::json status() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace waybill
