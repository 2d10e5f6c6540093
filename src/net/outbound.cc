#include "net/outbound.h"

#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "net/curl_call.h"

namespace waybill::net {

namespace {

using Kind = OutboundError::Kind;

Kind kind_of(CURLcode code, CURL* easy) {
  long sent = 0;
  curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &sent);
  switch (code) {
    case CURLE_URL_MALFORMAT: return Kind::invalid;
    // Of the URL; or, once something was sent, of an answer that is no HTTP.
    case CURLE_UNSUPPORTED_PROTOCOL: return sent > 0 ? Kind::broken : Kind::invalid;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR: return Kind::connect;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE: return Kind::tls;
    case CURLE_OPERATION_TIMEDOUT: return Kind::timeout;
    default: return Kind::broken;
  }
}

}  // namespace

class CurlOutbound::Impl {
 public:
  explicit Impl(OutboundOptions options) : options_(std::move(options)) {}
  ~Impl() { stop(); }

  void submit(HttpCall call, Callback done) {
    {
      const std::lock_guard lock(mutex_);
      if (!stopping_) {
        if (!multi_) begin_locked();
        submitted_.emplace_back(std::move(call), std::move(done));
        curl_multi_wakeup(multi_.get());
        return;
      }
    }
    done(OutboundError{Kind::stopped, "the HTTP client was stopped"});
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      if (multi_) curl_multi_wakeup(multi_.get());
    }
    const std::lock_guard lock(joining_);
    if (thread_.joinable()) thread_.join();
  }

 private:
  struct Transfer {
    Transfer(HttpCall request, const std::string& ca_file, Callback callback)
        : call(std::move(request), ca_file), done(std::move(callback)) {}
    CurlCall call;
    Callback done;
  };
  using Submitted = std::vector<std::pair<HttpCall, Callback>>;

  // With the first call: libcurl's TLS takes megabytes, and many a daemon never calls anybody.
  void begin_locked() {
    init_curl();
    multi_.reset(curl_multi_init());
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, options_.max_idle_connections);
    thread_ = std::thread([this] { run(); });
  }

  void run() {
    while (take_submitted()) {
      int running = 0;
      curl_multi_perform(multi_.get(), &running);
      finish_done();
      // curl's own timeouts end the wait earlier; a submitted call and stop() wake it.
      curl_multi_poll(multi_.get(), nullptr, 0, 60'000, nullptr);
    }
    while (!transfers_.empty()) end(transfers_.begin()->first, stopped());
    for (auto& [call, done] : std::exchange(submitted_, {})) done(stopped());
  }

  // False when it is time to end.
  bool take_submitted() {
    Submitted fresh;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return false;
      fresh = std::exchange(submitted_, {});
    }
    for (auto& [call, done] : fresh) {
      auto transfer = std::make_unique<Transfer>(std::move(call), options_.ca_file, std::move(done));
      CURL* easy = transfer->call.easy();
      if (!easy || curl_multi_add_handle(multi_.get(), easy) != CURLM_OK) {
        transfer->done(OutboundError{Kind::connect, "libcurl could not be set up"});
        continue;
      }
      transfers_.emplace(easy, std::move(transfer));
    }
    return true;
  }

  void finish_done() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* easy = message->easy_handle;
      const CURLcode code = message->data.result;
      CurlCall& call = transfers_.at(easy)->call;
      if (code == CURLE_OK || call.body_too_large()) {
        end(easy, call.take_response());
      } else {
        end(easy, OutboundError{kind_of(code, easy), call.failure(code)});
      }
    }
  }

  void end(CURL* easy, OutboundResult result) {
    auto node = transfers_.extract(easy);
    curl_multi_remove_handle(multi_.get(), easy);
    node.mapped()->done(std::move(result));
  }

  static OutboundError stopped() { return {Kind::stopped, "the call was given up: the HTTP client was stopped"}; }

  const OutboundOptions options_;
  std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)> multi_{nullptr, curl_multi_cleanup};  // constant once made
  std::unordered_map<CURL*, std::unique_ptr<Transfer>> transfers_;                            // the thread's own
  std::mutex mutex_;
  Submitted submitted_;    // guarded by mutex_ until the thread ends
  bool stopping_ = false;  // guarded by mutex_
  std::mutex joining_;
  std::thread thread_;
};

CurlOutbound::CurlOutbound(OutboundOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
CurlOutbound::~CurlOutbound() = default;
void CurlOutbound::submit(HttpCall call, Callback done) { impl_->submit(std::move(call), std::move(done)); }
void CurlOutbound::stop() { impl_->stop(); }

}  // namespace waybill::net
