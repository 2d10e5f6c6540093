#include "base/json_text.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "base/ascii.h"

namespace waybill {

namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// Bytes that end a run of ordinary characters inside a string: quote, backslash, control characters.
constexpr std::array<bool, 256> make_string_stops() {
  std::array<bool, 256> stops{};
  for (int c = 0; c < 0x20; ++c) stops[static_cast<std::size_t>(c)] = true;
  stops['"'] = stops['\\'] = true;
  return stops;
}
constexpr std::array<bool, 256> kStringStops = make_string_stops();

constexpr std::size_t kWord = sizeof(std::uint64_t);

std::uint64_t word_at(std::string_view text, std::size_t i) {
  std::uint64_t word = 0;
  std::memcpy(&word, text.data() + i, kWord);
  return word;
}

// Whether a byte of the word is one of kStringStops.
bool holds_stop(std::uint64_t word) {
  constexpr std::uint64_t kEach = 0x0101010101010101;
  constexpr std::uint64_t kHigh = kEach << 7;
  const auto below = [word](std::uint64_t bound) { return (word - kEach * bound) & ~word; };
  const auto zeros = [](std::uint64_t value) { return (value - kEach) & ~value; };
  return ((below(0x20) | zeros(word ^ (kEach * '"')) | zeros(word ^ (kEach * '\\'))) & kHigh) != 0;
}

// Where the next byte of kStringStops is, from `i` on.
std::size_t next_stop(std::string_view text, std::size_t i) {
  while (i + kWord <= text.size() && !holds_stop(word_at(text, i))) i += kWord;
  while (i < text.size() && !kStringStops[static_cast<unsigned char>(text[i])]) ++i;
  return i;
}

bool is_escapable(char c) {
  switch (c) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't': return true;
    default: return false;
  }
}

// What is open around a place in the text: objects or arrays. The outer ones stand in a word, which most texts never
// leave.
class Levels {
 public:
  bool empty() const { return depth_ == 0; }
  std::size_t depth() const { return depth_; }
  bool in_object() const { return depth_ > kInWord ? deep_.back() : ((word_ >> (depth_ - 1)) & 1) != 0; }
  void push(bool object) {
    if (depth_ >= kInWord) {
      deep_.push_back(object);
    } else {
      word_ = (word_ & ~(std::uint64_t{1} << depth_)) | (std::uint64_t{object} << depth_);
    }
    ++depth_;
  }
  void pop() {
    if (depth_ > kInWord) deep_.pop_back();
    --depth_;
  }

 private:
  static constexpr std::size_t kInWord = 64;
  std::uint64_t word_ = 0;
  std::size_t depth_ = 0;
  std::vector<bool> deep_;
};

// A push-down automaton over the text.
class Compactor {
 public:
  // out null: the text is only checked.
  Compactor(std::string_view text, std::string* out, int max_depth) : text_(text), out_(out), max_depth_(max_depth) {}

  bool run_object() {
    skip_space();
    return !at_end() && peek() == '{' && run_value();
  }

  bool run_value() {
    skip_space();
    if (at_end() || !value()) return false;
    while (!levels_.empty()) {
      skip_space();
      if (at_end() || !step()) return false;
    }
    skip_space();
    return at_end();
  }

 private:
  enum class Expect { first_or_close, key, value, comma_or_close };

  bool at_end() const { return at_ == text_.size(); }
  char peek() const { return text_[at_]; }
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  bool in_object() const { return levels_.in_object(); }

  void take() { put(text_.substr(at_++, 1)); }
  void put(std::string_view part) {
    if (out_) out_->append(part);
  }

  bool open() {
    if (static_cast<int>(levels_.depth()) >= max_depth_) return false;
    levels_.push(peek() == '{');
    take();
    expect_ = Expect::first_or_close;
    return true;
  }

  bool close() {
    if (peek() != (in_object() ? '}' : ']')) return false;
    take();
    levels_.pop();
    expect_ = Expect::comma_or_close;
    return true;
  }

  bool step() {
    switch (expect_) {
      case Expect::comma_or_close:
        if (peek() != ',') return close();
        take();
        expect_ = in_object() ? Expect::key : Expect::value;
        return true;
      case Expect::first_or_close:
        if (peek() == '}' || peek() == ']') return close();
        return in_object() ? key() : value();
      case Expect::key: return key();
      case Expect::value: return value();
    }
    return false;
  }

  bool key() {
    if (peek() != '"' || !string()) return false;
    skip_space();
    if (at_end() || peek() != ':') return false;
    take();
    expect_ = Expect::value;
    return true;
  }

