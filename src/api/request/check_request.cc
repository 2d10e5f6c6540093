#include "api/request/check_request.h"

#include <algorithm>
#include <vector>

#include "api/request/check_types.h"
#include "api/request/printed_value.h"
#include "api/request/violations.h"
#include "base/code_points.h"

namespace waybill::api {

namespace {

using Json = nlohmann::json;

std::string joined(std::span<const std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text.append(text.empty() ? "" : ", ").append(part);
  return text;
}

std::string member_of(std::span<const std::string_view> values) {
  return "Member must satisfy enum value set: [" + joined(values) + "]";
}

std::string lower_first(std::string_view name) {
  std::string text(name);
  if (text.front() >= 'A' && text.front() <= 'Z') text.front() = static_cast<char>(text.front() - 'A' + 'a');
  return text;
}

bool is_scalar(Kind kind) { return kind != Kind::structure && kind != Kind::list && kind != Kind::map; }

// What a string of the shape breaks, in the order in which AWS reports it: the pattern before the length.
std::vector<std::string> broken_by(const Shape& shape, std::string_view text) {
  std::vector<std::string> broken;
  if (shape.pattern && !shape.pattern->matches(text)) broken.push_back(must_match(shape.pattern->text));
  const std::int64_t length = code_points(text);
  if (shape.range.least && length < *shape.range.least) broken.push_back(length_at_least(*shape.range.least));
  if (shape.range.most && length > *shape.range.most) broken.push_back(length_at_most(*shape.range.most));
  const auto& values = shape.values;
  if (!values.empty() && std::find(values.begin(), values.end(), text) == values.end()) {
    broken.push_back(member_of(values));
  }
  return broken;
}

// All that holds for a string inside a list or a map, which AWS lists whole when one of them breaks any of it.
std::string all_constraints(const Shape& shape) {
  std::vector<std::string> all;
  if (shape.range.most) all.push_back(length_at_most(*shape.range.most));
  if (shape.range.least) all.push_back(length_at_least(*shape.range.least));
  if (shape.pattern) all.push_back(must_match(shape.pattern->text));
  if (all.empty()) all.emplace_back(kMustNotBeNull);
  std::vector<std::string_view> parts(all.begin(), all.end());
  return "[" + joined(parts) + "]";
}

class ConstraintCheck {
 public:
  void check_members(std::span<const Member> members, const Json& object, const std::string& path) {
    for (const Member& member : members) {
      const auto found = object.find(member.name);
      if (found != object.end()) {
        check_value(member.shape, *found, path + lower_first(member.name));
      } else if (member.required) {
        violations_.add("null", path + lower_first(member.name), kMustNotBeNull);
      }
    }
  }
  std::string message() const { return violations_.message(); }

 private:
  void check_value(const Shape& shape, const Json& value, const std::string& path) {
    switch (shape.kind) {
      case Kind::string:
        for (const std::string& each : broken_by(shape, value.get_ref<const std::string&>())) {
          violations_.add(printed_value(shape, value), path, each);
        }
        return;
      case Kind::integer: check_integer(shape, value, path); return;
      case Kind::structure: check_members(shape.members, value, path + "."); return;
      case Kind::list: check_list(shape, value, path); return;
      case Kind::map: check_map(shape, value, path); return;
      case Kind::boolean:
      case Kind::timestamp: return;
    }
  }

  void check_integer(const Shape& shape, const Json& value, const std::string& path) {
    const auto number = value.get<std::int64_t>();
    const auto& [least, most] = shape.range;
    if (least && number < *least) violations_.add(printed_value(shape, value), path, value_at_least(*least));
    if (most && number > *most) violations_.add(printed_value(shape, value), path, value_at_most(*most));
  }

  void check_size(const Shape& shape, const Json& value, const std::string& path) {
    const auto size = static_cast<std::int64_t>(value.size());
    const auto& [least, most] = shape.range;
    if (least && size < *least) violations_.add(printed_value(shape, value), path, length_at_least(*least));
    if (most && size > *most) violations_.add(printed_value(shape, value), path, length_at_most(*most));
  }

  void check_list(const Shape& shape, const Json& list, const std::string& path) {
    check_size(shape, list, path);
    if (is_scalar(shape.element->kind)) {
      check_scalars(shape, list, path);
      return;
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::string at = path + "." + std::to_string(i + 1) + ".member";
      if (list[i].is_null()) {
        violations_.add("null", at, kMustNotBeNull);
      } else {
        check_value(*shape.element, list[i], at);
      }
    }
  }

  // Strings in a list have no path of their own: the list is shown once, with all that holds for its strings.
  void check_scalars(const Shape& shape, const Json& list, const std::string& path) {
    const bool broken = std::any_of(list.begin(), list.end(), [&](const Json& each) {
      return each.is_null() || !broken_by(*shape.element, each.get_ref<const std::string&>()).empty();
    });
    if (!broken) return;
    violations_.add(printed_value(shape, list), path,
                    "Member must satisfy constraint: " + all_constraints(*shape.element));
  }

  void check_map(const Shape& shape, const Json& map, const std::string& path) {
    check_size(shape, map, path);
    bool broken_keys = false, broken_values = false;
    for (const auto& [key, value] : map.items()) {
      broken_keys = broken_keys || !broken_by(*shape.key, key).empty();
      broken_values = broken_values || !broken_by(*shape.element, value.get_ref<const std::string&>()).empty();
    }
    if (!broken_keys && !broken_values) return;
    const std::string printed = printed_value(shape, map);
    if (broken_keys) {
      violations_.add(printed, path, "Map keys must satisfy constraint: " + all_constraints(*shape.key));
    }
    if (broken_values) {
      violations_.add(printed, path, "Map value must satisfy constraint: " + all_constraints(*shape.element));
    }
  }

  Violations violations_;
};

}  // namespace

std::optional<AwsError> check_request(const OperationModel& model, Json& request) {
  if (std::string problem = check_types(model.members, request); !problem.empty()) {
    return AwsError{"SerializationException", std::move(problem), 400};
  }
  ConstraintCheck check;
  check.check_members(model.members, request, "");
  std::string message = check.message();
  if (message.empty()) return std::nullopt;
  return AwsError{"ValidationException", std::move(message), 400};
}

}  // namespace waybill::api
