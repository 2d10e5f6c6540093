#include "control/connection_parameters.h"

#include <algorithm>
#include <vector>

namespace waybill::control {

namespace {

struct AuthBlock {
  std::string name;
  std::vector<Json::json_pointer> required;
};

// The request model knows no other types.
AuthBlock auth_block(const std::string& type) {
  using Pointer = Json::json_pointer;
  if (type == "BASIC") return {"BasicAuthParameters", {Pointer("/Username"), Pointer("/Password")}};
  if (type == "API_KEY") return {"ApiKeyAuthParameters", {Pointer("/ApiKeyName"), Pointer("/ApiKeyValue")}};
  return {"OAuthParameters",
          {Pointer("/AuthorizationEndpoint"), Pointer("/HttpMethod"), Pointer("/ClientParameters/ClientID"),
           Pointer("/ClientParameters/ClientSecret")}};
}

// InvocationHttpParameters and OAuthHttpParameters: lists of {Key, Value, IsValueSecret}.
void hide_secret_values(Json& http_parameters) {
  for (Json& list : http_parameters) {
    for (Json& item : list) {
      if (item.value("IsValueSecret", false)) item.erase("Value");
    }
  }
}

}  // namespace

Json merged_parameters(const std::string& type, const Json& present, const Json& given) {
  Json merged = Json::object();
  const std::string block = auth_block(type).name;
  for (const std::string& name :
       {block, std::string("InvocationHttpParameters"), std::string("ConnectivityParameters")}) {
    if (present.contains(name)) merged[name] = present[name];
    if (!given.contains(name)) continue;
    if (name == block) {
      merged[name].merge_patch(given[name]);
    } else {
      merged[name] = given[name];
    }
  }
  return merged;
}

Answer<> check_parameters(const std::string& type, const Json& parameters, const Limits& limits) {
  const AuthBlock block = auth_block(type);
  const Json given = parameters.value(block.name, Json::object());
  const bool complete = std::all_of(block.required.begin(), block.required.end(),
                                    [&](const Json::json_pointer& field) { return given.contains(field); });
  if (!complete) return not_valid("Parameter " + block.name + " is not valid. Reason: Missing required field(s)");
  if (given.contains("AuthorizationEndpoint") &&
      !is_endpoint(given["AuthorizationEndpoint"].get_ref<const std::string&>(), limits)) {
    return not_valid("Parameter AuthorizationEndpoint is not valid");
  }
  return {};
}

Json shown_parameters(Json parameters) {
  for (auto& [name, block] : parameters.items()) {
    block.erase("Password");
    block.erase("ApiKeyValue");
    if (block.contains("ClientParameters")) block["ClientParameters"].erase("ClientSecret");
    if (block.contains("OAuthHttpParameters")) hide_secret_values(block["OAuthHttpParameters"]);
    if (name == "InvocationHttpParameters") hide_secret_values(block);
  }
  return parameters;
}

bool is_endpoint(std::string_view url, const Limits& limits) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!url.starts_with(scheme)) continue;
    const std::string_view rest = url.substr(scheme.size());
    const bool has_host = !rest.empty() && std::string_view("/?#:").find(rest.front()) == std::string_view::npos;
    return has_host && (scheme == "https://" || limits.allow_http_endpoints);
  }
  return false;
}

}  // namespace waybill::control
