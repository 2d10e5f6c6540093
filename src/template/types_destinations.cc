// AWS::Events::Connection, ApiDestination and EventBusPolicy: what rules call outside, and who may send to a bus.
#include <algorithm>
#include <array>

#include "control/connection_parameters.h"
#include "model/arn.h"
#include "template/intrinsics.h"
#include "template/loader.h"
#include "template/resource_types.h"
#include "template/text.h"

namespace waybill::templates {

namespace {

const std::vector<std::string> kMethods = {"POST", "GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"};

control::Limits endpoint_limits(const CheckContext& c) {
  control::Limits limits;
  limits.allow_http_endpoints = c.options.allow_http_endpoints;
  return limits;
}

Property added_parameters(std::string name) {
  const auto list = [](std::string of) {
    return objects(std::move(of), {text("Key").required(), text("Value").required(), boolean("IsValueSecret")})
        .at_most(100);
  };
  return object(std::move(name), {list("HeaderParameters"), list("QueryStringParameters"), list("BodyParameters")});
}

void check_connection(CheckContext& c) {
  const std::string type = text_member(c.body, "AuthorizationType");
  const Json* parameters = find_member(c.body, "AuthParameters");
  if (!parameters || !parameters->is_object() || type.empty() || is_broken(c.body)) return;
  const auto given = control::Json::parse(parameters->dump());
  if (const auto fine = control::check_parameters(type, given, endpoint_limits(c)); !fine) {
    c.bad(c.path / "AuthParameters", fine.error().message);
  }
}

ResourceType connection() {
  ResourceType type;
  type.name = "AWS::Events::Connection";
  type.name_property = "Name";
  type.name_length = 64;
  type.name_characters = "._-";
  type.arn = "arn:{partition}:events:{region}:{account}:connection/{name}/{uuid}";
  type.ref = "{name}";
  type.key = "{name}";
  type.attributes = {
      {"Arn", "{arn}", ""},
      {"ArnForPolicy", "arn:{partition}:events:{region}:{account}:connection/{name}", ""},
      {"SecretArn", "arn:{partition}:secretsmanager:{region}:{account}:secret:events!connection/{name}/{uuid}-{uuid6}",
       ""}};
  const auto secret = [](std::string name) { return text(std::move(name)).required().between(1, 512); };
  type.properties = {
      text("Name"),
      text("Description").at_most(512),
      one_of("AuthorizationType", {"BASIC", "API_KEY", "OAUTH_CLIENT_CREDENTIALS"}).required(),
      object("AuthParameters",
             {object("BasicAuthParameters", {secret("Username"), secret("Password")}),
              object("ApiKeyAuthParameters", {secret("ApiKeyName"), secret("ApiKeyValue")}),
              object("OAuthParameters",
                     {text("AuthorizationEndpoint").required().between(1, 2048),
                      one_of("HttpMethod", {"GET", "POST", "PUT"}).required(),
                      object("ClientParameters", {secret("ClientID"), secret("ClientSecret")}).required(),
                      added_parameters("OAuthHttpParameters")}),
              added_parameters("InvocationHttpParameters"), anything("ConnectivityParameters").without_effect()})
          .required(),
      anything("InvocationConnectivityParameters").without_effect(),
      text("KmsKeyIdentifier").without_effect(),
  };
  type.check = check_connection;
  return type;
}

void check_destination(CheckContext& c) {
  const std::string endpoint = text_member(c.body, "InvocationEndpoint");
  if (!endpoint.empty() && !control::is_endpoint(endpoint, endpoint_limits(c))) {
    c.bad(c.path / "InvocationEndpoint",
          in_quotes(endpoint) + " cannot be called: it must be https:// with a host" +
              (endpoint.starts_with("http://") ? ", or the setting allow_http_endpoints be true" : ""));
  }
  const std::string connection_text = text_member(c.body, "ConnectionArn");
  const auto arn = Arn::parse(connection_text);
  if (!connection_text.empty() && (!arn || arn->service != "events" || !arn->resource_of("connection"))) {
    c.bad(c.path / "ConnectionArn", in_quotes(connection_text) + " is not the ARN of a connection");
  }
}

ResourceType api_destination() {
  ResourceType type;
  type.name = "AWS::Events::ApiDestination";
  type.name_property = "Name";
  type.name_length = 64;
  type.name_characters = "._-";
  type.arn = "arn:{partition}:events:{region}:{account}:api-destination/{name}/{uuid}";
  type.ref = "{name}";
  type.key = "{name}";
  type.attributes = {{"Arn", "{arn}", ""},
                     {"ArnForPolicy", "arn:{partition}:events:{region}:{account}:api-destination/{name}", ""}};
  type.properties = {
      text("Name"),
      text("Description").at_most(512),
      text("ConnectionArn").required().between(1, 1600),
      text("InvocationEndpoint").required().between(1, 2048),
      one_of("HttpMethod", kMethods).required(),
      integer("InvocationRateLimitPerSecond").between(1, 1'000'000),
  };
  type.check = check_destination;
  return type;
}

// Either the whole Statement, or the members of one.
void check_bus_policy(CheckContext& c) {
  const Json* statement = find_member(c.body, "Statement");
  const bool action = find_member(c.body, "Action") != nullptr;
  const bool principal = find_member(c.body, "Principal") != nullptr;
  if (statement && (action || principal)) c.bad(c.path, "either Statement, or Action and Principal can be given");
  if (!statement && !(action && principal)) c.bad(c.path, "Statement is missing, or Action and Principal");
  if (action && text_member(c.body, "Action") != "events:PutEvents") {
    c.bad(c.path / "Action", "must be \"events:PutEvents\"");
  }
  const std::string bus = std::string(event_bus_name(text_member(c.body, "EventBusName")));
  c.body["EventBusName"] = bus.empty() ? "default" : bus;
}

// Kept and shown; who may send to a bus is not checked.
ResourceType bus_policy() {
  ResourceType type;
  type.name = "AWS::Events::EventBusPolicy";
  type.ref = "{stack}-{id}";
  type.key = "{stack}/{id}";
  type.properties = {
      text("EventBusName").between(1, 256),
      text("StatementId").required().between(1, 64),
      document("Statement"),
      text("Action").at_most(64),
      text("Principal").at_most(12),
      object("Condition", {text("Type"), text("Key"), text("Value")}),
  };
  type.check = check_bus_policy;
  return type;
}

}  // namespace

std::vector<ResourceType> destination_types() { return {connection(), api_destination(), bus_policy()}; }

}  // namespace waybill::templates
