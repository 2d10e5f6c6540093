// Works out intrinsic functions (AWS: intrinsic function reference): Ref, Fn::Sub, Fn::GetAtt, Fn::Join, Fn::Select,
// Fn::Split, Fn::If, Fn::FindInMap, Fn::Base64.
#pragma once

#include <optional>

#include "template/names.h"
#include "template/problems.h"

namespace waybill::templates {

class Conditions;

// A value that could not be worked out; the reason is among the problems. It passes silently through everything.
inline Json broken_value() { return Json(Json::value_t::discarded); }
// Is it, or does it hold, one?
bool is_broken(const Json& value);

class Resolver {
 public:
  // conditions is null where neither Fn::If nor resources may be named: in the Conditions section itself.
  // REQUIRES: all three outlive this.
  Resolver(const Names& names, Conditions* conditions, Problems& problems)
      : names_(names), conditions_(conditions), problems_(problems) {}

  // Empty for AWS::NoValue: the member or list entry is left out.
  std::optional<Json> resolve(const Json& node, const Path& path);
  // A scalar as text; empty when it is broken or something else (reported, with `what` naming it).
  std::optional<std::string> text(const Json& node, const Path& path, const std::string& what);

 private:
  std::optional<Json> function(const std::string& name, const Json& argument, const Path& path);
  std::optional<Json> ref(const Json& argument, const Path& path);
  std::optional<Json> choose(const Json& argument, const Path& path);
  Json get_att(const Json& argument, const Path& path);
  Json sub(const Json& argument, const Path& path);
  Json join(const Json& argument, const Path& path);
  Json select(const Json& argument, const Path& path);
  Json split(const Json& argument, const Path& path);
  Json find_in_map(const Json& argument, const Path& path);
  Json base64(const Json& argument, const Path& path);

  std::optional<Json> name_value(const std::string& name, const Path& path);
  Json attribute(const std::string& id, const std::string& name, const Path& path);
  const KnownResource* resource(const std::string& id, const Path& path, const std::string& wanted);
  // The argument as a list of so many entries; null (reported) when it is not.
  const Json* arguments(const Json& argument, std::size_t least, std::size_t most, const Path& path, const char* usage);
  std::optional<Json> list(const Json& node, const Path& path, const std::string& what);
  Json bad(const Path& path, const std::string& text);
  Json unknown_name(const std::string& name, const Path& path);

  const Names& names_;
  Conditions* conditions_;
  Problems& problems_;
};

// The function that an object is, as its one member ({"Fn::Sub": …}); null when it is a plain object.
const std::pair<const std::string, Json>* as_function(const Json& node);

// The pieces of an Fn::Sub text.
struct SubPart {
  bool variable = false;
  std::string text;  // literal text, or the name in ${name}
};
// Errors: a `${` without its `}`, an empty name, a character that no name has.
Result<std::vector<SubPart>> parse_sub(const std::string& text);

}  // namespace waybill::templates
