#include "net/http.h"

#include <algorithm>

namespace waybill::net {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

class FunctionSink final : public ReplySink {
 public:
  FunctionSink(UniqueFunction<void(HttpResponse)> receiver, Peer peer)
      : receiver_(std::move(receiver)), peer_(std::move(peer)) {}
  void answer(HttpResponse response) override { receiver_(std::move(response)); }
  void drop() override {
    receiver_(default_error_response(500, "InternalFailure", "The request was given up without an answer.", nullptr));
  }
  bool peer_is_there() const override { return peer_.is_there(); }

 private:
  UniqueFunction<void(HttpResponse)> receiver_;
  const Peer peer_;
};

// Bytes that are no valid UTF-8 come from clients (a header, a path); they become '?', so that the JSON stays valid.
void append_json_string(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 0xF];
    } else {
      out += byte < 0x7F ? c : '?';
    }
  }
  out += '"';
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

void HttpHeaders::add(std::string_view name, std::string_view value) {
  if (spans_.empty()) {
    spans_.reserve(16);
    text_.reserve(512);
  }
  spans_.push_back({static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(name.size()),
                    static_cast<std::uint32_t>(value.size())});
  text_.append(name).append(value);
}

HttpHeaders::Field HttpHeaders::at(std::size_t index) const {
  const Span& span = spans_[index];
  const std::string_view text = text_;
  return {text.substr(span.at, span.name_size), text.substr(span.at + span.name_size, span.value_size)};
}

std::string_view HttpHeaders::get(std::string_view name) const {
  for (std::size_t i = 0; i < spans_.size(); ++i) {
    if (spans_[i].name_size == name.size() && equals_ignoring_case(at(i).name, name)) return at(i).value;
  }
  return {};
}

std::size_t HttpHeaders::count(std::string_view name) const {
  std::size_t found = 0;
  for (std::size_t i = 0; i < spans_.size(); ++i) found += equals_ignoring_case(at(i).name, name) ? 1 : 0;
  return found;
}

Reply Reply::to(UniqueFunction<void(HttpResponse)> receiver, Peer peer) {
  return Reply(std::make_shared<FunctionSink>(std::move(receiver), std::move(peer)));
}

Reply& Reply::operator=(Reply&& other) noexcept {
  if (this == &other) return *this;
  if (sink_) sink_->drop();
  sink_ = std::move(other.sink_);
  return *this;
}

Reply::~Reply() {
  if (sink_) sink_->drop();
}

void Reply::operator()(HttpResponse response) {
  if (const auto sink = std::exchange(sink_, nullptr)) sink->answer(std::move(response));
}

HttpResponse default_error_response(unsigned status, std::string_view code, std::string_view message,
                                    const HttpRequest*) {
  HttpResponse response;
  response.status = status;
  response.body = "{\"__type\":";
  append_json_string(response.body, code);
  response.body += ",\"message\":";
  append_json_string(response.body, message);
  response.body += '}';
  return response;
}

}  // namespace waybill::net
