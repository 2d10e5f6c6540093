#include "template/parameters.h"

#include <algorithm>

#include "template/allowed_pattern.h"
#include "template/nearest.h"
#include "template/text.h"

namespace waybill::templates {

namespace {

constexpr std::size_t kMaxParameters = 200;
constexpr std::size_t kMaxValueBytes = 4096;

const std::vector<std::string> kTypes = {"String", "Number", "List<Number>", "CommaDelimitedList"};
const std::vector<std::string> kMembers = {
    "Type",      "Default",  "Description", "AllowedPattern", "AllowedValues",        "MinLength",
    "MaxLength", "MinValue", "MaxValue",    "NoEcho",         "ConstraintDescription"};

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> items;
  if (text.empty()) return items;
  std::size_t from = 0;
  while (true) {
    const std::size_t comma = text.find(',', from);
    std::string item = text.substr(from, comma == std::string::npos ? comma : comma - from);
    const std::size_t first = item.find_first_not_of(" \t");
    const std::size_t last = item.find_last_not_of(" \t");
    items.push_back(first == std::string::npos ? "" : item.substr(first, last - first + 1));
    if (comma == std::string::npos) return items;
    from = comma + 1;
  }
}

// One declared parameter on its way to a value.
class Declaration {
 public:
  Declaration(const std::string& name, const Json& body, Path path, Problems& problems)
      : name_(name), body_(body), path_(std::move(path)), problems_(problems) {}

  Parameter resolve(const std::map<std::string, std::string>& overrides) {
    Parameter parameter;
    parameter.name = name_;
    parameter.value = "";
    if (!read_shape()) return parameter;
    parameter.secret = secret_;
    std::optional<std::string> text = given(overrides);
    if (!text) return parameter;
    parameter.text = *text;
    check(*text);
    if (!is_list()) {
      parameter.value = *text;
    } else {
      parameter.value = Json::array();
      for (const std::string& item : split_list(*text)) parameter.value.push_back(item);
    }
    return parameter;
  }

 private:
  bool is_list() const { return type_ == "List<Number>" || type_ == "CommaDelimitedList"; }
  bool is_number() const { return type_ == "Number" || type_ == "List<Number>"; }

  void bad(const std::string& text) { problems_.add(path_, text); }
  void bad(std::string_view member, const std::string& text) { problems_.add(path_ / member, text); }

  // Type and the names of the members. False when there is nothing to go on with.
  bool read_shape() {
    if (!body_.is_object()) {
      bad("must be a map with Type and so on, not " + kind_of(body_));
      return false;
    }
    for (const auto& [member, value] : body_.get_ref<const Json::object_t&>()) {
      if (std::find(kMembers.begin(), kMembers.end(), member) == kMembers.end() && !problems_.full()) {
        bad(member, "is not known for a parameter; the nearest is " + nearest(member, kMembers));
      }
    }
    const Json* type = find_member(body_, "Type");
    if (!type || !type->is_string()) {
      bad("Type is missing; it is one of " + list_of(kTypes));
      return false;
    }
    type_ = type->get<std::string>();
    if (std::find(kTypes.begin(), kTypes.end(), type_) == kTypes.end()) {
      const bool ssm = type_.starts_with("AWS::SSM::");
      bad("Type",
          "the type " + in_quotes(type_) + " is not supported" +
              (ssm ? ", because values are not looked up in a parameter store; declare it as String and give the value"
                   : "") +
              "; use " + list_of(kTypes));
      return false;
    }
    secret_ = scalar_text(body_.value("NoEcho", Json(false))).value_or("") == "true";
    return true;
  }

  std::optional<std::string> given(const std::map<std::string, std::string>& overrides) {
    if (const auto found = overrides.find(name_); found != overrides.end()) return found->second;
    const Json* otherwise = find_member(body_, "Default");
    if (!otherwise) {
      bad("has no Default and no value was given; give the parameter " + name_ + " a value");
      return std::nullopt;
    }
    const std::optional<std::string> text = otherwise->is_null() ? "" : scalar_text(*otherwise);
    if (!text) bad("Default", "must be a single text or number, not " + kind_of(*otherwise));
    return text;
  }

  // What the value is called in messages.
  std::string shown(const std::string& text) const { return secret_ ? "the value (not shown)" : in_quotes(text); }

  void refuse(const std::string& text, const std::string& reason) {
    const Json* hint = find_member(body_, "ConstraintDescription");
    const std::string said = hint && hint->is_string() ? ": " + hint->get<std::string>() : "";
    bad(shown(text) + " " + reason + said);
  }

