#include "net/inflate.h"

#include <array>

#include <zlib.h>

namespace waybill::net {

struct BodyInflater::Stream {
  explicit Stream(int window_bits) { ready = ::inflateInit2(&z, window_bits) == Z_OK; }
  ~Stream() {
    if (ready) ::inflateEnd(&z);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  z_stream z{};
  bool ready = false;
};

namespace {

constexpr int kWindow = 15;
constexpr int kGzip = kWindow + 16;
constexpr int kRaw = -kWindow;

bool is_zlib_header(std::string_view head) {
  const auto first = static_cast<unsigned char>(head[0]);
  const auto second = static_cast<unsigned char>(head[1]);
  return (first & 0x0F) == Z_DEFLATED && (first * 256 + second) % 31 == 0;
}

}  // namespace

BodyInflater::BodyInflater(Format format, std::size_t max_output) : format_(format), max_output_(max_output) {}
BodyInflater::~BodyInflater() = default;

BodyInflater::Outcome BodyInflater::feed(std::string_view input, std::string& out) {
  if (input.empty()) return Outcome::ok;
  return stream_ ? inflate_all(input, out) : begin(input, out);
}

BodyInflater::Outcome BodyInflater::begin(std::string_view input, std::string& out) {
  if (format_ == Format::gzip) {
    stream_ = std::make_unique<Stream>(kGzip);
    return inflate_all(input, out);
  }
  head_.append(input);
  if (head_.size() < 2) return Outcome::ok;
  stream_ = std::make_unique<Stream>(is_zlib_header(head_) ? kWindow : kRaw);
  const std::string head = std::move(head_);
  return inflate_all(head, out);
}

BodyInflater::Outcome BodyInflater::inflate_all(std::string_view input, std::string& out) {
  if (!stream_->ready) return Outcome::corrupt;
  z_stream& z = stream_->z;
  std::array<char, 16 * 1024> chunk;
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
  z.avail_in = static_cast<uInt>(input.size());
  do {
    if (finished_) {
      if (format_ != Format::gzip || ::inflateReset(&z) != Z_OK) return Outcome::corrupt;
      finished_ = false;
    }
    z.next_out = reinterpret_cast<Bytef*>(chunk.data());
    z.avail_out = static_cast<uInt>(chunk.size());
    const int result = ::inflate(&z, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) return Outcome::corrupt;
    const std::size_t produced = chunk.size() - z.avail_out;
    if (produced > max_output_ - out.size()) return Outcome::too_large;
    out.append(chunk.data(), produced);
    finished_ = result == Z_STREAM_END;
  } while (z.avail_in > 0 || (z.avail_out == 0 && !finished_));
  return Outcome::ok;
}

}  // namespace waybill::net
