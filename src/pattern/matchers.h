// The operators of the pattern language: one small immutable type each, all with `bool accepts(const Leaf&)`.
//
// AWS: text operators match strings only, `numeric` and plain numbers match numbers only; true, false and null
// equal only themselves.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "pattern/case_folding.h"
#include "pattern/ip_address.h"
#include "pattern/leaf.h"
#include "pattern/wildcard.h"

namespace waybill::pattern {

// "text", {"exactly": "text"}.
struct ExactText {
  std::string text;
  bool accepts(const Leaf& leaf) const;
};

// "10.0.0.1": a plain string that is an IP literal equals every spelling of that address.
struct IpLiteral {
  IpAddress address;
  bool accepts(const Leaf& leaf) const;
};

// true, false, null.
struct ExactLiteral {
  LeafKind kind;
  bool accepts(const Leaf& leaf) const;
};

// A number: by value where both sides are comparable, else by spelling.
struct ExactNumber {
  std::string spelling;
  std::optional<double> value;
  bool accepts(const Leaf& leaf) const;
};

struct Prefix {
  std::string text;
  bool accepts(const Leaf& leaf) const;
};

struct Suffix {
  std::string text;
  bool accepts(const Leaf& leaf) const;
};

struct EqualsIgnoreCase {
  CaseFoldedText text;
  bool accepts(const Leaf& leaf) const;
};

struct PrefixIgnoreCase {
  CaseFoldedText text;
  bool accepts(const Leaf& leaf) const;
};

struct SuffixIgnoreCase {
  CaseFoldedText text;
  bool accepts(const Leaf& leaf) const;
};

struct WildcardText {
  Wildcard wildcard;
  bool accepts(const Leaf& leaf) const;
};

struct NumericRange {
  struct Bound {
    double value = 0;
    bool is_open = false;  // the bound itself is outside
  };
  std::optional<Bound> lower;
  std::optional<Bound> upper;
  bool accepts(const Leaf& leaf) const;
};

struct InCidr {
  CidrBlock block;
  bool accepts(const Leaf& leaf) const;
};

// {"exists": true}. ({"exists": false} is no matcher of a value: see ValueList.)
struct Exists {
  bool accepts(const Leaf&) const { return true; }
};

// {"anything-but": …}: any leaf that none of the excluded accepts, also null, booleans and other types.
struct AnythingBut {
  using Excluded = std::variant<ExactText, ExactNumber, Prefix, Suffix, EqualsIgnoreCase, WildcardText>;
  std::vector<Excluded> excluded;
  bool accepts(const Leaf& leaf) const;
};

using Matcher =
    std::variant<ExactText, IpLiteral, ExactLiteral, ExactNumber, Prefix, Suffix, EqualsIgnoreCase, PrefixIgnoreCase,
                 SuffixIgnoreCase, WildcardText, NumericRange, InCidr, Exists, AnythingBut>;

// The array of one field: it accepts a leaf if any of its matchers does.
struct ValueList {
  std::vector<Matcher> matchers;
  bool accepts_absence = false;  // holds {"exists": false}

  bool accepts(const Leaf& leaf) const;
};

}  // namespace waybill::pattern
