// What the names in a template stand for while its values are worked out.
#pragma once

#include <map>
#include <string>

#include "template/parameters.h"

namespace waybill::templates {

struct KnownResource {
  enum class State {
    loaded,
    condition_false,  // `why` is the condition
    left_out,         // `why` is its type, which is not known
    broken,           // something about it was already reported
  };
  State state = State::broken;
  std::string why;
  std::string type;
  Json ref;
  std::map<std::string, std::string> attributes;
};

struct Names {
  std::map<std::string, std::string> pseudo;  // AWS::Region, …; AWS::NoValue is not among them
  std::map<std::string, Parameter> parameters;
  std::map<std::string, KnownResource> resources;  // by logical id
  const Json* mappings = nullptr;                  // of the document, or null
};

}  // namespace waybill::templates
