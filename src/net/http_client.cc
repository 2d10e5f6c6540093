#include "net/http_client.h"

#include <memory>
#include <mutex>
#include <string_view>

#include <curl/curl.h>

namespace waybill::net {

namespace {

struct Receiver {
  HttpResponse response;
  std::size_t max_bytes;
  bool too_large = false;
};

std::size_t on_body(char* data, std::size_t, std::size_t size, void* context) {
  auto& receiver = *static_cast<Receiver*>(context);
  if (size > receiver.max_bytes - receiver.response.body.size()) {
    receiver.too_large = true;
    return 0;
  }
  receiver.response.body.append(data, size);
  return size;
}

std::size_t on_header(char* data, std::size_t, std::size_t size, void* context) {
  auto& response = static_cast<Receiver*>(context)->response;
  std::string_view line(data, size);
  if (line.starts_with("HTTP/")) {
    response.headers.clear();  // those of an interim answer (100 Continue) are not of interest
    return size;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return size;
  const std::string_view name = line.substr(0, colon);
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  while (!value.empty() && (value.back() == '\r' || value.back() == '\n' || value.back() == ' '))
    value.remove_suffix(1);
  if (equals_ignoring_case(name, "Content-Type")) response.content_type = value;
  if (equals_ignoring_case(name, "Connection") && equals_ignoring_case(value, "close")) response.close = true;
  response.headers.emplace_back(name, value);
  return size;
}

ErrorCode code_of(CURLcode code) {
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return ErrorCode::invalid;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT: return ErrorCode::unavailable;
    case CURLE_OPERATION_TIMEDOUT: return ErrorCode::timeout;
    default: return ErrorCode::io;
  }
}

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using HeaderList = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

HeaderList make_headers(const HttpCall& call) {
  HeaderList list(nullptr, curl_slist_free_all);
  const auto add = [&](const std::string& line) {
    if (curl_slist* longer = curl_slist_append(list.get(), line.c_str())) {
      (void)list.release();
      list.reset(longer);
    }
  };
  // curl would wait for "100 Continue" before a large body.
  add("Expect:");
  for (const auto& [name, value] : call.headers) add(value.empty() ? name + ";" : name + ": " + value);
  return list;
}

void set_request(CURL* easy, const HttpCall& call, curl_slist* headers) {
  curl_easy_setopt(easy, CURLOPT_URL, call.url.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call.method.c_str());
  if (call.method == "HEAD") curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  if (!call.body.empty() || call.method == "POST" || call.method == "PUT") {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call.body.data());
  }
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(call.timeout.count()));
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
}

}  // namespace

Result<HttpResponse> http_call(const HttpCall& call) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  const Easy easy(curl_easy_init(), curl_easy_cleanup);
  if (!easy) return internal("libcurl could not be set up");
  const HeaderList headers = make_headers(call);
  set_request(easy.get(), call, headers.get());
  Receiver receiver{{}, call.max_response_bytes};
  receiver.response.content_type.clear();
  curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &receiver);
  curl_easy_setopt(easy.get(), CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy.get(), CURLOPT_HEADERDATA, &receiver);
  const CURLcode code = curl_easy_perform(easy.get());
  const std::string what = call.method + " " + call.url;
  if (receiver.too_large) {
    return Error{ErrorCode::limit,
                 what + ": the response exceeds " + std::to_string(call.max_response_bytes) + " bytes"};
  }
  if (code != CURLE_OK) return Error{code_of(code), what + ": " + curl_easy_strerror(code)};
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  receiver.response.status = static_cast<unsigned>(status);
  return std::move(receiver.response);
}

}  // namespace waybill::net
