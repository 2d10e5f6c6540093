#include <iterator>

#include <nlohmann/json.hpp>

#include "template/document_readers.h"

namespace waybill::templates {

namespace {

// Reads the text and lets the handler know how far the parser has come.
struct Cursor {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  const char* at = nullptr;
  const char** progress = nullptr;

  reference operator*() const { return *at; }
  Cursor& operator++() {
    ++at;
    if (progress) *progress = at;
    return *this;
  }
  Cursor operator++(int) {
    Cursor before = *this;
    ++*this;
    return before;
  }
  bool operator==(const Cursor& other) const { return at == other.at; }
};

class Handler final : public nlohmann::json_sax<Json> {
 public:
  Handler(std::string_view text, const char** progress, TreeBuilder& builder)
      : text_(text), progress_(progress), builder_(builder) {}

  bool null() override { return value(nullptr); }
  bool boolean(bool v) override { return value(v); }
  bool number_integer(number_integer_t v) override { return value(v); }
  bool number_unsigned(number_unsigned_t v) override { return value(v); }
  bool number_float(number_float_t v, const string_t&) override { return value(v); }
  bool string(string_t& v) override { return value(v); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override {
    builder_.begin(true, here(1), "");
    return true;
  }
  bool end_object() override {
    builder_.end();
    return true;
  }
  bool start_array(std::size_t) override {
    builder_.begin(false, here(1), "");
    return true;
  }
  bool end_array() override {
    builder_.end();
    return true;
  }
  bool key(string_t& name) override {
    builder_.key(name, key_start());
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) override {
    // "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while …"
    std::string what = error.what();
    if (const std::size_t colon = what.find(": "); colon != std::string::npos) what = what.substr(colon + 2);
    throw DocumentError{position_of_byte(text_, position == 0 ? 0 : position - 1), "not valid JSON: " + what};
  }

 private:
  bool value(Json v) {
    builder_.scalar(std::move(v), here(0), "");
    return true;
  }

  std::size_t offset() const { return static_cast<std::size_t>(*progress_ - text_.data()); }

  // Counted on from the last position asked for: positions only go forward.
  Position position(std::size_t target) {
    if (target < counted_) return position_of_byte(text_, target);
    for (; counted_ < target; ++counted_) {
      if (text_[counted_] == '\n') {
        ++position_.line;
        position_.column = 1;
      } else {
        ++position_.column;
      }
    }
    return position_;
  }
  Position here(std::size_t back) { return position(offset() - std::min(back, offset())); }

  // The parser stands behind the closing quote.
  Position key_start() {
    std::size_t quote = offset() - 1;
    while (quote > 0) {
      --quote;
      if (text_[quote] != '"') continue;
      std::size_t backslashes = 0;
      while (backslashes < quote && text_[quote - 1 - backslashes] == '\\') ++backslashes;
      if (backslashes % 2 == 0) break;
    }
    return position(quote);
  }

  std::string_view text_;
  const char** progress_;
  TreeBuilder& builder_;
  std::size_t counted_ = 0;
  Position position_{1, 1};
};

}  // namespace

void read_json(std::string_view text, TreeBuilder& builder) {
  const char* progress = text.data();
  Handler handler(text, &progress, builder);
  const Cursor begin{text.data(), &progress};
  const Cursor end{text.data() + text.size(), nullptr};
  Json::sax_parse(begin, end, &handler);
}

}  // namespace waybill::templates
