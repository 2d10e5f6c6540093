#include "template/schema.h"

#include <algorithm>
#include <cmath>

#include "base/code_points.h"
#include "template/intrinsics.h"
#include "template/nearest.h"
#include "template/text.h"

namespace waybill::templates {

namespace {

Property make(std::string name, Shape shape) {
  Property property;
  property.name = std::move(name);
  property.shape = shape;
  return property;
}

std::string plain(double number) {
  const auto whole = static_cast<std::int64_t>(number);
  return static_cast<double>(whole) == number ? std::to_string(whole) : Json(number).dump();
}

std::string range_text(const Property& property) {
  const bool low = std::isfinite(property.least);
  const bool high = std::isfinite(property.most);
  if (low && high) return "must be " + plain(property.least) + " to " + plain(property.most);
  return low ? "must be at least " + plain(property.least) : "must be at most " + plain(property.most);
}

// One value against its property. Every method returns the value in its form, or reports and returns a broken one.
class Conformer {
 public:
  Conformer(SchemaReport& report) : report_(report) {}

  Json members(const Properties& properties, const Json& value, const Path& path) {
    if (value.is_discarded()) return value;
    if (!value.is_object()) return bad(path, "must be a map, not " + kind_of(value));
    Json result = Json::object();
    for (const auto& [name, member] : value.get_ref<const Json::object_t&>()) {
      const auto known = std::find_if(properties.begin(), properties.end(),
                                      [&name = name](const Property& p) { return p.name == name; });
      if (known == properties.end()) {
        unknown(properties, name, path);
      } else if (member.is_null()) {
        bad(path / name, "has no value");
      } else {
        append_member(result, name, conform(*known, member, path / name));
      }
    }
    for (const Property& property : properties) {
      if (property.needed && !find_member(result, property.name)) bad(path, property.name + " is missing");
    }
    return result;
  }

 private:
  Json bad(const Path& path, const std::string& text) {
    report_.problems.add(path, text);
    return broken_value();
  }

  void unknown(const Properties& properties, const std::string& name, const Path& path) {
    if (report_.problems.full()) return;
    std::vector<std::string> names;
    for (const Property& property : properties) names.push_back(property.name);
    const std::string text = in_quotes(name) + " is not known here; the nearest is " + nearest(name, names);
    if (report_.unknown == UnknownMode::error) {
      bad(path / name, text);
      return;
    }
    Notice notice = report_.subject;
    notice.kind = Notice::Kind::unknown;
    notice.text = display(path / name) + ": " + text + "; it was left out";
    report_.notices.push_back(std::move(notice));
  }

  Json conform(const Property& property, const Json& value, const Path& path) {
    if (value.is_discarded()) return value;
    switch (property.shape) {
      case Shape::text: return text(property, value, path);
      case Shape::integer:
      case Shape::number: return number(property, value, path);
      case Shape::boolean: return boolean(value, path);
      case Shape::json:
      case Shape::document: return json(property, value, path);
      case Shape::object: return members(property.members, value, path);
      case Shape::text_map: return text_map(value, path);
      case Shape::texts:
      case Shape::objects: return list(property, value, path);
      case Shape::anything: return value;
    }
    return value;
  }

  Json text(const Property& property, const Json& value, const Path& path) {
    const std::optional<std::string> text = scalar_text(value);
    if (!text) return bad(path, "must be a text, not " + kind_of(value));
    if (!property.allowed.empty() &&
        std::find(property.allowed.begin(), property.allowed.end(), *text) == property.allowed.end()) {
      return bad(path, in_quotes(*text) + " is not one of " + list_of(property.allowed));
    }
    const std::int64_t characters = code_points(*text);
    const auto length = static_cast<double>(characters);
    if (length < property.least || length > property.most) {
      return bad(path, "is " + std::to_string(characters) + " characters long and " + range_text(property));
    }
    return *text;
  }

