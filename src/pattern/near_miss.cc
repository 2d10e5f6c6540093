#include "pattern/near_miss.h"

#include <algorithm>
#include <charconv>

#include "base/edit_distance.h"
#include "pattern/matcher_text.h"
#include "pattern/number.h"

namespace waybill::pattern {
namespace {

constexpr std::size_t kMostCompared = 64;  // bytes; edit distance takes their square

std::string case_key(std::string_view text) {
  std::string key;
  append_case_key(text, key);
  return key;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first == text.npos ? "" : text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first);
}

bool is_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

const char* kind_name(LeafKind kind) {
  if (kind == LeafKind::string) return "a string";
  if (kind == LeafKind::number) return "a number";
  return kind == LeafKind::null_value ? "null" : "a boolean";
}

NearMiss far() { return {NearMiss::kFar, ""}; }
NearMiss other_kind(const Leaf& leaf, const char* wanted) {
  return {2, std::string("is ") + kind_name(leaf.kind) + ", not " + wanted};
}

class Misses {
 public:
  explicit Misses(const Leaf& leaf) : leaf_(leaf) {}

  NearMiss operator()(const ExactText& exact) const {
    if (is_string()) return near_miss(leaf_.text, exact.text);
    return leaf_.text == exact.text ? other_kind(leaf_, "a string") : far();
  }
  NearMiss operator()(const IpLiteral&) const {
    if (is_string() && !IpAddress::parse(leaf_.text)) return {8, "is no IP address"};
    return far();
  }
  NearMiss operator()(const ExactLiteral& literal) const {
    return is_string() && leaf_.text == text_of(Matcher(literal))
               ? other_kind(leaf_, leaf_.text.data()[0] == 'n' ? "null" : "a boolean")
               : far();
  }
  NearMiss operator()(const ExactNumber& number) const {
    if (is_string() && leaf_.text == number.spelling) return other_kind(leaf_, "a number");
    if (leaf_.kind == LeafKind::number && !comparable_number(leaf_.text)) return not_comparable();
    return far();
  }
  NearMiss operator()(const NumericRange&) const {
    if (is_string() && is_number(leaf_.text)) return other_kind(leaf_, "a number");
    if (leaf_.kind != LeafKind::number) return far();
    return comparable_number(leaf_.text) ? NearMiss{5, "is outside of that"} : not_comparable();
  }
  NearMiss operator()(const Prefix& prefix) const {
    return affix(prefix.text, case_key(leaf_.text).starts_with(case_key(prefix.text)), "begins");
  }
  NearMiss operator()(const Suffix& suffix) const {
    return affix(suffix.text, case_key(leaf_.text).ends_with(case_key(suffix.text)), "ends");
  }
  NearMiss operator()(const EqualsIgnoreCase& whole) const {
    return is_string() ? near_miss(case_key(leaf_.text), case_key(whole.text.lower())) : far();
  }
  NearMiss operator()(const InCidr&) const {
    if (!is_string()) return far();
    return IpAddress::parse(leaf_.text) ? NearMiss{5, "is an address outside of that block"}
                                        : NearMiss{8, "is no IP address"};
  }
  NearMiss operator()(const AnythingBut&) const { return {4, "is one of those"}; }
  template <class Other>
  NearMiss operator()(const Other&) const {
    return is_string() ? far() : other_kind_far();
  }

 private:
  bool is_string() const { return leaf_.kind == LeafKind::string; }
  static NearMiss not_comparable() {
    return {6, "has more digits than a double holds, and equals only the very same spelling"};
  }
  NearMiss other_kind_far() const { return {20, std::string("is ") + kind_name(leaf_.kind) + ", not a string"}; }
  NearMiss affix(std::string_view, bool is_so_but_for_case, const char* does) const {
    if (!is_string()) return other_kind_far();
    return is_so_but_for_case ? NearMiss{1, std::string(does) + " so but for its case"} : far();
  }

  const Leaf& leaf_;
};

}  // namespace

NearMiss near_miss(std::string_view text, std::string_view wanted) {
  // Folding the case makes a text at most three times as long: long ones that differ by more are not worth folding.
  const auto [shorter, longer] = std::minmax({trimmed(text).size(), trimmed(wanted).size()});
  if (longer > kMostCompared && longer > 3 * shorter) return far();
  if (case_key(text) == case_key(wanted)) return {1, "differs in case"};
  if (trimmed(text) == trimmed(wanted)) return {1, "differs in white space around it"};
  if (case_key(trimmed(text)) == case_key(trimmed(wanted))) return {2, "differs in case and in white space around it"};
  if (std::max(text.size(), wanted.size()) > kMostCompared) return far();
  if (std::max(text.size(), wanted.size()) - std::min(text.size(), wanted.size()) > 2) return far();
  const std::size_t edits = edit_distance(text, wanted);
  if (edits > 2 || edits * 3 > wanted.size()) return far();
  return {2 + static_cast<int>(edits), edits == 1 ? "differs in one character" : "differs in two characters"};
}

NearMiss near_miss(const Leaf& leaf, const Matcher& matcher) { return std::visit(Misses(leaf), matcher); }

}  // namespace waybill::pattern
