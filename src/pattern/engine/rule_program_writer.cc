// Writes a pattern down as a RuleProgram.
#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "pattern/engine/rule_program.h"

namespace waybill::pattern {

class RuleProgramWriter {
 public:
  explicit RuleProgramWriter(const CompiledPattern& pattern) : pattern_(pattern) {}

  void write(std::span<const FieldId> fields) {
    for (std::size_t i = 0; i < pattern_.tests.size(); ++i) {
      const ValueList& values = pattern_.tests[i].values;
      test_ = static_cast<std::uint32_t>(i);
      const auto first = static_cast<std::uint32_t>(ops_.size());
      for (std::size_t m = 0; m < values.matchers.size(); ++m) {
        matcher_ = static_cast<std::uint32_t>(m);
        std::visit([this](const auto& matcher) { add(matcher); }, values.matchers[m]);
      }
      tests_.push_back(
          {fields[i], first, static_cast<std::uint32_t>(ops_.size()) & 0x7FFFFFFF, values.accepts_absence});
    }
    for (const auto& reading : pattern_.readings) {
      readings_.push_back(static_cast<std::uint32_t>(reading.size()));
      for (const std::uint32_t test : reading) readings_.push_back(static_cast<std::uint32_t>(test));
    }
  }

  std::shared_ptr<const RuleProgram> make(RuleId id, std::shared_ptr<const CompiledPattern> pattern,
                                          std::span<const KeyedProbe> keys) const {
    const std::size_t body = sizeof(RuleProgram) + tests_.size() * sizeof(RuleProgram::Test) +
                             ops_.size() * sizeof(RuleProgram::Op) + readings_.size() * sizeof(std::uint32_t) +
                             texts_.size();
    const std::size_t keys_offset = (body + alignof(KeyedProbe) - 1) / alignof(KeyedProbe) * alignof(KeyedProbe);
    const std::size_t size = keys_offset + keys.size_bytes();
    auto* program = new (::operator new(size, RuleProgram::kAlignment)) RuleProgram(id);
    const auto destroy = [](const RuleProgram* one) {
      one->~RuleProgram();
      ::operator delete(const_cast<RuleProgram*>(one), RuleProgram::kAlignment);
    };
    program->key_count_ = static_cast<std::uint32_t>(keys.size());
    program->keys_offset_ = static_cast<std::uint32_t>(keys_offset);
    program->test_count_ = static_cast<std::uint32_t>(tests_.size());
    program->op_count_ = static_cast<std::uint32_t>(ops_.size());
    program->reading_count_ = static_cast<std::uint32_t>(pattern_.readings.size());
    program->reading_words_ = static_cast<std::uint32_t>(readings_.size());
    program->size_ = static_cast<std::uint32_t>(size);
    char* at = reinterpret_cast<char*>(program + 1);
    at = put(at, tests_.data(), tests_.size() * sizeof(RuleProgram::Test));
    at = put(at, ops_.data(), ops_.size() * sizeof(RuleProgram::Op));
    at = put(at, readings_.data(), readings_.size() * sizeof(std::uint32_t));
    put(at, texts_.data(), texts_.size());
    put(reinterpret_cast<char*>(program) + keys_offset, keys.data(), keys.size_bytes());
    if (keeps_pattern_) program->kept_ = std::move(pattern);
    return {program, destroy};
  }

 private:
  using Kind = RuleProgram::OpKind;

  static char* put(char* at, const void* from, std::size_t bytes) {
    if (bytes > 0) std::memcpy(at, from, bytes);
    return at + bytes;
  }

  void add_text(Kind kind, const std::string& text) {
    ops_.push_back({kind, 0, static_cast<std::uint32_t>(texts_.size()), static_cast<std::uint32_t>(text.size())});
    texts_ += text;
  }
  void add_number(double value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    texts_.append(bytes, sizeof bytes);
  }

