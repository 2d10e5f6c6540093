// Matchers and leaves in words, as explanations and messages show them.
#pragma once

#include <string>
#include <string_view>

#include "pattern/matchers.h"

namespace waybill::pattern {

// As JSON: a string with its quotes, shortened when it is long.
std::string text_of(const Leaf& leaf);
std::string quoted(std::string_view text);
std::string number_text(double value);

// What is wanted: `"delivered"`, `text that begins with "shop."`, `a number > 0 and <= 100`.
std::string text_of(const Matcher& matcher);

}  // namespace waybill::pattern
