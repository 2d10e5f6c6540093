// Text compared without regard to case, as the service does it.
//
// AWS: each UTF-16 unit of the *pattern* may appear as its lower or its upper case (Java's Locale.ROOT; one unit
// may become several: "ß" also accepts "SS"), and as nothing else; the event is not folded. So it is asymmetric:
// "K" (Kelvin sign) accepts "k", but "k" does not accept the Kelvin sign; title-case letters do not accept
// themselves. Where the service's own matcher is wrong (characters beyond U+FFFF), they accept themselves.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace waybill::pattern {

class CaseFoldedText {
 public:
  explicit CaseFoldedText(std::string_view pattern);

  bool equals(std::string_view value) const;
  bool is_prefix_of(std::string_view value) const;
  bool is_suffix_of(std::string_view value) const;

  // The accepted text in lower, in upper case throughout.
  std::string lower() const;
  std::string upper() const;

 private:
  // The two spellings of one unit never start or end alike, so taking the first that fits is enough.
  struct Unit {
    std::string lower;
    std::string upper;
  };

  // How many bytes of `value` the units take from its start; npos if they do not fit.
  std::size_t match_front(std::string_view value) const;

  std::vector<Unit> units_;
};

// Appends a text that is the same for all texts that one CaseFoldedText accepts: for finding it in an index. Texts of
// different meaning may share it. Character by character, so prefixes and suffixes of a text have prefixes and suffixes
// of its key.
void append_case_key(std::string_view text, std::string& out);

}  // namespace waybill::pattern
