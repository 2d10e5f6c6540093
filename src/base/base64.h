// Base64 (RFC 4648, section 4): how JSON carries binary attributes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace waybill {

std::string to_base64(std::string_view bytes);
// Empty when text is not padded base64 in its one canonical spelling.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace waybill
