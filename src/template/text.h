// Values as text, the way CloudFormation turns one into the other.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "template/json.h"

namespace waybill::templates {

// A string as it is, a number in its shortest form, true or false; empty for anything else.
std::optional<std::string> scalar_text(const Json& value);
// "a string", "a list", …: for messages.
std::string kind_of(const Json& value);
// "a", "b" or "c".
std::string list_of(const std::vector<std::string>& names);
std::string in_quotes(std::string_view text);
// The JSON object that a text holds; empty when it holds none, or one nested deeper than a template may be.
std::optional<Json> json_object_in(const std::string& text);
// Whole text as a number; empty when it is none.
std::optional<double> number_of(const std::string& text);
std::optional<std::int64_t> integer_of(const std::string& text);

}  // namespace waybill::templates
