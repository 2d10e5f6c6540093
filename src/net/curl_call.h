// One call on a libcurl handle: what it sends, and what came back. The blocking and the asynchronous client run it.
#pragma once

#include <array>
#include <memory>
#include <string>

#include <curl/curl.h>

#include "net/http.h"
#include "net/http_call.h"

namespace waybill::net {

// Redirects are not followed, proxies of the environment are not used. One thread at a time; stays where it is made,
// for the handle points into it.
class CurlCall {
 public:
  // ca_file: PEM certificates trusted in place of the system's; "" for the system's.
  explicit CurlCall(HttpCall call, const std::string& ca_file = "");
  CurlCall(const CurlCall&) = delete;
  CurlCall& operator=(const CurlCall&) = delete;

  // Null when libcurl could not make one.
  CURL* easy() const { return easy_.get(); }
  const HttpCall& call() const { return call_; }
  // The transfer was ended because its body, or its header, grew past the limit.
  bool body_too_large() const { return body_too_large_; }
  // What libcurl says of a failure, without the URL.
  std::string failure(CURLcode code) const;
  HttpResponse take_response();

 private:
  static std::size_t on_body(char* data, std::size_t, std::size_t size, void* context);
  static std::size_t on_header(char* data, std::size_t, std::size_t size, void* context);
  void add_header(const std::string& line);
  void set_request();

  HttpCall call_;
  HttpResponse response_;
  std::size_t header_bytes_ = 0;
  bool body_too_large_ = false;
  std::array<char, CURL_ERROR_SIZE> error_{};
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers_{nullptr, curl_slist_free_all};
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy_{nullptr, curl_easy_cleanup};
};

// Once per process, before any other call of libcurl.
void init_curl();

}  // namespace waybill::net
