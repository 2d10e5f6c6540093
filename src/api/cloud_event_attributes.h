// The context attributes of a CloudEvent and what the specification (CloudEvents 1.0.2, "Context Attributes") demands
// of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace waybill::api {

struct CloudEventAttribute {
  std::string name;
  std::string text;       // of a Boolean or an Integer: as JSON spells it
  bool is_string = true;  // false: Boolean or Integer, which only the JSON format can tell from a String
};

using CloudEventAttributes = std::vector<CloudEventAttribute>;

// The text of the attribute, null when it is not there. Valid while the attributes are unchanged.
const std::string* find_attribute(const CloudEventAttributes& attributes, std::string_view name);

// Names, types and required attributes. Errors: invalid, beginning with the attribute's name and a colon.
Status check_attributes(const CloudEventAttributes& attributes);

// What a media type says of data. Parameters and case make no difference.
bool declares_json(std::string_view media_type);  // */json, */*+json
bool declares_text(std::string_view media_type);  // text/*, XML, form data

// Without parameters and the space around it, in lower case.
std::string bare_media_type(std::string_view media_type);

}  // namespace waybill::api
