#include "net/request_parser.h"

#include <optional>

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "net/inflate.h"
#include "net/url.h"

namespace waybill::net {

namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;

// A body that is announced is not yet sent: memory is taken ahead for so much only.
constexpr std::size_t kMaxReserve = 256 * 1024;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

RequestParser::Failure bad_request(std::string message) { return {400, "BadRequest", std::move(message)}; }

RequestParser::Failure header_too_large(std::size_t limit) {
  return {431, "RequestHeaderFieldsTooLarge",
          "The request line and header fields must not exceed " + std::to_string(limit) + " bytes."};
}

RequestParser::Failure body_too_large(std::size_t limit) {
  return {413, "RequestEntityTooLarge", "The request body must not exceed " + std::to_string(limit) + " bytes."};
}

const char* explain(const error_code& error) {
  if (error == http::error::bad_content_length) return "The Content-Length header is malformed or contradictory.";
  if (error == http::error::multiple_content_length) return "There are several, different Content-Length headers.";
  if (error == http::error::bad_transfer_encoding) return "The Transfer-Encoding header is malformed or contradictory.";
  if (error == http::error::bad_chunk) return "The chunked request body is malformed.";
  if (error == http::error::bad_chunk_extension) return "A chunk extension of the request body is malformed.";
  if (error == http::error::bad_method) return "The request method is malformed.";
  if (error == http::error::bad_target) return "The request target is malformed.";
  if (error == http::error::bad_version) return "The request line does not end with HTTP/1.0 or HTTP/1.1.";
  if (error == http::error::bad_field) return "A header name is malformed.";
  if (error == http::error::bad_value) return "A header value is malformed.";
  if (error == http::error::bad_obs_fold) return "A folded header line is malformed.";
  if (error == http::error::bad_line_ending) return "A line of the request does not end with CR LF.";
  return "The request is malformed.";
}

}  // namespace

// Machine: one request's parser state beside the connection's; the Beast part is built anew for each request.
class RequestParser::Machine {
 public:
  explicit Machine(Limits limits) : limits_(limits) { restart(); }

  void restart() {
    request_ = {};
    inflater_.reset();
    failed_ = false;
    started_ = false;
    head_done_ = false;
    head_bytes_ = 0;
    grammar_.emplace(*this);
    grammar_->header_limit(static_cast<std::uint32_t>(limits_.max_header_bytes));
    grammar_->body_limit(limits_.max_body_bytes);
  }

  Progress feed(std::string_view data, std::size_t& taken);
  Progress fail(Failure failure) {
    failure_ = std::move(failure);
    failed_ = true;
    return Progress::failed;
  }
  bool expects_continue() const {
    return request_.version >= 11 && equals_ignoring_case(request_.header("Expect"), "100-continue");
  }

  bool started_ = false;
  bool head_done_ = false;
  HttpRequest request_;
  Failure failure_;

 private:
  class Grammar;

  Progress feed_head(std::string_view data, std::size_t& taken);
  Progress feed_body(std::string_view data, std::size_t& taken);
  Progress fail_with(const error_code& error);
  bool check_framing();
  bool choose_encoding();
  bool take_body(std::string_view piece);
  bool finish_body();

  class Grammar final : public http::basic_parser<true> {
   public:
    explicit Grammar(Machine& machine) : machine_(machine) {}

   private:
    void on_request_impl(http::verb, boost::beast::string_view method, boost::beast::string_view target, int version,
                         error_code&) override {
      HttpRequest& request = machine_.request_;
      request.method = method;
      request.target = target;
      const Target parts = split_target(request.target);
      request.path = parts.path;
      request.query = parts.query;
      request.version = version;
    }
    void on_response_impl(int, boost::beast::string_view, int, error_code&) override {}
    void on_field_impl(http::field, boost::beast::string_view name, boost::beast::string_view value,
                       error_code&) override {
      // Trailers come after the head was judged; nothing may be added to it any more.
      if (!machine_.head_done_) machine_.request_.headers.add(view(name), view(value));
    }
    void on_header_impl(error_code& error) override {
      machine_.request_.keep_alive = keep_alive();
      machine_.head_done_ = true;
      if (!machine_.check_framing()) error = http::error::bad_value;
    }
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
      if (length) machine_.request_.body.reserve(std::min<std::size_t>(*length, kMaxReserve));
    }
    std::size_t on_body_impl(boost::beast::string_view piece, error_code& error) override {
      if (!machine_.take_body(view(piece))) error = http::error::bad_value;
      return piece.size();
    }
    void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view piece, error_code& error) override {
      if (!machine_.take_body(view(piece))) error = http::error::bad_value;
      return piece.size();
    }
    void on_finish_impl(error_code& error) override {
      if (!machine_.finish_body()) error = http::error::bad_value;
    }

    Machine& machine_;
  };

  Limits limits_;
  std::optional<Grammar> grammar_;
  std::unique_ptr<BodyInflater> inflater_;
  std::size_t head_bytes_ = 0;
  bool failed_ = false;
};

RequestParser::Progress RequestParser::Machine::feed(std::string_view data, std::size_t& taken) {
  taken = 0;
  if (failed_) return Progress::failed;
  return head_done_ ? feed_body(data, taken) : feed_head(data, taken);
}

