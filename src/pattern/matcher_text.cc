#include "pattern/matcher_text.h"

#include <charconv>

#include "base/json_text.h"

namespace waybill::pattern {
namespace {

constexpr std::size_t kMostShown = 120;

// As it is written in a pattern: a star that stands for itself has a backslash.
std::string with_stars(const Wildcard& wildcard) {
  std::string text;
  for (std::size_t i = 0; i < wildcard.literals().size(); ++i) {
    if (i > 0) text += '*';
    for (const char c : wildcard.literals()[i]) {
      if (c == '*' || c == '\\') text += '\\';
      text += c;
    }
  }
  return text;
}

std::string address_text(const IpAddress& address) {
  std::string text;
  char group[8];
  const int base = address.size == 4 ? 10 : 16;
  for (std::size_t i = 0; i < address.size; i += address.size == 4 ? 1 : 2) {
    const int value = address.size == 4 ? address.bytes[i] : address.bytes[i] * 256 + address.bytes[i + 1];
    const auto end = std::to_chars(group, group + sizeof group, value, base).ptr;
    text += (i == 0 ? "" : address.size == 4 ? "." : ":") + std::string(group, end);
  }
  return text;
}

class MatcherText {
 public:
  std::string operator()(const ExactText& exact) const { return quoted(exact.text); }
  std::string operator()(const IpLiteral& ip) const { return "the address " + address_text(ip.address); }
  std::string operator()(const ExactLiteral& literal) const {
    if (literal.kind == LeafKind::true_value) return "true";
    return literal.kind == LeafKind::false_value ? "false" : "null";
  }
  std::string operator()(const ExactNumber& number) const { return "the number " + number.spelling; }
  std::string operator()(const Prefix& prefix) const { return "text that begins with " + quoted(prefix.text); }
  std::string operator()(const Suffix& suffix) const { return "text that ends with " + quoted(suffix.text); }
  std::string operator()(const EqualsIgnoreCase& whole) const { return quoted(whole.text.lower()) + " in any case"; }
  std::string operator()(const PrefixIgnoreCase& prefix) const {
    return "text that begins with " + quoted(prefix.text.lower()) + " in any case";
  }
  std::string operator()(const SuffixIgnoreCase& suffix) const {
    return "text that ends with " + quoted(suffix.text.lower()) + " in any case";
  }
  std::string operator()(const WildcardText& text) const { return "text like " + quoted(with_stars(text.wildcard)); }
  std::string operator()(const NumericRange& range) const {
    std::string text = "a number";
    if (range.lower) text += (range.lower->is_open ? " > " : " >= ") + number_text(range.lower->value);
    if (range.lower && range.upper) text += " and";
    if (range.upper) text += (range.upper->is_open ? " < " : " <= ") + number_text(range.upper->value);
    return text;
  }
  std::string operator()(const InCidr& in) const {
    return "an address in " + address_text(in.block.base()) + "/" + std::to_string(in.block.mask_bits());
  }
  std::string operator()(const Exists&) const { return "any value"; }
  std::string operator()(const AnythingBut& but) const {
    std::string text = "anything but ";
    for (std::size_t i = 0; i < but.excluded.size(); ++i) {
      text += (i == 0 ? "" : ", ") + std::visit(*this, but.excluded[i]);
    }
    return text;
  }
};

}  // namespace

std::string quoted(std::string_view text) {
  std::string shown;
  if (text.size() <= kMostShown) {
    append_json_string(text, shown);
    return shown;
  }
  std::size_t cut = kMostShown;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
  append_json_string(text.substr(0, cut), shown);
  return shown + "… (" + std::to_string(text.size()) + " bytes)";
}

std::string text_of(const Leaf& leaf) {
  return leaf.kind == LeafKind::string ? quoted(leaf.text) : std::string(leaf.text.substr(0, kMostShown));
}

std::string number_text(double value) {
  char text[40];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

std::string text_of(const Matcher& matcher) { return std::visit(MatcherText{}, matcher); }

}  // namespace waybill::pattern
