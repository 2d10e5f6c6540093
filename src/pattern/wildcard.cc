#include "pattern/wildcard.h"

namespace waybill::pattern {

Result<Wildcard> Wildcard::parse(std::string_view text) {
  const auto fail = [](const char* reason, std::size_t at) {
    constexpr std::size_t kOpeningQuote = 1;
    return invalid(reason + std::to_string(at + kOpeningQuote));
  };
  Wildcard wildcard;
  wildcard.literals_.emplace_back();
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    if (text[at] == '*') {
      if (next == '*') return fail("Consecutive wildcard characters at pos ", at);
      wildcard.literals_.emplace_back();
    } else if (text[at] == '\\') {
      if (next != '*' && next != '\\') return fail("Invalid escape character at pos ", at);
      wildcard.literals_.back().push_back(next);
      ++at;
    } else {
      wildcard.literals_.back().push_back(text[at]);
    }
  }
  return wildcard;
}

bool Wildcard::matches(std::string_view value) const {
  const std::string& front = literals_.front();
  const std::string& back = literals_.back();
  if (literals_.size() == 1) return !front.empty() && value == front;
  if (value.size() < front.size() + back.size() || !value.starts_with(front) || !value.ends_with(back)) return false;
  value.remove_prefix(front.size());
  value.remove_suffix(back.size());
  // Taking each literal where it first occurs leaves the most room for the following ones.
  for (std::size_t i = 1; i + 1 < literals_.size(); ++i) {
    const std::size_t found = value.find(literals_[i]);
    if (found == std::string_view::npos) return false;
    value.remove_prefix(found + literals_[i].size());
  }
  return true;
}

}  // namespace waybill::pattern
