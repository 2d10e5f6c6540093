#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "daemon/deployment.h"
#include "daemon/listen_address.h"
#include "daemon/mailer.h"
#include "pattern/pattern.h"
#include "template/document.h"

namespace waybill {

namespace {

namespace fs = std::filesystem;

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return Error{ErrorCode::io, path + ": it cannot be read"};
  return text.str();
}

bool is_template(const fs::path& path) {
  const std::string extension = path.extension().string();
  return extension == ".yaml" || extension == ".yml" || extension == ".json";
}

// What queue URLs in templates begin with. A port that is picked at start is not known yet: then the usual one stands
// there, and nobody looks at it but people.
std::string endpoint_of(const Settings& settings) {
  std::string url = settings.text("public_url");
  while (url.ends_with('/')) url.pop_back();
  if (!url.empty()) return url;
  const auto address = parse_listen(settings.text("listen"));
  if (!address) return "http://127.0.0.1:4566";
  const bool everywhere = address->host == "0.0.0.0" || address->host == "::";
  const bool in_brackets = !everywhere && address->host.find(':') != std::string::npos;
  const std::string host = everywhere ? "localhost" : in_brackets ? "[" + address->host + "]" : address->host;
  return "http://" + host + ":" + std::to_string(address->port == 0 ? 4566 : address->port);
}

// A parameter is given once for all templates: each takes those that it declares.
std::map<std::string, std::string> declared_in(const std::string& text, const std::string& file,
                                               const std::map<std::string, std::string>& parameters,
                                               std::set<std::string>& used) {
  std::map<std::string, std::string> taken;
  const auto document = templates::parse_document(text, file);
  if (!document) return taken;  // load_template says what is wrong
  const auto declared = document->root().find("Parameters");
  if (declared == document->root().end()) return taken;
  for (const auto& [name, value] : parameters) {
    if (!declared->contains(name)) continue;
    taken[name] = value;
    used.insert(name);
  }
  return taken;
}

}  // namespace

Result<std::vector<std::string>> template_files(const std::string& path) {
  std::error_code problem;
  if (fs::is_regular_file(path, problem)) return std::vector<std::string>{path};
  if (!fs::is_directory(path, problem)) {
    return not_found("rules: '" + path + "' is neither a template file nor a directory of them");
  }
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(path, problem)) {
    if (entry.is_regular_file() && is_template(entry.path())) files.push_back(entry.path().string());
  }
  if (problem) return Error{ErrorCode::io, "rules: '" + path + "': " + problem.message()};
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> empty_directories(const std::vector<std::string>& rules) {
  std::vector<std::string> notices;
  for (const std::string& path : rules) {
    const auto files = template_files(path);
    if (!files || !files->empty()) continue;
    notices.push_back("rules: the directory '" + path + "' holds no template; one ends in .yaml, .yml or .json");
  }
  return notices;
}

Deployment::Options template_options(const Settings& settings) {
  Deployment::Options options;
  options.place = {settings.text("account_id"), settings.text("region")};
  options.rules = settings.list("rules");
  options.parameters = settings.parameters();
  options.unknown_is_error = settings.text("templates.unknown") != "warn";
  options.drop_tables = settings.flag("templates.drop_tables");
  options.transports = sent_protocols(settings);
  options.endpoint = endpoint_of(settings);
  options.allow_http_endpoints = settings.flag("allow_http_endpoints");
  options.targets_per_rule = static_cast<std::size_t>(settings.number("limits.targets"));
  options.pattern_characters = static_cast<std::size_t>(settings.number("limits.pattern_characters"));
  return options;
}

Result<std::vector<templates::LoadedTemplate>> load_templates(const Deployment::Options& given) {
  std::vector<templates::LoadedTemplate> loaded;
  std::set<std::string> used;
  for (const std::string& path : given.rules) {
    WAYBILL_TRY(const auto files, template_files(path));
    for (const std::string& file : files) {
      WAYBILL_TRY(const std::string text, read_file(file));
      templates::LoadOptions options;
      options.file = file;
      options.place = given.place;
      options.endpoint = given.endpoint;
      options.allow_http_endpoints = given.allow_http_endpoints;
      options.transports = given.transports;
      options.targets_per_rule = given.targets_per_rule;
      options.pattern_characters = given.pattern_characters;
      options.parameters = declared_in(text, file, given.parameters, used);
      options.unknown = given.unknown_is_error ? templates::UnknownMode::error : templates::UnknownMode::warn;
      options.check_pattern = [](std::string_view pattern) -> Status {
        auto parsed = pattern::Pattern::parse(pattern);
        if (!parsed) return parsed.error();
        return {};
      };
      WAYBILL_TRY(loaded.emplace_back(), templates::load_template(text, options));
    }
  }
  for (const auto& [name, value] : given.parameters) {
    if (used.count(name) == 0) {
      return invalid("parameters." + name + ": no template that is loaded has a parameter of that name");
    }
  }
  return loaded;
}

std::vector<std::string> missing_handlers(const std::vector<templates::LoadedTemplate>& loaded,
                                          const HandlerRegistry& registry) {
  std::vector<std::string> notices;
  for (const templates::LoadedTemplate& each : loaded) {
    for (const Resource& resource : each.resources) {
      if (resource.key.kind != "AWS::Lambda::Function") continue;
      const auto body = nlohmann::json::parse(resource.body, nullptr, false);
      const std::string handler = body.is_object() ? body.value("Handler", "") : "";
      if (registry.find(handler)) continue;
      notices.push_back(each.name + ": function " + resource.key.name + " names the handler " + handler +
                        ", which is neither built in nor in a loaded plugin; its deliveries will be dead-lettered");
    }
  }
  return notices;
}

}  // namespace waybill
