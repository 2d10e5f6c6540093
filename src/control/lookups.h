// What most operations begin with: the row that a request names, or the refusal that AWS words for it (contract
// sections 5, 6 and 16), and small readings of requests and rows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "control/session.h"

namespace waybill::control {

inline constexpr const char* kDefaultBus = "default";

// The request's text member; fallback when it is absent.
std::string member(const Json& request, const char* name, std::string_view fallback = "");
// The name in the request's EventBusName, which is a name or an ARN; "default" when it is absent.
std::string bus_member(const Json& request);

// A point in time as the protocol writes it: seconds since the epoch, with a fraction (contract section 1).
double seconds(std::int64_t millis);
double seconds(WallTime time);
// The times that the service keeps of a row, as the protocol writes them.
double created_seconds(const CatalogRow& row);
double modified_seconds(const CatalogRow& row);
// Copies those of the named members that `from` has.
void copy_members(const Json& from, Json& to, std::initializer_list<const char*> names);

// Rows live as long as the session's catalog. An ARN of another account or region names nothing here.
// Fault: `Event bus ‹b› does not exist.`
Answer<const CatalogRow*> require_bus(const Session& session, std::string_view name_or_arn);
// Fault: `Rule ‹n› does not exist on EventBus ‹b›.`, also where there is no such bus.
Answer<const CatalogRow*> require_rule(const Session& session, std::string_view bus_name_or_arn, std::string_view rule);

// The row name of a rule, and back; a bus name may contain '/' (partner buses), a rule name does not.
std::string rule_key(std::string_view bus, std::string_view rule);
struct RuleName {
  std::string bus, rule;
};
RuleName rule_name(const CatalogRow& row);
// The rules of exactly this bus, in order of name.
std::vector<const CatalogRow*> rules_of(const Session& session, std::string_view bus, std::string_view prefix = "");

}  // namespace waybill::control
