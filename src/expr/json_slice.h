// Slices of JSON text, so that a value is passed on as it is spelled: numbers, escapes and the order of keys.
//
// REQUIRES, everywhere: the text is valid and compact, as a stored event is. The slices live as long as the text.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace waybill::expr {

// The value that begins at `at`.
std::string_view json_value_at(std::string_view text, std::size_t at);

// The member's value, the last one's if the name is there twice; nullopt when `value` is no object or has no such name.
std::optional<std::string_view> json_member(std::string_view value, std::string_view name);

// nullopt when `value` is no array.
std::optional<std::vector<std::string_view>> json_elements(std::string_view value);

}  // namespace waybill::expr