  void check(const std::string& text) {
    if (text.size() > kMaxValueBytes) {
      bad("the value is longer than " + std::to_string(kMaxValueBytes) + " bytes");
      return;
    }
    for (const std::string& item : is_list() ? split_list(text) : std::vector<std::string>{text}) {
      check_item(item);
    }
    if (!is_list() && !is_number()) check_lengths(text);
  }

  void check_item(const std::string& item) {
    if (is_number()) {
      const std::optional<double> number = number_of(item);
      if (!number) return refuse(item, "is not a number");
      if (const auto least = limit("MinValue"); least && *number < *least) {
        refuse(item, "is less than MinValue " + limit_text("MinValue"));
      }
      if (const auto most = limit("MaxValue"); most && *number > *most) {
        refuse(item, "is more than MaxValue " + limit_text("MaxValue"));
      }
    } else if (const Json* pattern = find_member(body_, "AllowedPattern"); pattern && pattern->is_string()) {
      check_pattern(pattern->get<std::string>(), item);
    }
    check_allowed_values(item);
  }

  void check_pattern(const std::string& pattern, const std::string& item) {
    const Result<bool> matches = matches_whole(pattern, item);
    if (!matches) {
      bad("AllowedPattern", in_quotes(pattern) + " " + matches.error().message);
    } else if (!*matches) {
      refuse(item, "does not match the AllowedPattern " + pattern);
    }
  }

  void check_allowed_values(const std::string& item) {
    const Json* allowed = find_member(body_, "AllowedValues");
    if (!allowed) return;
    if (!allowed->is_array()) return bad("AllowedValues", "must be a list, not " + kind_of(*allowed));
    std::vector<std::string> values;
    for (const Json& each : *allowed) {
      values.push_back(scalar_text(each).value_or(""));
      if (values.back() == item) return;
    }
    refuse(item, "is not one of the AllowedValues " + list_of(values));
  }

  void check_lengths(const std::string& text) {
    // AWS counts characters, which in UTF-8 are the bytes that continue none.
    const auto length = static_cast<double>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
    if (const auto least = limit("MinLength"); least && length < *least) {
      refuse(text, "is shorter than MinLength " + limit_text("MinLength"));
    }
    if (const auto most = limit("MaxLength"); most && length > *most) {
      refuse(text, "is longer than MaxLength " + limit_text("MaxLength"));
    }
  }

  std::string limit_text(std::string_view member) const {
    const Json* value = find_member(body_, member);
    return value ? scalar_text(*value).value_or("") : "";
  }
  std::optional<double> limit(std::string_view member) {
    if (!find_member(body_, member)) return std::nullopt;
    const std::optional<double> number = number_of(limit_text(member));
    if (!number) bad(member, "must be a number");
    return number;
  }

  const std::string& name_;
  const Json& body_;
  Path path_;
  Problems& problems_;
  std::string type_;
  bool secret_ = false;
};

bool is_alphanumeric(const std::string& name) {
  return !name.empty() && name.size() <= 255 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
}

void check_overrides(const std::map<std::string, std::string>& overrides,
                     const std::map<std::string, Parameter>& parameters, Problems& problems) {
  std::vector<std::string> names;
  for (const auto& [name, parameter] : parameters) names.push_back(name);
  for (const auto& [name, text] : overrides) {
    if (parameters.contains(name)) continue;
    problems.add({"Parameters"},
                 "a value was given for the parameter " + in_quotes(name) + ", which this template does not declare" +
                     (names.empty() ? "; it declares none"
                                    : "; the nearest is " + nearest(name, names) + ", all are " + list_of(names)));
  }
}

}  // namespace

std::map<std::string, Parameter> resolve_parameters(const Document& document,
                                                    const std::map<std::string, std::string>& overrides,
                                                    Problems& problems) {
  std::map<std::string, Parameter> parameters;
  const Path path = {"Parameters"};
  if (const Json* section = find_member(document.root(), "Parameters"); section && !section->is_null()) {
    if (!section->is_object()) {
      problems.add(path, "must be a map of parameters, not " + kind_of(*section));
    } else if (section->size() > kMaxParameters) {
      problems.add(path, "a template may have 200 parameters, this one has " + std::to_string(section->size()));
    } else {
      for (const auto& [name, body] : section->get_ref<const Json::object_t&>()) {
        if (!is_alphanumeric(name)) problems.add(path / name, "a parameter's name has letters and digits only");
        parameters[name] = Declaration(name, body, path / name, problems).resolve(overrides);
      }
    }
  }
  check_overrides(overrides, parameters, problems);
  return parameters;
}

}  // namespace waybill::templates
