// JSON whose numbers are the ones that were sent. nlohmann::json holds integers of 64 bits and doubles; a number that
// neither holds exactly (a tracking number of 22 digits, 20 decimals) is kept as a "number text": a JSON binary of the
// subtype kNumberText with the digits as they were written. In an item it is stored as that decimal.
//
// A number text is no number to nlohmann::json (`is_number()` is false), and its own dump() does not know it: use
// dump_exact().
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace waybill {

using Json = nlohmann::json;

inline constexpr std::uint8_t kNumberText = 110;  // 'n'

template <class AnyJson>
bool is_number_text(const AnyJson& value) {
  return value.is_binary() && value.get_binary().has_subtype() && value.get_binary().subtype() == kNumberText;
}

// REQUIRES: is_number_text(value).
template <class AnyJson>
std::string number_text_of(const AnyJson& value) {
  const auto& bytes = value.get_binary();
  return {bytes.begin(), bytes.end()};
}

inline Json make_number_text(std::string_view digits) {
  return Json::binary(std::vector<std::uint8_t>(digits.begin(), digits.end()), kNumberText);
}

// As JSON names the type: "number" also for a number text.
inline const char* json_type_name(const Json& value) { return is_number_text(value) ? "number" : value.type_name(); }

namespace exact_json {

// A number as its significant digits and the power of ten of the first of them.
struct Digits {
  std::string digits;  // without zeros at either end; "" for 0
  std::int64_t power = 0;

  bool operator==(const Digits& other) const { return digits == other.digits && power == other.power; }
};

// REQUIRES: the text is a JSON number. Exponents are held within what no length of a text makes up for.
inline Digits digits_of(std::string_view text) {
  constexpr std::int64_t kBeyond = 1'000'000'000;
  Digits result;
  std::int64_t exponent = 0;
  if (const std::size_t e = text.find_first_of("eE"); e != text.npos) {
    const bool minus = text[e + 1] == '-';
    for (const char c : text.substr(e + 1)) {
      if (c >= '0' && c <= '9' && exponent < kBeyond) exponent = exponent * 10 + (c - '0');
    }
    if (minus) exponent = -exponent;
    text = text.substr(0, e);
  }
  const std::size_t dot = text.find('.') == text.npos ? text.size() : text.find('.');
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] < '0' || text[i] > '9' || (text[i] == '0' && result.digits.empty())) continue;
    if (result.digits.empty()) {
      const auto place = static_cast<std::int64_t>(dot) - static_cast<std::int64_t>(i);
      result.power = exponent + (place > 0 ? place - 1 : place);
    }
    result.digits += text[i];
  }
  while (!result.digits.empty() && result.digits.back() == '0') result.digits.pop_back();
  return result;
}

// The number's text and that of the double are the same number.
inline bool holds(double value, std::string_view text) {
  constexpr std::size_t kAlways = 16;  // with a point: at most 15 digits, which every double reproduces
  if (text.size() <= kAlways && text.find_first_of("eE") == text.npos) return true;
  char shortest[32];
  const auto end = std::to_chars(shortest, shortest + sizeof shortest, value).ptr;
  return digits_of(text) == digits_of({shortest, static_cast<std::size_t>(end - shortest)});
}

// What nlohmann::json calls while it reads. Builds what Json::parse would, but for number texts.
class Builder {
 public:
  explicit Builder(Json& root) : root_(root) {}

  bool null() { return put(nullptr); }
  bool boolean(bool value) { return put(value); }
  bool number_integer(Json::number_integer_t value) { return put(value); }
  bool number_unsigned(Json::number_unsigned_t value) { return put(value); }
  bool number_float(Json::number_float_t value, const std::string& text) {
    return holds(value, text) ? put(value) : put(make_number_text(text));
  }
  bool string(std::string& value) { return put(std::move(value)); }
  bool binary(Json::binary_t&) { return false; }  // not in a text
  bool start_object(std::size_t) { return open(Json::object()); }
  bool key(std::string& name) {
    member_ = &(*open_.back())[name];
    return true;
  }
  bool end_object() { return close(); }
  bool start_array(std::size_t) { return open(Json::array()); }
  bool end_array() { return close(); }
  template <class Exception>
  bool parse_error(std::size_t, const std::string&, const Exception& error) {
    throw error;
  }

 private:
  Json& place(Json value) {
    Json* where = &root_;
    if (!open_.empty()) where = open_.back()->is_array() ? &open_.back()->emplace_back() : member_;
    *where = std::move(value);
    return *where;
  }
  bool put(Json value) {
    place(std::move(value));
    return true;
  }
  bool open(Json value) {
    open_.push_back(&place(std::move(value)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  Json& root_;
  std::vector<Json*> open_;  // arrays and objects that are not closed yet, outermost first
  Json* member_ = nullptr;   // of the innermost object: where its next value goes
};

template <class AnyJson>
bool has_number_text(const AnyJson& value) {
  if (!value.is_structured()) return is_number_text(value);
  for (const auto& element : value) {
    if (has_number_text(element)) return true;
  }
  return false;
}

// In the form of nlohmann's dump.
template <class AnyJson>
void append(const AnyJson& value, int indent, int level, std::string& out) {
  if (is_number_text(value)) {
    out += number_text_of(value);
    return;
  }
  if (!value.is_structured() || value.empty()) {
    out += value.dump();
    return;
  }
  const auto new_line = [&](int depth) {
    if (indent < 0) return;
    out += '\n';
    out.append(static_cast<std::size_t>(indent) * static_cast<std::size_t>(depth), ' ');
  };
  out += value.is_object() ? '{' : '[';
  bool first = true;
  for (auto element = value.begin(); element != value.end(); ++element) {
    if (!std::exchange(first, false)) out += ',';
    new_line(level + 1);
    if (value.is_object()) out += AnyJson(element.key()).dump() + (indent < 0 ? ":" : ": ");
    append(*element, indent, level + 1, out);
  }
  new_line(level);
  out += value.is_object() ? '}' : ']';
}

}  // namespace exact_json

// Throws nlohmann::json::exception as Json::parse does; out_of_range is a number beyond every double, such as 1e400.
inline Json parse_exact(std::string_view text) {
  Json root;
  exact_json::Builder builder(root);
  Json::sax_parse(text, &builder);
  return root;
}

// JSON text, number texts as numbers; `indent` as dump takes it. Throws on a string that is no UTF-8, as dump does.
template <class AnyJson>
std::string dump_exact(const AnyJson& value, int indent = -1) {
  if (!exact_json::has_number_text(value)) return value.dump(indent);
  std::string text;
  exact_json::append(value, indent, 0, text);
  return text;
}

}  // namespace waybill
