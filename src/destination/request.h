// The HTTP requests that reach an API destination and the authorization endpoint of its connection. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "destination/specs.h"
#include "net/http_call.h"

namespace waybill::destination {

// AWS: how long an answer may take (contract section 9).
inline constexpr std::chrono::seconds kCallTimeout{5};

// The connection's parameters beat the target's; its authorization beats both. Body parameters are members of a body
// that is a JSON object, and leave another one as it is. GET and HEAD carry no body. Headers that frame a message
// (Host, Content-Length, …) and User-Agent are not taken from parameters. token: of an OAuth connection, else "".
// Errors: invalid: fewer path values than placeholders, or a header that is none (a line break in it, …).
Result<net::HttpCall> build_request(const DestinationSpec& destination, const HttpParameters& target,
                                    const std::string& body, const std::string& token);

// grant_type, client_id and client_secret as a form in the body, or in the query of a GET; the connection's
// OAuthHttpParameters beat them. Errors: as above.
Result<net::HttpCall> build_token_request(const OAuth& oauth);

// What must not be seen in a message: the connection's secrets, also in the spellings in which a request carries them.
std::vector<std::string> secrets_of(const ConnectionSpec& connection);

}  // namespace waybill::destination
