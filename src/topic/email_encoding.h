// How texts become lines of an e-mail. Pure. RFC 5322 (format), RFC 2045 (transfer encodings), RFC 2047 (words beyond
// ASCII in the header). Whatever is given, the result holds no line end that was not meant.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"

namespace waybill::topic {

// The value of an unstructured header field: as it is when it is short printable ASCII, else as encoded words, folded.
// Control characters, line ends among them, become spaces.
std::string header_text(std::string_view text);

// The name before an address, as a quoted string or encoded words, with the space after it; "" for no name.
std::string display_name(std::string_view name);

struct EncodedBody {
  const char* transfer_encoding;  // 7bit, quoted-printable or base64: whichever carries the text best
  std::string text;               // lines of at most 76 characters (7bit: 998), each ended by CRLF
};
// text: UTF-8 with lines ended by LF or CRLF.
EncodedBody encode_body(std::string_view text);

// "Tue, 24 Nov 2026 03:04:05 +0000".
std::string mail_date(WallTime time);

}  // namespace waybill::topic
