// The Parameters section and the values given for it (AWS: template anatomy, Parameters).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "template/document.h"
#include "template/problems.h"

namespace waybill::templates {

struct Parameter {
  std::string name;
  // As Ref gives it: a string (Number too), or a list of strings for the list types.
  Json value;
  std::string text;     // the value as one text
  bool secret = false;  // NoEcho: do not print the value
};

// Types String, Number, List<Number>, CommaDelimitedList. What is wrong with a declaration, a value or an override goes
// to `problems` with the parameter's name, what was wrong, and what would be right; such parameters are still in the
// result, with an empty value, so that references to them do not add to the list.
// Values are limited to 4,096 bytes, a template to 200 parameters (AWS).
std::map<std::string, Parameter> resolve_parameters(const Document& document,
                                                    const std::map<std::string, std::string>& overrides,
                                                    Problems& problems);

}  // namespace waybill::templates
