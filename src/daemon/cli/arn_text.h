// ARNs, shortened for people: the end says what it is, the beginning is the same everywhere.
#pragma once

#include <string>

namespace waybill::cli {

// "arn:aws:lambda:us-east-1:000000000000:function:charge" is "function:charge". What is no ARN stays as it is.
std::string resource_of(const std::string& arn);

// The same for each word of a text that is an ARN.
std::string shorten_arns(const std::string& text);

}  // namespace waybill::cli
