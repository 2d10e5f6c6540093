// Short ways to load a template in tests.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "template/json.h"
#include "template/loader.h"

namespace waybill::templates {

inline LoadOptions options_for(std::map<std::string, std::string> parameters = {}, std::string file = "demo.yaml") {
  LoadOptions options;
  options.file = std::move(file);
  options.place = {"123456789012", "eu-central-1"};
  options.parameters = std::move(parameters);
  return options;
}

inline LoadedTemplate load(std::string_view text, const LoadOptions& options) {
  auto loaded = load_template(text, options);
  if (!loaded) FAIL(loaded.error().message);
  return *loaded;
}
inline LoadedTemplate load(std::string_view text, std::map<std::string, std::string> parameters = {}) {
  return load(text, options_for(std::move(parameters)));
}

// What load_template() says; "" when it loads.
inline std::string error_of(std::string_view text, const LoadOptions& options) {
  const auto loaded = load_template(text, options);
  return loaded ? "" : loaded.error().message;
}
inline std::string error_of(std::string_view text, std::map<std::string, std::string> parameters = {}) {
  return error_of(text, options_for(std::move(parameters)));
}

inline Json body_of(const LoadedTemplate& loaded, std::string_view logical_id) {
  for (const Resource& resource : loaded.resources) {
    Json body = Json::parse(resource.body);
    if (text_member(body, "LogicalId") == logical_id) return body;
  }
  FAIL("no resource " << std::string(logical_id));
  return {};
}

inline bool has(const std::string& text, const std::string& part) {
  const bool found = text.find(part) != std::string::npos;
  if (!found) MESSAGE(text);
  return found;
}

}  // namespace waybill::templates