RequestParser::Progress RequestParser::Machine::feed_head(std::string_view data, std::size_t& taken) {
  // RFC 9112 2.2: empty lines before a request are ignored; some clients send one after a body.
  while (!started_ && data.size() - taken >= 2 && data[taken] == '\r' && data[taken + 1] == '\n') taken += 2;
  data.remove_prefix(taken);
  if (data.empty() || (!started_ && data == "\r")) return Progress::need_more;
  started_ = true;
  error_code error;
  const std::size_t used = grammar_->put(boost::asio::buffer(data), error);
  taken += used;
  head_bytes_ += used;
  if (error == http::error::need_more) {
    // Beast's limit is one on what it has not taken yet: fields that come one by one would never reach it.
    if (head_bytes_ + (data.size() - used) > limits_.max_header_bytes)
      return fail(header_too_large(limits_.max_header_bytes));
    return Progress::need_more;
  }
  if (error) return fail_with(error);
  if (head_bytes_ > limits_.max_header_bytes) return fail(header_too_large(limits_.max_header_bytes));
  return Progress::head;
}

RequestParser::Progress RequestParser::Machine::feed_body(std::string_view data, std::size_t& taken) {
  while (!grammar_->is_done()) {
    if (taken == data.size()) return Progress::need_more;
    error_code error;
    taken += grammar_->put(boost::asio::buffer(data.substr(taken)), error);
    if (error == http::error::need_more) {
      // Only a chunk's header line or the trailer is held back whole, and Beast has no limit on either.
      if (data.size() - taken > limits_.max_header_bytes) return fail(header_too_large(limits_.max_header_bytes));
      return Progress::need_more;
    }
    if (error) return fail_with(error);
  }
  return Progress::complete;
}

RequestParser::Progress RequestParser::Machine::fail_with(const error_code& error) {
  if (failed_) return Progress::failed;  // a callback found it and said why
  if (error == http::error::header_limit) return fail(header_too_large(limits_.max_header_bytes));
  if (error == http::error::body_limit) return fail(body_too_large(limits_.max_body_bytes));
  return fail(bad_request(explain(error)));
}

bool RequestParser::Machine::check_framing() {
  const std::size_t codings = request_.headers.count("Transfer-Encoding");
  if (codings > 0) {
    // Anything but one "chunked" would be read by some as a body of another length: request smuggling.
    if (codings > 1 || request_.version < 11) {
      fail(bad_request("The Transfer-Encoding header is malformed or contradictory."));
      return false;
    }
    if (!equals_ignoring_case(request_.header("Transfer-Encoding"), "chunked")) {
      fail({501, "NotImplemented", "The only supported Transfer-Encoding is chunked."});
      return false;
    }
  }
  const std::string_view expect = request_.header("Expect");
  if (!expect.empty() && !equals_ignoring_case(expect, "100-continue")) {
    fail({417, "ExpectationFailed", "The only supported expectation is 100-continue."});
    return false;
  }
  return choose_encoding();
}

bool RequestParser::Machine::choose_encoding() {
  const std::string_view encoding = request_.header("Content-Encoding");
  if (encoding.empty() || equals_ignoring_case(encoding, "identity")) return true;
  if (equals_ignoring_case(encoding, "gzip") || equals_ignoring_case(encoding, "x-gzip")) {
    inflater_ = std::make_unique<BodyInflater>(BodyInflater::Format::gzip, limits_.max_body_bytes);
  } else if (equals_ignoring_case(encoding, "deflate")) {
    inflater_ = std::make_unique<BodyInflater>(BodyInflater::Format::deflate, limits_.max_body_bytes);
  }
  if (inflater_ && request_.headers.count("Content-Encoding") == 1) return true;
  fail({415, "UnsupportedMediaType", "The supported values of Content-Encoding are gzip, deflate and identity."});
  return false;
}

bool RequestParser::Machine::take_body(std::string_view piece) {
  if (!inflater_) {
    request_.body.append(piece);
    return true;
  }
  switch (inflater_->feed(piece, request_.body)) {
    case BodyInflater::Outcome::ok: return true;
    case BodyInflater::Outcome::too_large: fail(body_too_large(limits_.max_body_bytes)); return false;
    case BodyInflater::Outcome::corrupt: break;
  }
  fail(bad_request("The request body is not what its Content-Encoding says."));
  return false;
}

bool RequestParser::Machine::finish_body() {
  if (!inflater_) return true;
  // No body at all is fine: clients set the header on every request.
  if (inflater_->finished() || (!grammar_->chunked() && grammar_->content_length().value_or(0) == 0)) return true;
  fail(bad_request("The compressed request body ends too early."));
  return false;
}

RequestParser::RequestParser(Limits limits) : machine_(std::make_unique<Machine>(limits)) {}
RequestParser::~RequestParser() = default;

RequestParser::Progress RequestParser::feed(std::string_view data, std::size_t& taken) {
  return machine_->feed(data, taken);
}

const RequestParser::Failure& RequestParser::truncated() {
  machine_->fail(bad_request(machine_->head_done_ ? "The request body ends before its announced length."
                                                  : "The request ends within its header."));
  return machine_->failure_;
}

bool RequestParser::started() const { return machine_->started_; }
bool RequestParser::expects_continue() const { return machine_->expects_continue(); }
bool RequestParser::head_is_done() const { return machine_->head_done_; }
const HttpRequest& RequestParser::request() const { return machine_->request_; }
const RequestParser::Failure& RequestParser::failure() const { return machine_->failure_; }

HttpRequest RequestParser::take() {
  HttpRequest request = std::move(machine_->request_);
  machine_->restart();
  return request;
}

}  // namespace waybill::net
