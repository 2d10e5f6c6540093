// The resource types that Waybill knows: one table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "template/schema.h"

namespace waybill::templates {

struct LoadOptions;

// A resource while its type's own checks run over it.
class CheckContext {
 public:
  CheckContext(Json& properties, const std::string& physical_name, const Path& where, const LoadOptions& load_options,
               SchemaReport& into)
      : body(properties), name(physical_name), path(where), options(load_options), report(into) {}

  Json& body;               // properties in their form; defaults may be filled in
  const std::string& name;  // physical
  const Path& path;         // of the properties
  const LoadOptions& options;
  SchemaReport& report;

  void bad(const Path& where, const std::string& text) { report.problems.add(where, text); }
  void doubt(const std::string& text) { say(Notice::Kind::doubtful, text); }
  void not_active(const std::string& text) { say(Notice::Kind::not_active, text); }

 private:
  void say(Notice::Kind kind, const std::string& text) {
    Notice notice = report.subject;
    notice.kind = kind;
    notice.text = text;
    report.notices.push_back(std::move(notice));
  }
};

// Texts made from a resource: {name} {stack} {id} (logical id) {region} {account} {partition} {uuid} (the same for ever
// for one stack and logical id) {arn}, and {Property} for a text property of the body. Further, of a rule {bus/} and
// {bus|} ("" on the default bus), of IAM {path}; {uuid6} the first six characters of {uuid}, {endpoint} where clients
// reach the daemon ("http://127.0.0.1:4566").
struct Attribute {
  std::string name;
  std::string form;
  std::string needs;  // the property that must be there for it to exist, "" for none
};

// What a name that Waybill makes up ends in where a property is true: ".fifo" of a FIFO queue.
struct NameEnding {
  std::string property;
  std::string text;
};

struct ResourceType {
  std::string name;           // "AWS::Events::Rule"
  std::string name_property;  // "" when AWS gives it no name of its own: then it is <stack>/<LogicalId>
  std::size_t name_length = 256;
  std::string name_characters;  // besides letters and digits
  NameEnding ending;            // "" for none
  std::string arn;              // form; "" for none
  std::string ref;              // form of what Ref gives
  std::string key;              // form of ResourceKey::name
  std::vector<Attribute> attributes;
  Properties properties;
  std::string not_active;  // why it is loaded and not active yet; "" when it is
  void (*check)(CheckContext&) = nullptr;
};

// Sorted by name.
const std::vector<ResourceType>& resource_types();
// Null when the type is not known.
const ResourceType* find_resource_type(std::string_view name);
// Why a type that is not known is refused, with the nearest known one.
std::string unknown_type_text(const std::string& name);
// Position of the kind when resources are removed: what uses others first, so a rule before its bus.
int removal_order(std::string_view kind);

// The parts of the table, by service.
std::vector<ResourceType> event_types();
std::vector<ResourceType> data_types();
std::vector<ResourceType> destination_types();
std::vector<ResourceType> function_types();
std::vector<ResourceType> queue_types();
std::vector<ResourceType> watch_types();
std::vector<ResourceType> permission_types();

}  // namespace waybill::templates
