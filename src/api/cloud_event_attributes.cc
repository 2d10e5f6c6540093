#include "api/cloud_event_attributes.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/ascii.h"
#include "base/iso_time.h"
#include "base/json_text.h"

namespace waybill::api {

namespace {

constexpr std::string_view kRequired[] = {"specversion", "id", "source", "type"};
constexpr std::string_view kOptional[] = {"time", "subject", "datacontenttype", "dataschema"};

template <std::size_t N>
bool is_one_of(std::string_view name, const std::string_view (&names)[N]) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

Error wrong(const CloudEventAttribute& attribute, const std::string& what) {
  return invalid(attribute.name + ": '" + attribute.text + "' " + what);
}

Status check_name(const std::string& name) {
  const bool plain =
      std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c); });
  if (name.empty() || !plain) {
    return invalid(name + ": the name of an attribute has only lower-case letters a to z and digits");
  }
  if (name == "data") return invalid("data: no attribute may have this name; the data are in the body");
  return {};
}

// Control characters are not allowed in a String: U+0000 to U+001F, U+007F to U+009F.
bool has_control_character(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7F) return true;
    if (byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
  }
  return false;
}

// RFC 3986: the characters that a URI-reference may have, '%' only before two hexadecimal digits.
bool is_uri_reference(std::string_view text) {
  constexpr std::string_view kMarks = "-._~:/?#[]@!$&'()*+,;=";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (text.size() - i < 3 || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
    } else if (!is_letter(c) && !is_digit(c) && kMarks.find(c) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

bool is_uri(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_letter(text.front())) return false;
  const std::string_view scheme = text.substr(0, colon);
  return is_uri_reference(text) && std::all_of(scheme.begin(), scheme.end(), [](char c) {
           return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
         });
}

// RFC 2046: type/subtype, both tokens; what follows a ';' is not looked at.
bool is_media_type(std::string_view text) {
  const std::string bare = bare_media_type(text);
  const auto is_token = [](std::string_view part) {
    static constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) {
      return is_letter(c) || is_digit(c) || kMarks.find(c) != std::string_view::npos;
    });
  };
  const std::size_t slash = bare.find('/');
  return slash != std::string::npos && is_token(std::string_view(bare).substr(0, slash)) &&
         is_token(std::string_view(bare).substr(slash + 1));
}

Status check_typed(const CloudEventAttribute& attribute) {
  const std::string& name = attribute.name;
  if (name == "specversion" && attribute.text != "1.0") return wrong(attribute, "is not supported; it must be '1.0'");
  if (name == "source" && !is_uri_reference(attribute.text)) {
    return wrong(attribute, "is no URI reference (RFC 3986); percent-encode what is not allowed in one");
  }
  if (name == "dataschema" && !is_uri(attribute.text)) {
    return wrong(attribute, "is no absolute URI (RFC 3986), like https://example.com/schema");
  }
  if (name == "time" && !parse_iso8601(attribute.text)) {
    return wrong(attribute, "is no time (RFC 3339); write it like 2026-01-31T12:00:00Z");
  }
  if (name == "datacontenttype" && !is_media_type(attribute.text)) {
    return wrong(attribute, "is no media type (RFC 2046); write it like application/json");
  }
  return {};
}

Status check_not_string(const CloudEventAttribute& attribute) {
  const std::string& text = attribute.text;
  if (text == "true" || text == "false") return {};
  std::int32_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem == std::errc() && end == text.data() + text.size()) return {};
  return wrong(attribute, "is no integer of 32 bits; send it as a string");
}

Status check_attribute(const CloudEventAttribute& attribute) {
  WAYBILL_CHECK(check_name(attribute.name));
  const bool standard = is_one_of(attribute.name, kRequired) || is_one_of(attribute.name, kOptional);
  if (!attribute.is_string) {
    if (standard) return wrong(attribute, "must be a string");
    return check_not_string(attribute);
  }
  if (!is_valid_utf8(attribute.text)) return invalid(attribute.name + ": the value is not in UTF-8");
  if (has_control_character(attribute.text)) return invalid(attribute.name + ": the value has control characters");
  if (standard && attribute.text.empty()) return invalid(attribute.name + ": it must not be empty");
  return check_typed(attribute);
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

const std::string* find_attribute(const CloudEventAttributes& attributes, std::string_view name) {
  const auto found =
      std::find_if(attributes.begin(), attributes.end(), [name](const auto& each) { return each.name == name; });
  return found == attributes.end() ? nullptr : &found->text;
}

Status check_attributes(const CloudEventAttributes& attributes) {
  for (const std::string_view name : kRequired) {
    if (!find_attribute(attributes, name)) return invalid(std::string(name) + ": the attribute is required");
  }
  for (auto each = attributes.begin(); each != attributes.end(); ++each) {
    WAYBILL_CHECK(check_attribute(*each));
    if (std::any_of(attributes.begin(), each, [each](const auto& before) { return before.name == each->name; })) {
      return invalid(each->name + ": the attribute is given twice");
    }
  }
  return {};
}

std::string bare_media_type(std::string_view media_type) {
  std::string bare(trimmed(media_type.substr(0, media_type.find(';'))));
  for (char& c : bare) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return bare;
}

bool declares_json(std::string_view media_type) {
  const std::string bare = bare_media_type(media_type);
  return bare.ends_with("/json") || bare.ends_with("+json");
}

bool declares_text(std::string_view media_type) {
  const std::string bare = bare_media_type(media_type);
  return bare.starts_with("text/") || bare.ends_with("/xml") || bare.ends_with("+xml") ||
         bare == "application/x-www-form-urlencoded";
}

}  // namespace waybill::api
