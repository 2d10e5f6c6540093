// Amazon Resource Names: arn:partition:service:region:account:resource.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace waybill {

struct Arn {
  std::string partition, service, region, account;
  std::string resource;  // all after the fifth colon, e.g. "event-bus/orders" or "function:charge"

  // Empty when text is not of the form above or service or resource is empty.
  static std::optional<Arn> parse(std::string_view text);
  std::string str() const;
  // The part of the resource after "type/" or "type:"; empty optional when it does not start so.
  std::optional<std::string> resource_of(std::string_view type) const;
};

// Where this daemon's resources live: part of every ARN it makes.
struct Place {
  std::string account = "000000000000";
  std::string region = "us-east-1";
  auto operator<=>(const Place&) const = default;

  std::string event_bus(std::string_view name) const;
  // Rules of the default bus have no bus in their ARN (contract section 6).
  std::string rule(std::string_view bus, std::string_view name) const;
  std::string archive(std::string_view name) const;
  std::string replay(std::string_view name) const;
  std::string table(std::string_view name) const;
  std::string topic(std::string_view name) const;
  std::string queue(std::string_view name) const;
  std::string function(std::string_view name) const;
};

// IAM's wildcards: * any run of characters, ? one.
bool wildcard_matches(std::string_view pattern, std::string_view text, bool ignore_case);

// The name in a bus name or bus ARN.
std::string_view event_bus_name(std::string_view name_or_arn);

}  // namespace waybill
