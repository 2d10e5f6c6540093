// A response as the bytes of HTTP/1.1. Pure.
#pragma once

#include <string>
#include <string_view>

#include "net/http.h"

namespace waybill::net {

struct ResponseFrame {
  std::string_view request_id;
  bool keep_alive = true;
  int version = 11;  // of the request: 1.0 has to be told that the connection stays
};

bool status_has_body(unsigned status);
// The status line and all header fields with the empty line after them. Line breaks in values become spaces, so that
// no value can forge a header.
void append_head(std::string& out, const HttpResponse& response, const ResponseFrame& frame);

}  // namespace waybill::net