  Json number(const Property& property, const Json& value, const Path& path) {
    const std::optional<std::string> text = value.is_boolean() ? std::nullopt : scalar_text(value);
    const std::optional<double> number = text ? number_of(*text) : std::nullopt;
    const bool integer = property.shape == Shape::integer;
    if (!number || (integer && (std::trunc(*number) != *number || std::fabs(*number) > 9e15))) {
      return bad(path,
                 (text ? in_quotes(*text) : kind_of(value)) + " is not " + (integer ? "a whole number" : "a number"));
    }
    if (*number < property.least || *number > property.most) return bad(path, *text + " " + range_text(property));
    return integer ? Json(static_cast<std::int64_t>(*number)) : Json(*number);
  }

  Json boolean(const Json& value, const Path& path) {
    const std::optional<std::string> text = scalar_text(value);
    if (text == "true") return true;
    if (text == "false") return false;
    return bad(path, "must be true or false, not " + (text ? in_quotes(*text) : kind_of(value)));
  }

  Json json(const Property& property, const Json& value, const Path& path) {
    if (value.is_object()) return value;
    if (value.is_string()) {
      std::optional<Json> inside = json_object_in(value.get<std::string>());
      if (inside) return property.shape == Shape::document ? std::move(*inside) : value;
    }
    return bad(path, "must be a JSON object");
  }

  Json text_map(const Json& value, const Path& path) {
    if (!value.is_object()) return bad(path, "must be a map of texts, not " + kind_of(value));
    Json result = Json::object();
    for (const auto& [name, member] : value.get_ref<const Json::object_t&>()) {
      append_member(result, name, member.is_discarded() ? member : text(Property{}, member, path / name));
    }
    return result;
  }

  Json list(const Property& property, const Json& value, const Path& path) {
    if (!value.is_array()) return bad(path, "must be a list, not " + kind_of(value));
    const auto size = static_cast<double>(value.size());
    if (size < property.least || size > property.most) {
      return bad(path, "has " + std::to_string(value.size()) + " entries and " + range_text(property));
    }
    Json result = Json::array();
    for (std::size_t i = 0; i < value.size(); ++i) {
      const Json& entry = value[i];
      if (entry.is_discarded()) {
        result.push_back(entry);
      } else if (property.shape == Shape::objects) {
        result.push_back(members(property.members, entry, path / i));
      } else {
        result.push_back(text(Property{}, entry, path / i));
      }
    }
    return result;
  }

  SchemaReport& report_;
};

}  // namespace

Property text(std::string name) { return make(std::move(name), Shape::text); }
Property integer(std::string name) { return make(std::move(name), Shape::integer); }
Property number(std::string name) { return make(std::move(name), Shape::number); }
Property boolean(std::string name) { return make(std::move(name), Shape::boolean); }
Property json(std::string name) { return make(std::move(name), Shape::json); }
Property document(std::string name) { return make(std::move(name), Shape::document); }
Property text_map(std::string name) { return make(std::move(name), Shape::text_map); }
Property texts(std::string name) { return make(std::move(name), Shape::texts); }
Property anything(std::string name) { return make(std::move(name), Shape::anything); }
Property tags(std::string name) { return make(std::move(name), Shape::anything).without_effect(); }

Property one_of(std::string name, std::vector<std::string> allowed) {
  Property property = make(std::move(name), Shape::text);
  property.allowed = std::move(allowed);
  return property;
}

Property object(std::string name, Properties members) {
  Property property = make(std::move(name), Shape::object);
  property.members = std::move(members);
  return property;
}

Property objects(std::string name, Properties members) {
  Property property = make(std::move(name), Shape::objects);
  property.members = std::move(members);
  return property;
}

Json conform_object(const Properties& properties, const Json& value, const Path& path, SchemaReport& report) {
  return Conformer(report).members(properties, value, path);
}

}  // namespace waybill::templates
