#include "net/curl_call.h"

#include <mutex>
#include <string_view>

namespace waybill::net {

namespace {

constexpr std::size_t kMaxHeaderBytes = 256 * 1024;

}  // namespace

void init_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

CurlCall::CurlCall(HttpCall call, const std::string& ca_file) : call_(std::move(call)) {
  init_curl();
  easy_.reset(curl_easy_init());
  response_.content_type.clear();
  if (!easy_) return;
  // curl would wait for "100 Continue" before a large body.
  add_header("Expect:");
  for (const auto& [name, value] : call_.headers) add_header(value.empty() ? name + ";" : name + ": " + value);
  set_request();
  CURL* easy = easy_.get();
  if (!ca_file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file.c_str());
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  }
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_.data());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &CurlCall::on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &CurlCall::on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
}

void CurlCall::add_header(const std::string& line) {
  if (curl_slist* longer = curl_slist_append(headers_.get(), line.c_str())) {
    (void)headers_.release();
    headers_.reset(longer);
  }
}

void CurlCall::set_request() {
  CURL* easy = easy_.get();
  curl_easy_setopt(easy, CURLOPT_URL, call_.url.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
  if (!call_.body.empty() || call_.method == "POST" || call_.method == "PUT") {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call_.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call_.body.data());
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call_.method.c_str());
  if (call_.method == "HEAD") curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(call_.timeout.count()));
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  // Without it, a name server that does not answer would hold the thread beyond the timeout.
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
}

std::size_t CurlCall::on_body(char* data, std::size_t, std::size_t size, void* context) {
  auto& self = *static_cast<CurlCall*>(context);
  std::string& body = self.response_.body;
  const std::size_t room = self.call_.max_response_bytes - body.size();
  self.body_too_large_ = size > room;
  body.append(data, std::min(size, room));
  return self.body_too_large_ ? 0 : size;
}

std::size_t CurlCall::on_header(char* data, std::size_t, std::size_t size, void* context) {
  auto& self = *static_cast<CurlCall*>(context);
  self.header_bytes_ += size;
  if (self.header_bytes_ > kMaxHeaderBytes) return 0;
  HttpResponse& response = self.response_;
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

std::string CurlCall::failure(CURLcode code) const {
  return error_.front() != '\0' ? std::string(error_.data()) : curl_easy_strerror(code);
}

HttpResponse CurlCall::take_response() {
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<unsigned>(status);
  return std::move(response_);
}

}  // namespace waybill::net
