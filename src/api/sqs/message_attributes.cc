#include "api/sqs/message_attributes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <openssl/evp.h>

#include "api/sqs/sqs_faults.h"
#include "base/ascii.h"
#include "base/base64.h"
#include "queue/message_checks.h"

namespace waybill::api {

namespace {

constexpr std::size_t kMostAttributes = 10;
constexpr std::size_t kLongestName = 256;

void append_length(std::size_t length, std::string& out) {
  for (const int shift : {24, 16, 8, 0}) out += static_cast<char>((length >> shift) & 0xFF);
}

void append_text(std::string_view text, std::string& out) {
  append_length(text.size(), out);
  out += text;
}

bool is_binary_type(std::string_view type) { return type == "Binary" || type.starts_with("Binary."); }

std::string_view base_type(std::string_view type) { return type.substr(0, type.find('.')); }

// AWS: up to 38 digits of precision, so any decimal number.
bool is_decimal(std::string_view text) {
  double number = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool finite = !text.empty() && text.find_first_of("nN") == std::string_view::npos;
  return finite && end == text.data() + text.size() &&
         (problem == std::errc() || problem == std::errc::result_out_of_range);
}

bool is_attribute_name(std::string_view name) {
  const auto fits = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.';
  };
  return !name.empty() && name.size() <= kLongestName && std::all_of(name.begin(), name.end(), fits) &&
         name.front() != '.' && name.back() != '.' && name.find("..") == std::string_view::npos;
}

bool has_reserved_prefix(std::string_view name) {
  std::string start(name.substr(0, 7));
  std::transform(start.begin(), start.end(), start.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return start.starts_with("aws.") || start.starts_with("amazon.");
}

control::Fault bad_attribute_name(const std::string& name) {
  if (name.empty()) return sqs_invalid("Message (user) attribute name can not be empty.");
  if (name.size() > kLongestName) {
    return sqs_invalid("Message (user) attribute name length can not exceed 256 characters.");
  }
  return sqs_invalid("Message (user) attribute name '" + name +
                     "' is invalid: it can contain alphanumeric characters, hyphens, underscores and periods, and must "
                     "not start or end with a period or have two in a row.");
}

control::Answer<queue::MessageAttribute> read_attribute_value(const std::string& name, const SqsJson& given) {
  const std::string type = given.value("DataType", "");
  const std::string quoted = "The message attribute '" + name + "'";
  if (type.empty()) return sqs_invalid(quoted + " must contain non-empty message attribute type.");
  const std::string_view base = base_type(type);
  if (base != "String" && base != "Number" && base != "Binary") {
    return sqs_invalid(quoted +
                       " has an invalid message attribute type, the set of supported type prefixes is Binary, Number, "
                       "and String.");
  }
  if (type.size() > kLongestName) return sqs_invalid(quoted + " has a type of more than 256 characters.");
  const bool binary = base == "Binary";
  const char* field = binary ? "BinaryValue" : "StringValue";
  if (given.contains(binary ? "StringValue" : "BinaryValue") && !given.contains(field)) {
    return sqs_invalid(quoted + " with type '" + type + "' must use field '" + (binary ? "Binary" : "String") + "'.");
  }
  std::string value = given.value(field, "");
  if (value.empty()) {
    return sqs_invalid(quoted + " must contain non-empty message attribute value for message attribute type '" + type +
                       "'.");
  }
  if (binary) {
    auto bytes = from_base64(value);
    if (!bytes) return sqs_invalid(quoted + " has a BinaryValue that is not base64.");
    return queue::MessageAttribute{type, std::move(*bytes)};
  }
  if (!queue::is_message_text(value)) {
    return sqs_invalid("Invalid binary character was found in the message attribute '" + name +
                       "', the set of allowed "
                       "characters is #x9 | #xA | #xD | [#x20 to #xD7FF] | [#xE000 to #xFFFD] | [#x10000 to #x10FFFF]");
  }
  if (base == "Number" && !is_decimal(value)) {
    return sqs_invalid("Can't cast the value of message (user) attribute '" + name + "' to a number.");
  }
  return queue::MessageAttribute{type, std::move(value)};
}

}  // namespace

std::string md5_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_md5(), nullptr);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += kDigits[digest[i] >> 4];
    hex += kDigits[digest[i] & 15];
  }
  return hex;
}

std::string md5_of_attributes(const queue::MessageAttributes& attributes) {
  if (attributes.empty()) return "";
  std::string text;
  for (const auto& [name, attribute] : attributes) {
    append_text(name, text);
    append_text(attribute.type, text);
    text += is_binary_type(attribute.type) ? '\2' : '\1';
    append_text(attribute.value, text);
  }
  return md5_hex(text);
}

control::Answer<queue::MessageAttributes> read_message_attributes(const SqsJson& given) {
  queue::MessageAttributes attributes;
  if (given.size() > kMostAttributes) {
    return sqs_invalid("Number of message attributes [" + std::to_string(given.size()) +
                       "] exceeds the allowed maximum [10].");
  }
  for (const auto& [name, value] : given.items()) {
    if (!is_attribute_name(name)) return bad_attribute_name(name);
    if (has_reserved_prefix(name)) {
      return sqs_invalid("Message (user) attribute name '" + name + "' must not begin with AWS. or Amazon.");
    }
    WAYBILL_TRY(attributes[name], read_attribute_value(name, value));
  }
  return attributes;
}

control::Answer<queue::MessageAttributes> read_system_attributes(const SqsJson& given) {
  queue::MessageAttributes attributes;
  for (const auto& [name, value] : given.items()) {
    if (name != "AWSTraceHeader") {
      return sqs_invalid("Message system attribute name '" + name + "' is invalid.");
    }
    WAYBILL_TRY(attributes[name], read_attribute_value(name, value));
    if (attributes[name].type != "String") {
      return sqs_invalid("Message system attribute 'AWSTraceHeader' must be of type String.");
    }
  }
  return attributes;
}

queue::MessageAttributes asked_message_attributes(const queue::MessageAttributes& all, const SqsJson& names) {
  queue::MessageAttributes asked;
  for (const SqsJson& each : names) {
    std::string_view name = each.get_ref<const std::string&>();
    if (name == "All" || name == ".*") return all;
    const bool prefix = name.ends_with(".*");
    if (prefix) name.remove_suffix(2);
    for (const auto& [key, value] : all) {
      if (prefix ? key.starts_with(name) : key == name) asked.emplace(key, value);
    }
  }
  return asked;
}

SqsJson shown_message_attributes(const queue::MessageAttributes& attributes) {
  SqsJson shown = SqsJson::object();
  for (const auto& [name, attribute] : attributes) {
    const bool binary = is_binary_type(attribute.type);
    shown[name] = {{"DataType", attribute.type},
                   {binary ? "BinaryValue" : "StringValue", binary ? to_base64(attribute.value) : attribute.value}};
  }
  return shown;
}

}  // namespace waybill::api
