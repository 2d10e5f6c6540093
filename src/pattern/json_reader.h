// JsonReader: JSON read token by token, by hand, because everything the usual readers throw away matters here:
// where an error is noticed, duplicate keys, how a number is spelled.
//
// It notices things exactly when the service's reader (Jackson) does, since error columns show it:
//  - after a field name the first token of its value has been read as well;
//  - of a string only the opening quote is read until its text is asked for or the next token is.
//
// Never recursive; memory grows by a few bytes per open bracket, limited by `max_depth`. The text must outlive
// the reader and the views it gives. Not thread-safe. Errors: next() and read_string() stop with `error`, which
// stays; failure() then says why and offset() where.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace waybill::pattern {

enum class JsonToken : std::uint8_t {
  start_object,
  end_object,
  start_array,
  end_array,
  field_name,
  string,
  number,
  true_value,
  false_value,
  null_value,
  end_of_text,
  error,
};

// A string between its quotes as spelled; decoded by decode_json_string where it has escapes.
struct JsonString {
  std::string_view raw;
  bool has_escapes = false;
};

// REQUIRES: `raw` came from a JsonReader (its escapes are well-formed).
std::string decode_json_string(std::string_view raw);
// Appends it: at most as many bytes as `raw` has. Of escapes that are not well-formed it makes something, and at most
// half as many more.
void append_decoded_json_string(std::string_view raw, std::string& out);

class JsonReader {
 public:
  static constexpr std::size_t kUnlimitedDepth = SIZE_MAX;

  explicit JsonReader(std::string_view text, std::size_t max_depth = kUnlimitedDepth);

  JsonToken next();

  // The name of the last field_name.
  const JsonString& name() const { return name_; }
  // REQUIRES: the last token was a string. False on a malformed one.
  bool read_string(JsonString& out);
  // The last number or literal as spelled.
  std::string_view literal() const { return literal_; }

  // Bytes read so far.
  std::size_t offset() const { return at_; }
  // Where the last value began, or the one that failed.
  std::size_t value_start() const { return token_start_; }
  const std::string& failure() const { return failure_; }
  // True if only white space follows what was read.
  bool at_end();

 private:
  struct Open {
    std::uint32_t start;  // offset of the bracket
    bool is_object;
    bool has_entries;
  };

  JsonToken fail(std::string reason);
  JsonToken fail_unexpected(std::string_view expected);
  JsonToken fail_invalid_token(std::size_t start);
  JsonToken fail_end_of_text();
  bool skip_space();
  bool skip_comma();
  bool skip_string(JsonString& out, const char* what);
  bool skip_escape();
  JsonToken read_name();
  JsonToken read_value();
  JsonToken read_keyword(std::string_view word, JsonToken token);
  JsonToken read_number();
  bool read_digits(std::string_view missing);
  JsonToken open(JsonToken token);
  JsonToken close(char bracket);

  std::string_view text_;
  std::size_t max_depth_;
  std::size_t at_ = 0;
  std::size_t token_start_ = 0;
  std::vector<Open> open_;
  JsonString name_;
  JsonString string_;
  std::string_view literal_;
  std::string failure_;
  JsonToken token_ = JsonToken::null_value;
  JsonToken value_after_name_ = JsonToken::error;
  bool has_value_after_name_ = false;
  bool string_pending_ = false;
};

// Where a byte offset lies, as error messages give it: both 1-based, the column in UTF-16 units.
struct TextPosition {
  std::size_t line;
  std::size_t column;
};
TextPosition position_of(std::string_view text, std::size_t offset);

}  // namespace waybill::pattern
