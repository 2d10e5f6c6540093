// Templates without a daemon: everything that a start would find wrong or say about them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/settings.h"

namespace waybill::cli {

struct TemplateCheck {
  struct Loaded {
    std::string file;
    std::map<std::string, std::size_t> resources;  // type → how many
  };
  std::vector<Loaded> loaded;
  std::vector<std::string> notices;
  std::vector<std::string> errors;  // may hold several lines each
};

// Reads what the settings rules, plugins, parameters and templates.unknown name.
TemplateCheck check_templates(const Settings& settings);

}  // namespace waybill::cli