  void add(const ExactText& exact) { add_text(Kind::text, exact.text); }
  void add(const Prefix& prefix) { add_text(Kind::prefix, prefix.text); }
  void add(const Suffix& suffix) { add_text(Kind::suffix, suffix.text); }
  void add(const Exists&) { ops_.push_back({Kind::any, 0, 0, 0}); }
  void add(const ExactLiteral& literal) {
    ops_.push_back({Kind::literal, static_cast<std::uint8_t>(literal.kind), 0, 0});
  }
  void add(const ExactNumber& number) {
    if (!number.value) return add_text(Kind::spelling, number.spelling);
    ops_.push_back({Kind::number, 0, static_cast<std::uint32_t>(texts_.size()), 0});
    add_number(*number.value);
  }
  void add(const NumericRange& range) {
    std::uint8_t flags = 0;
    if (range.lower) flags |= RuleProgram::kHasLower;
    if (range.lower && range.lower->is_open) flags |= RuleProgram::kLowerOpen;
    if (range.upper) flags |= RuleProgram::kHasUpper;
    if (range.upper && range.upper->is_open) flags |= RuleProgram::kUpperOpen;
    ops_.push_back({Kind::range, flags, static_cast<std::uint32_t>(texts_.size()), 0});
    add_number(range.lower ? range.lower->value : 0);
    add_number(range.upper ? range.upper->value : 0);
  }
  void add(const AnythingBut& but) {
    for (const AnythingBut::Excluded& excluded : but.excluded) {
      if (std::holds_alternative<EqualsIgnoreCase>(excluded)) return keep();
      const auto* text = std::get_if<WildcardText>(&excluded);
      if (text && !fits(*text)) return keep();
    }
    ops_.push_back({Kind::anything_but, 0, 0, static_cast<std::uint32_t>(but.excluded.size())});
    for (const AnythingBut::Excluded& excluded : but.excluded) {
      std::visit([this](const auto& matcher) { add(matcher); }, excluded);
    }
  }
  void add(const WildcardText& text) {
    const std::vector<std::string>& literals = text.wildcard.literals();
    if (!fits(text)) return keep();
    if (literals.size() == 1) return add_text(Kind::text, literals[0]);
    ops_.push_back(
        {Kind::wildcard, 0, static_cast<std::uint32_t>(texts_.size()), static_cast<std::uint32_t>(literals.size())});
    add_literal(literals.front());
    add_literal(literals.back());
    for (std::size_t i = 1; i + 1 < literals.size(); ++i) add_literal(literals[i]);
  }
  // The empty wildcard, which matches nothing, and lengths beyond 16 bits are left to the pattern.
  static bool fits(const WildcardText& text) {
    const std::vector<std::string>& literals = text.wildcard.literals();
    if (literals.size() == 1 && literals[0].empty()) return false;
    return std::all_of(literals.begin(), literals.end(), [](const auto& one) { return one.size() <= UINT16_MAX; });
  }
  void add_literal(const std::string& literal) {
    const auto length = static_cast<std::uint16_t>(literal.size());
    char bytes[sizeof length];
    std::memcpy(bytes, &length, sizeof length);
    texts_.append(bytes, sizeof bytes);
    texts_ += literal;
  }

  // Everything else is judged by the pattern's own matcher.
  template <class Other>
  void add(const Other&) {
    keep();
  }
  void keep() {
    keeps_pattern_ = true;
    ops_.push_back({Kind::kept, 0, matcher_, test_});
  }

  const CompiledPattern& pattern_;
  std::vector<RuleProgram::Test> tests_;
  std::vector<RuleProgram::Op> ops_;
  std::vector<std::uint32_t> readings_;
  std::string texts_;
  std::uint32_t test_ = 0;
  std::uint32_t matcher_ = 0;
  bool keeps_pattern_ = false;
};

std::shared_ptr<const RuleProgram> RuleProgram::make(RuleId id, std::shared_ptr<const CompiledPattern> pattern,
                                                     std::span<const FieldId> fields,
                                                     std::span<const KeyedProbe> keys) {
  RuleProgramWriter writer(*pattern);
  writer.write(fields);
  return writer.make(id, std::move(pattern), keys);
}

}  // namespace waybill::pattern
