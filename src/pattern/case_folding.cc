#include "pattern/case_folding.h"

#include <iterator>
#include <unordered_map>

#include "pattern/unicode.h"

namespace waybill::pattern {
namespace {

// Units first, first + step, … last, each with the same distances to its lower and upper case.
struct CaseRun {
  char16_t first;
  char16_t last;
  int step;
  int to_lower;
  int to_upper;
};

struct SpecialCase {
  char16_t unit;
  std::u16string_view lower;
  std::u16string_view upper;
};

#include "pattern/case_table.inc"

std::string utf8_of(std::u16string_view units) {
  std::string text;
  for (const char16_t unit : units) append_utf8(text, unit);
  return text;
}

char32_t moved(char32_t unit, int distance) { return static_cast<char32_t>(static_cast<int>(unit) + distance); }

// What becomes of every unit that has a case, in one direction.
using CaseMap = std::unordered_map<char32_t, std::string>;

CaseMap case_map(bool to_lower) {
  CaseMap map;
  for (const CaseRun& run : kCaseRuns) {
    for (char32_t unit = run.first; unit <= run.last; unit += static_cast<char32_t>(run.step)) {
      append_utf8(map[unit] = "", moved(unit, to_lower ? run.to_lower : run.to_upper));
    }
  }
  for (const SpecialCase& special : kSpecialCases) {
    map.try_emplace(special.unit, utf8_of(to_lower ? special.lower : special.upper));
  }
  return map;
}

std::string mapped(std::string_view text, const CaseMap& map) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    const auto found = map.find(next_code_point(text, at));
    result += found == map.end() ? text.substr(start, at - start) : std::string_view(found->second);
  }
  return result;
}

// Lower of upper of lower is the same for all spellings of a unit (a test looks at every one).
CaseMap make_key_map() {
  const CaseMap lower = case_map(true);
  const CaseMap upper = case_map(false);
  CaseMap keys;
  for (const auto& [unit, unused] : lower) {
    std::string text;
    append_utf8(text, unit);
    keys[unit] = mapped(mapped(mapped(text, lower), upper), lower);
  }
  return keys;
}

}  // namespace

CaseFoldedText::CaseFoldedText(std::string_view pattern) {
  for (std::size_t at = 0; at < pattern.size();) {
    const std::size_t start = at;
    const char32_t code_point = next_code_point(pattern, at);
    Unit unit{std::string(pattern.substr(start, at - start)), {}};
    unit.upper = unit.lower;
    for (const SpecialCase& special : kSpecialCases) {
      if (special.unit == code_point) unit = {utf8_of(special.lower), utf8_of(special.upper)};
    }
    for (const CaseRun& run : kCaseRuns) {
      if (code_point < run.first || code_point > run.last || (code_point - run.first) % run.step != 0) continue;
      unit = {};
      append_utf8(unit.lower, moved(code_point, run.to_lower));
      append_utf8(unit.upper, moved(code_point, run.to_upper));
    }
    units_.push_back(std::move(unit));
  }
}

std::size_t CaseFoldedText::match_front(std::string_view value) const {
  std::size_t at = 0;
  for (const Unit& unit : units_) {
    const std::string_view rest = value.substr(at);
    if (rest.starts_with(unit.lower)) {
      at += unit.lower.size();
    } else if (rest.starts_with(unit.upper)) {
      at += unit.upper.size();
    } else {
      return std::string_view::npos;
    }
  }
  return at;
}

void append_case_key(std::string_view text, std::string& out) {
  static const CaseMap keys = make_key_map();
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (static_cast<unsigned char>(c) < 0x80) {
      out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c);
      ++at;
      continue;
    }
    const std::size_t start = at;
    const auto found = keys.find(next_code_point(text, at));
    out += found == keys.end() ? text.substr(start, at - start) : std::string_view(found->second);
  }
}

std::string CaseFoldedText::lower() const {
  std::string text;
  for (const Unit& unit : units_) text += unit.lower;
  return text;
}

std::string CaseFoldedText::upper() const {
  std::string text;
  for (const Unit& unit : units_) text += unit.upper;
  return text;
}

bool CaseFoldedText::equals(std::string_view value) const { return match_front(value) == value.size(); }

bool CaseFoldedText::is_prefix_of(std::string_view value) const { return match_front(value) != std::string_view::npos; }

bool CaseFoldedText::is_suffix_of(std::string_view value) const {
  for (auto unit = units_.rbegin(); unit != units_.rend(); ++unit) {
    if (value.ends_with(unit->lower)) {
      value.remove_suffix(unit->lower.size());
    } else if (value.ends_with(unit->upper)) {
      value.remove_suffix(unit->upper.size());
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace waybill::pattern
