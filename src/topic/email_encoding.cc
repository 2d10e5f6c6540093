#include "topic/email_encoding.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/base64.h"

namespace waybill::topic {

namespace {

constexpr std::size_t kPlainHeader = 200;  // longer ones are folded, which encoded words can be anywhere
constexpr std::size_t kWordBytes = 39;     // 52 characters of base64: with "Subject: " and "=?UTF-8?B??=" 73 of 76
constexpr std::size_t kLine = 76;          // RFC 2045
constexpr std::size_t kPlainLine = 998;    // RFC 5322
constexpr const char* kLineEnd = "\r\n";

bool is_printable(char c) { return c >= 0x20 && c < 0x7f; }
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

bool is_line_end(std::string_view lines, std::size_t at) {
  return at + 1 < lines.size() && lines[at] == '\r' && lines[at + 1] == '\n';
}

std::string without_controls(std::string_view text) {
  std::string plain(text);
  for (char& c : plain) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return plain;
}

// Each word holds whole characters; between words a fold, which readers drop.
std::string encoded_words(std::string_view text) {
  std::string words;
  while (!text.empty()) {
    std::size_t size = std::min(kWordBytes, text.size());
    while (size > 1 && size < text.size() && is_continuation(text[size])) --size;
    if (!words.empty()) words += "\r\n ";
    words += "=?UTF-8?B?" + to_base64(text.substr(0, size)) + "?=";
    text.remove_prefix(size);
  }
  return words;
}

bool is_plain_header(std::string_view text) {
  return text.size() <= kPlainHeader && std::all_of(text.begin(), text.end(), is_printable) &&
         text.find("=?") == std::string_view::npos;
}

std::string with_crlf(std::string_view text) {
  std::string lines;
  lines.reserve(text.size() + text.size() / 32 + 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) lines += '\r';
    lines += text[i];
  }
  if (!lines.ends_with(kLineEnd)) lines += kLineEnd;
  return lines;
}

// What the text asks of its encoding. `lines` are ended by CRLF.
struct BodyShape {
  std::size_t longest = 0;  // line
  std::size_t unprintable = 0;
};

BodyShape shape_of(std::string_view lines) {
  BodyShape shape;
  std::size_t length = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (is_line_end(lines, i)) {
      length = 0;
      ++i;
      continue;
    }
    shape.longest = std::max(shape.longest, ++length);
    if (!is_printable(lines[i]) && lines[i] != '\t') ++shape.unprintable;
  }
  return shape;
}

std::string base64_lines(std::string_view text) {
  const std::string all = to_base64(text);
  std::string lines;
  lines.reserve(all.size() + all.size() / 32);
  for (std::size_t at = 0; at < all.size(); at += kLine) lines.append(all, at, kLine).append(kLineEnd);
  return lines;
}

std::string quoted_printable(std::string_view lines) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  text.reserve(lines.size() + lines.size() / 8);
  std::size_t column = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (is_line_end(lines, i)) {
      text += kLineEnd;
      column = 0;
      ++i;
      continue;
    }
    const char c = lines[i];
    const bool ends_line = is_line_end(lines, i + 1);
    const bool is_space = c == ' ' || c == '\t';
    const bool plain = is_space ? !ends_line : is_printable(c) && c != '=';
    const std::size_t size = plain ? 1 : 3;
    if (column + size > kLine - (ends_line ? 0 : 1)) {
      text += "=\r\n";
      column = 0;
    }
    if (plain) {
      text += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      text += {'=', kDigits[byte >> 4], kDigits[byte & 15]};
    }
    column += size;
  }
  return text;
}

}  // namespace

std::string header_text(std::string_view text) {
  const std::string plain = without_controls(text);
  return is_plain_header(plain) ? plain : encoded_words(plain);
}

std::string display_name(std::string_view name) {
  const std::string plain = without_controls(name);
  if (plain.empty()) return "";
  if (!is_plain_header(plain) || plain.size() > kLine - 10) return encoded_words(plain) + "\r\n ";
  std::string quoted = "\"";
  for (const char c : plain) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\" ";
}

EncodedBody encode_body(std::string_view text) {
  const std::string lines = with_crlf(text);
  const BodyShape shape = shape_of(lines);
  if (shape.unprintable == 0 && shape.longest <= kPlainLine) return {"7bit", lines};
  // A byte costs two more in quoted-printable, and a third more in base64.
  if (shape.unprintable * 6 > lines.size()) return {"base64", base64_lines(lines)};
  return {"quoted-printable", quoted_printable(lines)};
}

std::string mail_date(WallTime time) {
  static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d +0000",
                kDays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

}  // namespace waybill::topic
