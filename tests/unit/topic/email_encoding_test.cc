#include "topic/email_encoding.h"

#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/base64.h"

using namespace waybill;
using namespace waybill::topic;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t at = 0;
  for (std::size_t end = 0; (end = text.find("\r\n", at)) != std::string::npos; at = end + 2) {
    lines.push_back(text.substr(at, end - at));
  }
  CHECK(at == text.size());  // the last line is ended, too
  return lines;
}

// What a reader of RFC 2047 makes of a header value.
std::string decoded_words(std::string value) {
  std::string text;
  std::istringstream words(value);
  for (std::string word; words >> word;) {
    REQUIRE(word.starts_with("=?UTF-8?B?"));
    REQUIRE(word.ends_with("?="));
    CHECK(word.size() <= 75);
    text += from_base64(word.substr(10, word.size() - 12)).value();
  }
  return text;
}

std::string decoded_quoted_printable(const std::string& text) {
  std::string plain;
  for (const std::string& line : lines_of(text)) {
    CHECK(line.size() <= 76);
    bool soft = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] != '=') {
        plain += line[i];
      } else if (i + 1 == line.size()) {
        soft = true;
      } else {
        plain += static_cast<char>(std::stoi(line.substr(i + 1, 2), nullptr, 16));
        i += 2;
      }
    }
    CHECK_FALSE((!soft && (line.ends_with(' ') || line.ends_with('\t'))));
    if (!soft) plain += "\r\n";
  }
  return plain;
}

}  // namespace

TEST_CASE("short printable ASCII stands in a header as it is") {
  CHECK(header_text("Shipment DELIVERED: SHIP-1") == "Shipment DELIVERED: SHIP-1");
  CHECK(header_text("") == "");
}

TEST_CASE("other header texts are encoded words that hold whole characters, in lines of at most 76") {
  std::string umlauts = "Sendung zugestellt: ";
  for (int i = 0; i < 60; ++i) umlauts += "ü€😀";
  for (const std::string& text : {std::string("ü"), umlauts, std::string(250, 'x'), std::string("=?UTF-8?B?eA==?=")}) {
    const std::string value = header_text(text);
    CHECK(decoded_words(value) == text);
    const std::string header = "Subject: " + value + "\r\n";
    for (const std::string& line : lines_of(header)) CHECK(line.size() <= 76);
    std::istringstream words(value);
    for (std::string word; words >> word;) {
      const std::string piece = decoded_words(word);
      CHECK((static_cast<unsigned char>(piece.front()) & 0xc0) != 0x80);
    }
  }
}

TEST_CASE("no header text brings a line of its own") {
  CHECK(header_text("a\r\nBcc: b@example.com") == "a  Bcc: b@example.com");
  CHECK(header_text(std::string("a\0b\x7f", 4)) == "a b ");
  CHECK(decoded_words(header_text("ü\r\nBcc: x")) == "ü  Bcc: x");
  CHECK(display_name("a\r\nBcc: x") == "\"a  Bcc: x\" ");
}

TEST_CASE("a display name is quoted") {
  CHECK(display_name("") == "");
  CHECK(display_name("Logistics, Inc.") == "\"Logistics, Inc.\" ");
  CHECK(display_name("a\"b\\c") == "\"a\\\"b\\\\c\" ");
  CHECK(display_name("Büro") == "=?UTF-8?B?" + to_base64("Büro") + "?=\r\n ");
}

TEST_CASE("ASCII text goes as it is, with CRLF") {
  const EncodedBody body = encode_body("a\n\tb\r\n.c");
  CHECK(body.transfer_encoding == std::string("7bit"));
  CHECK(body.text == "a\r\n\tb\r\n.c\r\n");
  CHECK(encode_body("").text == "\r\n");
  CHECK(encode_body(std::string(998, 'x')).transfer_encoding == std::string("7bit"));
}

TEST_CASE("text with some letters beyond ASCII, control characters or long lines is quoted-printable") {
  const std::string long_line(5000, 'x');
  for (const std::string& text :
       {std::string("Grüße aus Köln, alles gut zugestellt; nichts weiter zu tun\n"), long_line, "a = b \n" + long_line,
        std::string("lone \r return, enough text around it\n"), std::string("nul \0 inside, and text around\n", 31),
        "trailing space \nand tab\t\n" + long_line, std::string(75, 'x') + "ü" + std::string(74, 'y') + "\n"}) {
    CAPTURE(text);
    const EncodedBody body = encode_body(text);
    CHECK(body.transfer_encoding == std::string("quoted-printable"));
    std::string sent;
    for (const char c : text) sent += c == '\n' ? std::string("\r\n") : std::string(1, c);
    if (!sent.ends_with("\r\n")) sent += "\r\n";
    CHECK(decoded_quoted_printable(body.text) == sent);
  }
}

TEST_CASE("text that is mostly beyond ASCII is base64") {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "货物已送达";
  const EncodedBody body = encode_body(text);
  CHECK(body.transfer_encoding == std::string("base64"));
  std::string all;
  for (const std::string& line : lines_of(body.text)) {
    CHECK(line.size() <= 76);
    all += line;
  }
  CHECK(from_base64(all).value() == text + "\r\n");
}

TEST_CASE("dates are RFC 5322's") {
  CHECK(mail_date(from_millis(1'795'489'445'999)) == "Tue, 24 Nov 2026 03:04:05 +0000");
  CHECK(mail_date(from_millis(951'782'400'000)) == "Tue, 29 Feb 2000 00:00:00 +0000");
}
