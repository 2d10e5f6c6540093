#include "daemon/destinations.h"

#include "base/json_tree.h"
#include "base/log.h"
#include "control/connections.h"
#include "expr/input_path.h"

namespace waybill {

namespace {

using destination::ConnectionSpec;

struct Connection {
  std::shared_ptr<const ConnectionSpec> spec;
  bool authorized = true;
};

std::map<std::string, Connection> connections_of(const Catalog& catalog) {
  std::map<std::string, Connection> connections;
  for (const auto& [key, row] : catalog) {
    if (key.kind != kinds::kConnection) continue;
    const std::string arn = control::connection_arn(*row);
    auto spec = destination::parse_connection(arn, row->resource.body);
    if (spec) {
      connections[arn] = {std::make_shared<const ConnectionSpec>(std::move(*spec)),
                          control::connection_state(*row) != "DEAUTHORIZED"};
    } else {
      spdlog::error("the connection {} cannot be used: {}", arn, spec.error().message);
    }
  }
  return connections;
}

void resolve(std::string& value, const std::string& event) {
  if (!value.starts_with("$")) return;
  const auto path = expr::InputPath::parse(value);
  if (!path) return;
  const auto found = parse_json(path->select(event).value_or("null"), kMaxPayloadDepth);
  value = found.is_string() ? found.get<std::string>() : found.is_null() ? "" : found.dump();
}

}  // namespace

Destinations destinations_of(const Catalog& catalog) {
  const auto connections = connections_of(catalog);
  Destinations destinations;
  for (const auto& [key, row] : catalog) {
    if (key.kind != kinds::kApiDestination) continue;
    const std::string arn = control::destination_arn(*row);
    const auto connection = connections.find(row->body.value("ConnectionArn", ""));
    // Without its connection it is inactive, as on AWS.
    const bool is_connected = connection != connections.end();
    auto spec = destination::parse_destination(
        arn, row->resource.body, is_connected ? connection->second.spec : std::make_shared<const ConnectionSpec>());
    if (!spec) {
      spdlog::error("the API destination {} cannot be used: {}", arn, spec.error().message);
      continue;
    }
    spec->active = is_connected && connection->second.authorized;
    destinations[arn] = std::make_shared<const destination::DestinationSpec>(std::move(*spec));
  }
  return destinations;
}

Result<destination::HttpParameters> http_parameters_of(const std::string& json, const std::string& event) {
  if (json.empty()) return destination::HttpParameters{};
  WAYBILL_TRY(auto parameters, destination::parse_http_parameters(json));
  for (std::string& value : parameters.path_values) resolve(value, event);
  for (auto& [name, value] : parameters.headers) resolve(value, event);
  for (auto& [name, value] : parameters.query) resolve(value, event);
  return parameters;
}

}  // namespace waybill
