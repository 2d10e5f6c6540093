#include "pattern/engine/rule_keys.h"

#include <algorithm>

#include "pattern/engine/address_key.h"

namespace waybill::pattern {
namespace {

// How likely an event passes, beside how many rules ask for the same; only the order matters.
constexpr double kWhole = 1, kRare = 4, kPart = 8, kShortPart = 64, kRange = 32, kHalfRange = 20'000, kAny = 100'000;

double cost_of_part(std::size_t length) { return length >= 3 ? kPart : kShortPart; }
// Short texts tend to be one of a few: flags, units, states.
double cost_of_whole(std::size_t length) {
  if (length > 4) return kWhole;
  return length > 2 ? 1.5 * kPart : length > 1 ? 3 * kPart : kShortPart;
}

// The keys of one field's array of values.
class TestKeys {
 public:
  TestKeys(FieldId field, const KeyCounts& counts) : field_(field), counts_(counts) {}

  void add(const ValueList& values) {
    if (values.accepts_absence) key(Probe::absent, 0, 0, kAny);
    for (const Matcher& matcher : values.matchers) std::visit([this](const auto& one) { add(one); }, matcher);
  }

  std::vector<KeyedProbe> probes;
  double cost = 0;

 private:
  void key(Probe probe, std::uint64_t what, std::size_t length, double base, bool is_v6 = false) {
    const std::uint64_t key = index_key(field_, probe, what);
    probes.push_back({key, field_, static_cast<std::uint16_t>(length), probe, is_v6});
    cost += base + counts_.of(key);
  }
  void any() { key(Probe::any, 0, 0, kAny); }
  void text(Probe probe, std::string_view text, double base) {
    key(probe, hash_text(text.data(), text.size()), probe == Probe::text ? 0 : text.size(), base);
  }
  void front(Probe probe, std::string_view whole) {
    if (whole.empty()) return any();
    text(probe, whole.substr(0, LengthSet().add(whole.size())), cost_of_part(whole.size()));
  }
  void back(Probe probe, std::string_view whole) {
    if (whole.empty()) return any();
    text(probe, whole.substr(whole.size() - LengthSet().add(whole.size())), cost_of_part(whole.size()));
  }
  static std::string folded(const CaseFoldedText& text) {
    std::string key;
    append_case_key(text.lower(), key);
    return key;
  }

  void add(const ExactText& exact) { text(Probe::text, exact.text, cost_of_whole(exact.text.size())); }
  void add(const IpLiteral& ip) { key(Probe::address, address_hash(ip.address), 0, kRare); }
  void add(const ExactLiteral& literal) {
    key(Probe::literal, static_cast<std::uint64_t>(literal.kind), 0, kShortPart);
  }
  void add(const ExactNumber& number) {
    if (!number.value) return text(Probe::spelling, number.spelling, kRare);
    const std::uint64_t ordered = NumberBlock::ordered(*number.value);
    blocks(ordered, ordered, kRare);
  }
  void add(const Prefix& prefix) { front(Probe::prefix, prefix.text); }
  void add(const Suffix& suffix) { back(Probe::suffix, suffix.text); }
  void add(const EqualsIgnoreCase& whole) { text(Probe::folded, folded(whole.text), kRare); }
  void add(const PrefixIgnoreCase& prefix) { front(Probe::folded_prefix, folded(prefix.text)); }
  void add(const SuffixIgnoreCase& suffix) { back(Probe::folded_suffix, folded(suffix.text)); }
  void add(const Exists&) { any(); }
  void add(const AnythingBut&) { any(); }

  void add(const WildcardText& text_with_stars) {
    const std::vector<std::string>& literals = text_with_stars.wildcard.literals();
    if (literals.size() == 1) return text(Probe::text, literals.front(), cost_of_whole(literals.front().size()));
    const auto longest = std::max_element(literals.begin(), literals.end(), [](const auto& left, const auto& right) {
      return left.size() < right.size();
    });
    // What is known at an end needs one look-up, what may be anywhere one for each byte of the value.
    constexpr std::size_t kGoodEnd = 3;
    const bool is_inside = longest != literals.begin() && longest != literals.end() - 1;
    const std::string& first = literals.front();
    const std::string& last = literals.back();
    if (longest->empty()) return any();
    if (is_inside && std::max(first.size(), last.size()) < kGoodEnd && longest->size() >= kGoodEnd) {
      return text(Probe::piece, std::string_view(*longest).substr(0, kMaxPiece), cost_of_part(longest->size()));
    }
    if (first.empty() && last.empty()) {
      return text(Probe::piece, std::string_view(*longest).substr(0, kMaxPiece), kShortPart);
    }
    if (first.size() >= last.size()) return front(Probe::prefix, first);
    back(Probe::suffix, last);
  }

