// What a resource type's properties look like, and bringing given values into that form.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "template/notice.h"
#include "template/problems.h"

namespace waybill::templates {

enum class Shape {
  text,      // numbers and booleans become text
  integer,   // "7" becomes 7
  number,    // "0.5" becomes 0.5
  boolean,   // "true" becomes true
  json,      // a JSON object, or a text that holds one; kept as given
  document,  // the same, always kept as an object
  object,    // of `members`
  text_map,  // any names, each with a text
  texts,     // a list of texts
  objects,   // a list of objects of `members`
  anything,
};

struct Property {
  std::string name;
  Shape shape = Shape::text;
  bool acted_on = true;  // false: AWS knows it, and here it has no effect
  bool needed = false;
  std::vector<Property> members;     // of an object, or of each object in a list
  std::vector<std::string> allowed;  // of a text; empty: any
  // Of a number its value, of a text its length in bytes, of a list its entries.
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();

  Property required() && {
    needed = true;
    return std::move(*this);
  }
  Property without_effect() && {
    acted_on = false;
    return std::move(*this);
  }
  Property between(double low, double high) && {
    least = low;
    most = high;
    return std::move(*this);
  }
  Property at_least(double low) && {
    least = low;
    return std::move(*this);
  }
  Property at_most(double high) && {
    most = high;
    return std::move(*this);
  }
};

using Properties = std::vector<Property>;

Property text(std::string name);
Property one_of(std::string name, std::vector<std::string> allowed);
Property integer(std::string name);
Property number(std::string name);
Property boolean(std::string name);
Property json(std::string name);
Property document(std::string name);
Property object(std::string name, Properties members);
Property text_map(std::string name);
Property texts(std::string name);
Property objects(std::string name, Properties members);
Property anything(std::string name);
// A list of {Key, Value}, or a map: accepted everywhere, without effect.
Property tags(std::string name = "Tags");

enum class UnknownMode { error, warn };

// Where the result of conform() goes besides its value.
struct SchemaReport {
  Problems& problems;
  std::vector<Notice>& notices;  // of unknown properties, with UnknownMode::warn
  Notice subject;                // filled with the resource; text and kind are set per notice
  UnknownMode unknown = UnknownMode::error;
};

// The value with each property in its form, unknown ones left out; broken values pass unchecked.
// An unknown property is a problem that names the nearest one (a notice with UnknownMode::warn).
Json conform_object(const Properties& properties, const Json& value, const Path& path, SchemaReport& report);

}  // namespace waybill::templates
