#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace waybill::templates {

// 32 hexadecimal digits that differ when any part does. Tells versions of one text apart; not for secrets.
std::string fingerprint_of(const std::vector<std::string_view>& parts);

// A fingerprint in the form of a UUID: the same for ever for the same parts.
std::string stable_uuid(const std::vector<std::string_view>& parts);

}  // namespace waybill::templates