  void add(const NumericRange& range) {
    std::uint64_t first = 0;
    std::uint64_t last = UINT64_MAX;
    if (range.lower) first = NumberBlock::ordered(range.lower->value) + (range.lower->is_open ? 1 : 0);
    if (range.upper) last = NumberBlock::ordered(range.upper->value) - (range.upper->is_open ? 1 : 0);
    if (first <= last) blocks(first, last, first == last ? kRare : range.lower && range.upper ? kRange : kHalfRange);
  }
  void blocks(std::uint64_t first, std::uint64_t last, double base) {
    const int level = NumberBlock::level_for(first, last);
    for (std::uint64_t block = first >> level;; ++block) {
      key(Probe::number, NumberBlock::hash(level, block << level), static_cast<std::size_t>(level), base);
      if (block == last >> level) return;
    }
  }

  void add(const InCidr& in) {
    const IpAddress& base = in.block.base();
    const auto bits = static_cast<std::uint32_t>(in.block.mask_bits());
    key(Probe::block, block_hash(base, bits), bits, bits >= 8 ? kPart : kShortPart, base.size == 16);
  }

  FieldId field_;
  const KeyCounts& counts_;
};

}  // namespace

void KeyCounts::grow() {
  for (Row& row : rows_) {
    Row finer(row.size() * 2);
    for (std::size_t i = 0; i < finer.size(); ++i) finer[i] = row[i / 2];
    row = std::move(finer);
  }
  --shift_;
}

std::vector<KeyedProbe> RuleKeys::choose(const CompiledPattern& pattern, std::span<const FieldId> fields) const {
  std::vector<TestKeys> tests;
  for (std::size_t i = 0; i < pattern.tests.size(); ++i) {
    tests.emplace_back(fields[i], counts_);
    tests.back().add(pattern.tests[i].values);
    for (const KeyedProbe& probe : tests.back().probes) counts_.count(probe.key);
  }
  std::vector<bool> is_chosen(tests.size());
  for (const auto& reading : pattern.readings) {
    // A test that may be met by absence relies on the elements chosen before; only for the first there are none.
    std::uint32_t best = reading.front();
    for (const std::uint32_t test : reading) {
      if (pattern.tests[test].values.accepts_absence) continue;
      if (pattern.tests[best].values.accepts_absence || tests[test].cost < tests[best].cost) best = test;
    }
    is_chosen[best] = true;
  }
  std::vector<KeyedProbe> chosen;
  for (std::size_t i = 0; i < tests.size(); ++i) {
    if (is_chosen[i]) chosen.insert(chosen.end(), tests[i].probes.begin(), tests[i].probes.end());
  }
  const auto key_less = [](const KeyedProbe& left, const KeyedProbe& right) { return left.key < right.key; };
  const auto same_key = [](const KeyedProbe& left, const KeyedProbe& right) { return left.key == right.key; };
  std::sort(chosen.begin(), chosen.end(), key_less);
  chosen.erase(std::unique(chosen.begin(), chosen.end(), same_key), chosen.end());
  return chosen;
}

void plan_for(const KeyedProbe& probe, FieldPlan& plan) {
  plan.keys |= std::uint64_t{1} << (probe.key >> 58);
  plan.probes |= FieldPlan::bit(probe.probe);
  switch (probe.probe) {
    case Probe::prefix: plan.prefixes.add(probe.length); break;
    case Probe::suffix: plan.suffixes.add(probe.length); break;
    case Probe::folded_prefix: plan.folded_prefixes.add(probe.length); break;
    case Probe::folded_suffix: plan.folded_suffixes.add(probe.length); break;
    case Probe::piece: plan.piece_lengths |= 1u << probe.length; break;
    case Probe::number: plan.number_levels |= std::uint64_t{1} << probe.length; break;
    case Probe::block:
      if (probe.is_v6) {
        plan.block_bits_v6[probe.length / 64] |= std::uint64_t{1} << probe.length % 64;
      } else {
        plan.block_bits_v4 |= std::uint64_t{1} << probe.length;
      }
      break;
    default: break;
  }
}

}  // namespace waybill::pattern
