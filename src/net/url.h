// Pieces of URLs: percent-encoding, request targets, query strings. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace waybill::net {

// Everything but unreserved characters (RFC 3986: letters, digits, - . _ ~) is encoded.
std::string percent_encode(std::string_view text);
// Errors: invalid, when a '%' is not followed by two hexadecimal digits. '+' stays '+'.
Result<std::string> percent_decode(std::string_view text);

// A request target in origin form (/path?query), absolute form (http://authority/path?query), or '*'.
struct Target {
  std::string_view authority;  // "" in origin form
  std::string_view path;       // "/" when an absolute form has none
  std::string_view query;
};
Target split_target(std::string_view target);

// The segments between slashes, not decoded: "/a//b" is "a", "", "b"; "/" is one empty segment.
std::vector<std::string_view> split_path(std::string_view path);

using QueryPairs = std::vector<std::pair<std::string, std::string>>;
// name=value pairs in order, decoded, '+' as a space; a name without '=' has the value "". Errors: invalid.
Result<QueryPairs> parse_query(std::string_view query);
// The first value of that name.
std::optional<std::string_view> find_query(const QueryPairs& pairs, std::string_view name);

}  // namespace waybill::net