  bool value() {
    const char c = peek();
    if (c == '{' || c == '[') return open();
    expect_ = Expect::comma_or_close;
    if (c == '"') return string();
    if (c == '-' || is_digit(c)) return number();
    return literal("true") || literal("false") || literal("null");
  }

  bool literal(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    put(word);
    at_ += word.size();
    return true;
  }

  bool digits() {
    const std::size_t start = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    return at_ > start;
  }

  bool number() {
    const std::size_t start = at_;
    if (peek() == '-') ++at_;
    const std::size_t first = at_;
    if (!digits()) return false;
    if (text_[first] == '0' && at_ - first > 1) return false;
    if (!at_end() && peek() == '.') {
      ++at_;
      if (!digits()) return false;
    }
    if (!at_end() && (peek() == 'e' || peek() == 'E')) {
      ++at_;
      if (!at_end() && (peek() == '+' || peek() == '-')) ++at_;
      if (!digits()) return false;
    }
    put(text_.substr(start, at_ - start));
    return true;
  }

  bool string() {
    const std::size_t start = at_++;
    for (;;) {
      at_ = next_stop(text_, at_);
      if (at_end()) return false;
      if (peek() == '"') break;
      if (peek() != '\\' || !escape()) return false;
    }
    ++at_;
    put(text_.substr(start, at_ - start));
    return true;
  }

  bool escape() {
    ++at_;
    if (at_end()) return false;
    const char c = text_[at_++];
    if (c != 'u') return is_escapable(c);
    for (int i = 0; i < 4; ++i, ++at_) {
      if (at_end()) return false;
      const char h = text_[at_];
      if (!is_hex(h)) return false;
    }
    return true;
  }

  std::string_view text_;
  std::string* out_;
  int max_depth_;
  std::size_t at_ = 0;
  Expect expect_ = Expect::value;
  Levels levels_;
};

}  // namespace

bool append_compact_object(std::string_view text, std::string& out, int max_depth) {
  const std::size_t before = out.size();
  if (Compactor(text, &out, max_depth).run_object()) return true;
  out.resize(before);
  return false;
}

bool is_json(std::string_view text) {
  constexpr int kAnyDepth = std::numeric_limits<int>::max();
  return Compactor(text, nullptr, kAnyDepth).run_value();
}

void append_json_string(std::string_view text, std::string& out) {
  static constexpr char kHex[] = "0123456789abcdef";
  out.push_back('"');
  std::size_t start = 0;
  for (std::size_t i = next_stop(text, 0); i < text.size(); i = next_stop(text, i + 1)) {
    const auto byte = static_cast<unsigned char>(text[i]);
    out.append(text.substr(start, i - start));
    start = i + 1;
    switch (text[i]) {
      case '"': out.append("\\\""); break;
      case '\\': out.append("\\\\"); break;
      case '\n': out.append("\\n"); break;
      case '\r': out.append("\\r"); break;
      case '\t': out.append("\\t"); break;
      default:
        out.append("\\u00");
        out.push_back(kHex[byte >> 4]);
        out.push_back(kHex[byte & 0xF]);
    }
  }
  out.append(text.substr(start));
  out.push_back('"');
}

namespace {

// Bytes of the character that begins at `i`; 0: none does.
std::size_t utf8_length(std::string_view text, std::size_t i) {
  const auto lead = static_cast<unsigned char>(text[i]);
  if (lead < 0x80) return 1;
  const std::size_t extra = lead >= 0xC2 && lead <= 0xDF   ? 1
                            : lead >= 0xE0 && lead <= 0xEF ? 2
                            : lead >= 0xF0 && lead <= 0xF4 ? 3
                                                           : 0;
  if (extra == 0 || extra >= text.size() - i) return 0;
  std::uint32_t point = lead & (0x3Fu >> extra);
  for (std::size_t k = 1; k <= extra; ++k) {
    const auto byte = static_cast<unsigned char>(text[i + k]);
    if ((byte & 0xC0) != 0x80) return 0;
    point = (point << 6) | (byte & 0x3F);
  }
  static constexpr std::uint32_t kSmallest[] = {0, 0x80, 0x800, 0x10000};
  if (point < kSmallest[extra] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return 0;
  return extra + 1;
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
  constexpr std::uint64_t kNotAscii = 0x8080808080808080;
  for (std::size_t i = 0; i < text.size();) {
    if (i + kWord <= text.size() && (word_at(text, i) & kNotAscii) == 0) {
      i += kWord;
      continue;
    }
    const std::size_t length = utf8_length(text, i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

std::string valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(text, i);
    if (length == 0) {
      valid += "\xEF\xBF\xBD";
      ++i;
    } else {
      valid.append(text, i, length);
      i += length;
    }
  }
  return valid;
}

}  // namespace waybill
