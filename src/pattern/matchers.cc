#include "pattern/matchers.h"

#include <algorithm>

#include "pattern/number.h"

namespace waybill::pattern {
namespace {

bool is_string(const Leaf& leaf) { return leaf.kind == LeafKind::string; }

}  // namespace

bool ExactText::accepts(const Leaf& leaf) const { return is_string(leaf) && leaf.text == text; }

bool IpLiteral::accepts(const Leaf& leaf) const { return is_string(leaf) && IpAddress::parse(leaf.text) == address; }

bool ExactLiteral::accepts(const Leaf& leaf) const { return leaf.kind == kind; }

bool ExactNumber::accepts(const Leaf& leaf) const {
  if (leaf.kind != LeafKind::number) return false;
  if (leaf.text == spelling) return true;
  return value && comparable_number(leaf.text) == value;
}

bool Prefix::accepts(const Leaf& leaf) const { return is_string(leaf) && leaf.text.starts_with(text); }

bool Suffix::accepts(const Leaf& leaf) const { return is_string(leaf) && leaf.text.ends_with(text); }

bool EqualsIgnoreCase::accepts(const Leaf& leaf) const { return is_string(leaf) && text.equals(leaf.text); }

bool PrefixIgnoreCase::accepts(const Leaf& leaf) const { return is_string(leaf) && text.is_prefix_of(leaf.text); }

bool SuffixIgnoreCase::accepts(const Leaf& leaf) const { return is_string(leaf) && text.is_suffix_of(leaf.text); }

bool WildcardText::accepts(const Leaf& leaf) const { return is_string(leaf) && wildcard.matches(leaf.text); }

bool NumericRange::accepts(const Leaf& leaf) const {
  if (leaf.kind != LeafKind::number) return false;
  const std::optional<double> value = comparable_number(leaf.text);
  if (!value) return false;
  if (lower && (*value < lower->value || (lower->is_open && *value == lower->value))) return false;
  return !upper || *value < upper->value || (!upper->is_open && *value == upper->value);
}

bool InCidr::accepts(const Leaf& leaf) const {
  if (!is_string(leaf)) return false;
  const std::optional<IpAddress> address = IpAddress::parse(leaf.text);
  return address && block.contains(*address);
}

bool AnythingBut::accepts(const Leaf& leaf) const {
  return std::none_of(excluded.begin(), excluded.end(), [&leaf](const Excluded& one) {
    return std::visit([&leaf](const auto& matcher) { return matcher.accepts(leaf); }, one);
  });
}

bool ValueList::accepts(const Leaf& leaf) const {
  return std::any_of(matchers.begin(), matchers.end(), [&leaf](const Matcher& one) {
    return std::visit([&leaf](const auto& matcher) { return matcher.accepts(leaf); }, one);
  });
}

}  // namespace waybill::pattern
