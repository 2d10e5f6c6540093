#include "topic/filter_policy.h"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "base/json_tree.h"
#include "pattern/pattern.h"
#include "topic/publisher.h"

namespace waybill::topic {

namespace {

using PolicyNode = nlohmann::json;

// AWS: quotas of a filter policy.
constexpr std::size_t kMostKeys = 5;
constexpr std::size_t kMostCombinations = 150;
constexpr std::size_t kMostPolicyBytes = 262'144;

// Combinations are the product of the number of values of every key, each times its depth; alternatives of $or add up.
struct PolicySize {
  std::set<std::string> keys;
  std::size_t combinations = 1;
};

void measure(const PolicyNode& object, const std::string& path, std::size_t depth, PolicySize& size) {
  for (const auto& [name, value] : object.items()) {
    if (size.combinations > kMostCombinations) return;
    if (name == "$or" && value.is_array()) {
      std::size_t sum = 0;
      for (const PolicyNode& branch : value) {
        PolicySize of_branch{std::move(size.keys), 1};
        if (branch.is_object()) measure(branch, path, depth, of_branch);
        size.keys = std::move(of_branch.keys);
        sum += of_branch.combinations;
      }
      size.combinations *= std::max<std::size_t>(sum, 1);
    } else if (value.is_object()) {
      measure(value, path + name + ".", depth + 1, size);
    } else {
      size.keys.insert(path + name);
      size.combinations *= std::max<std::size_t>(value.is_array() ? value.size() : 1, 1) * depth;
    }
  }
}

bool is_nested(const PolicyNode& object) {
  for (const auto& [name, value] : object.items()) {
    if (name == "$or" && value.is_array()) {
      if (std::any_of(value.begin(), value.end(), [](const PolicyNode& branch) { return is_nested(branch); }))
        return true;
    } else if (value.is_object()) {
      return true;
    }
  }
  return false;
}

// The reason alone, without the frame that EventBridge gives it.
std::string reason_of(std::string text) {
  constexpr std::string_view kFrame = "Event pattern is not valid. Reason: ";
  if (text.starts_with(kFrame)) text.erase(0, kFrame.size());
  return text.substr(0, text.find("\n at "));
}

// A String.Array holds JSON; a Number is compared as one. What is not what its type says stays a text.
void append_attribute_value(const MessageAttribute& attribute, std::string& out) {
  const bool is_array = attribute.type.starts_with("String.Array");
  const bool is_number = attribute.type.starts_with("Number");
  const auto value = is_array || is_number ? PolicyNode::parse(attribute.value, nullptr, false)
                                           : PolicyNode(PolicyNode::value_t::discarded);
  if ((is_array && value.is_array()) || (is_number && value.is_number())) {
    out += attribute.value;
  } else {
    append_json_string(attribute.value, out);
  }
}

std::string attributes_as_json(const std::vector<MessageAttribute>& attributes) {
  std::string text = "{";
  for (const MessageAttribute& attribute : attributes) {
    if (attribute.type.starts_with("Binary")) continue;  // AWS: not filtered by
    if (text.size() > 1) text += ',';
    append_json_string(attribute.name, text);
    text += ':';
    append_attribute_value(attribute, text);
  }
  return text + "}";
}

}  // namespace

Status check_filter_policy(std::string_view policy, FilterScope scope) {
  if (policy.size() > kMostPolicyBytes) return invalid("Filter policy can not be longer than 256 KB");
  const PolicyNode parsed = parse_json(policy);
  if (!parsed.is_object()) return invalid("failed to parse JSON: it must be a JSON object");
  if (parsed.empty()) return {};
  if (scope == FilterScope::attributes && is_nested(parsed)) {
    return invalid("Filter policy scope MessageAttributes does not support nested filter policy");
  }
  const auto pattern = pattern::Pattern::parse(policy);
  if (!pattern) return invalid(reason_of(pattern.error().message));
  PolicySize size;
  measure(parsed, "", 1, size);
  if (size.keys.size() > kMostKeys) return invalid("Filter policy can not have more than 5 keys");
  if (size.combinations > kMostCombinations) {
    return invalid("Filter policy is too complex: its values have more than 150 combinations");
  }
  return {};
}

const FilterInput::Document& FilterInput::document(FilterScope scope) {
  const bool is_body = scope == FilterScope::body;
  std::optional<Document>& known = is_body ? body_ : attributes_;
  if (known) return *known;
  known.emplace();
  known->text = is_body ? notification_.message : attributes_as_json(notification_.attributes);
  if (auto flat = pattern::FlatEvent::parse(known->text)) known->flat.emplace(std::move(*flat));
  return *known;
}

bool FilterInput::passes(const SubscriptionSpec& subscription) {
  if (!subscription.filter) return true;
  const Document& seen = document(subscription.filter_scope);
  return seen.flat && subscription.filter->matches(*seen.flat);
}

}  // namespace waybill::topic
