#pragma once

#include <string>

namespace waybill::templates {

// Something a person should know about a template that loads all the same. Said at start-up and by `waybill check`.
struct Notice {
  enum class Kind {
    not_active,  // the resource is loaded, and what it does is not active yet
    unknown,     // a type or property is not known and was left out
    doubtful,    // it will probably not do what its author wants
    dangling,    // an ARN names nothing that exists
    taken_over,  // a resource that the API made, or that another template had, is now the template's
  };
  Kind kind = Kind::not_active;
  std::string template_name;  // file stem
  std::string logical_id;
  std::string physical_name;
  std::string type;
  std::string text;
  bool operator==(const Notice&) const = default;
};

const char* to_string(Notice::Kind kind);
// "logistics-events: ErrorAlarm (AWS::CloudWatch::Alarm logistics-high-errors-dev): text".
std::string display(const Notice& notice);

}  // namespace waybill::templates
