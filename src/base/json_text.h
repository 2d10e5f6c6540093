// JSON as text: validated and copied without a tree, so that number spelling, key order and letters stay as sent.
#pragma once

#include <string>
#include <string_view>

namespace waybill {

// AWS does not process a detail nested deeper than this (contract section 4).
inline constexpr int kMaxDetailDepth = 1100;

// Appends `text` without insignificant white space. False, with `out` as it was, when text is no JSON object (RFC 8259,
// nothing around it but white space) or is nested deeper than max_depth. Does not recurse; expects valid UTF-8.
bool append_compact_object(std::string_view text, std::string& out, int max_depth = kMaxDetailDepth);

// Is the text one JSON value (RFC 8259) with nothing around it but white space? Any depth; expects valid UTF-8.
bool is_json(std::string_view text);

// Appends `text` as a JSON string with its quotes; only what must be escaped is.
void append_json_string(std::string_view text, std::string& out);

bool is_valid_utf8(std::string_view text);
// Each byte that belongs to no character becomes U+FFFD.
std::string valid_utf8(std::string_view text);

}  // namespace waybill
