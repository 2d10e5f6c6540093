#include "pattern/engine/rule_matcher.h"

#include "pattern/case_folding.h"
#include "pattern/engine/address_key.h"

namespace waybill::pattern {

// One event's way through the index. In steps, each for everything at once, so that the processor fetches what the next
// step needs while this one goes on: with many rules, waiting for memory is most of the time.
class RuleMatcher::Search {
 public:
  Search(const RuleMatcher& matcher, Scratch& scratch, std::vector<RuleId>& matching)
      : matcher_(matcher), scratch_(scratch), matching_(matching) {}

  void run() {
    collect_keys();
    for (const std::uint64_t key : scratch_.keys) {
      matcher_.index_.for_each(key, [this](std::uint32_t rule) {
        if (!scratch_.is_new_candidate(rule)) return;
        scratch_.candidates.push_back(rule);
        __builtin_prefetch(&matcher_.rules_[rule]);
      });
    }
    for (const std::uint32_t rule : scratch_.candidates) {
      const auto* program = reinterpret_cast<const char*>(matcher_.rules_[rule].get());
      __builtin_prefetch(program);
      __builtin_prefetch(program + 64);
    }
    for (const std::uint32_t rule : scratch_.candidates) {
      const RuleProgram* program = matcher_.rules_[rule].get();
      if (program != nullptr && program->matches(scratch_)) matching_.push_back(program->id());
    }
  }

 private:
  void collect_keys() {
    for (std::size_t i = 0; i < scratch_.leaves.size(); ++i) {
      plan_ = &matcher_.plans_[scratch_.leaves[i].field];
      if (plan_->probes != 0) probe(scratch_.leaves[i], *plan_);
    }
    for (const FieldId field : matcher_.absences_) {
      if (scratch_.first_leaf(field) != SeenLeaf::kNone) continue;
      plan_ = &matcher_.plans_[field];
      look_up(field, Probe::absent, 0);
    }
  }

  void look_up(FieldId field, Probe probe, std::uint64_t what) {
    scratch_.look_up(*plan_, index_key(field, probe, what));
  }

  void probe(SeenLeaf& leaf, const FieldPlan& plan) {
    if (plan.has(Probe::any)) look_up(leaf.field, Probe::any, 0);
    switch (leaf.kind) {
      case LeafKind::string: probe_string(leaf, plan); break;
      case LeafKind::number: probe_number(leaf, plan); break;
      default:
        if (plan.has(Probe::literal)) look_up(leaf.field, Probe::literal, static_cast<std::uint64_t>(leaf.kind));
        break;
    }
  }

  // Whole strings have been looked up while the event was read.
  void probe_string(const SeenLeaf& leaf, const FieldPlan& plan) {
    const std::string_view text = leaf.view();
    if (plan.has(Probe::prefix)) probe_fronts(leaf.field, Probe::prefix, plan.prefixes, text);
    if (plan.has(Probe::suffix)) probe_backs(leaf.field, Probe::suffix, plan.suffixes, text);
    if (plan.has(Probe::piece)) probe_pieces(leaf.field, plan, text);
    constexpr std::uint32_t kAddresses = FieldPlan::bit(Probe::address) | FieldPlan::bit(Probe::block);
    if ((plan.probes & kAddresses) != 0) probe_address(leaf.field, plan, text);
    constexpr std::uint32_t kFolded =
        FieldPlan::bit(Probe::folded) | FieldPlan::bit(Probe::folded_prefix) | FieldPlan::bit(Probe::folded_suffix);
    if ((plan.probes & kFolded) != 0) probe_folded(leaf.field, plan, text);
  }

  void look_up_text(FieldId field, Probe probe, std::string_view text) {
    look_up(field, probe, hash_text(text.data(), text.size()));
  }
  void probe_fronts(FieldId field, Probe probe, const LengthSet& lengths, std::string_view text) {
    lengths.for_each(text.size(), [&](std::size_t length) { look_up_text(field, probe, text.substr(0, length)); });
  }
  void probe_backs(FieldId field, Probe probe, const LengthSet& lengths, std::string_view text) {
    lengths.for_each(text.size(),
                     [&](std::size_t length) { look_up_text(field, probe, text.substr(text.size() - length)); });
  }
  void probe_pieces(FieldId field, const FieldPlan& plan, std::string_view text) {
    for (std::size_t length = 1; length <= kMaxPiece; ++length) {
      if ((plan.piece_lengths >> length & 1) == 0) continue;
      for (std::size_t at = 0; at + length <= text.size(); ++at) {
        look_up_text(field, Probe::piece, text.substr(at, length));
      }
    }
  }

  void probe_address(FieldId field, const FieldPlan& plan, std::string_view text) {
    const std::optional<IpAddress> address = IpAddress::parse(text);
    if (!address) return;
    if (plan.has(Probe::address)) look_up(field, Probe::address, address_hash(*address));
    const auto probe_blocks = [&](std::uint64_t sizes, std::uint32_t first) {
      for (; sizes != 0; sizes &= sizes - 1) {
        const std::uint32_t bits = first + static_cast<std::uint32_t>(std::countr_zero(sizes));
        look_up(field, Probe::block, block_hash(*address, bits));
      }
    };
    if (address->size == 4) {
      probe_blocks(plan.block_bits_v4, 0);
    } else {
      probe_blocks(plan.block_bits_v6[0], 0);
      probe_blocks(plan.block_bits_v6[1], 64);
    }
  }

  void probe_folded(FieldId field, const FieldPlan& plan, std::string_view text) {
    scratch_.folded.clear();
    append_case_key(text, scratch_.folded);
    const std::string_view key = scratch_.folded;
    if (plan.has(Probe::folded)) look_up_text(field, Probe::folded, key);
    if (plan.has(Probe::folded_prefix)) probe_fronts(field, Probe::folded_prefix, plan.folded_prefixes, key);
    if (plan.has(Probe::folded_suffix)) probe_backs(field, Probe::folded_suffix, plan.folded_suffixes, key);
  }

  void probe_number(SeenLeaf& leaf, const FieldPlan& plan) {
    if (plan.has(Probe::spelling)) look_up_text(leaf.field, Probe::spelling, leaf.view());
    if (!plan.has(Probe::number) || !read_number(leaf)) return;
    const std::uint64_t number = NumberBlock::ordered(leaf.value);
    for (std::uint64_t levels = plan.number_levels; levels != 0; levels &= levels - 1) {
      look_up(leaf.field, Probe::number, NumberBlock::hash(std::countr_zero(levels), number));
    }
  }

  const RuleMatcher& matcher_;
  Scratch& scratch_;
  std::vector<RuleId>& matching_;
  const FieldPlan* plan_ = nullptr;  // of the field that is looked at
};

bool RuleMatcher::match(std::string_view event, Scratch& scratch, std::vector<RuleId>& matching) const {
  static const EventScan fastest = event_scans().front().scan;
  return match_by(fastest, event, scratch, matching);
}

bool RuleMatcher::match_by(EventScan scan, std::string_view event, Scratch& scratch,
                           std::vector<RuleId>& matching) const {
  matching.clear();
  if (event.empty() || event.size() >= UINT32_MAX) return false;
  scratch.begin(paths_.field_count(), rules_.size(), {&plans_, &index_});
  if (!scan(event, paths_, scratch)) return false;
  Search(*this, scratch, matching).run();
  return true;
}

void RuleMatcher::share() {
  paths_.share();
  plans_.share();
  index_.share();
  rules_.share();
}

std::size_t RuleMatcher::memory_bytes() const {
  return sizeof(RuleMatcher) + paths_.memory_bytes() + plans_.memory_bytes() + index_.memory_bytes() +
         rules_.memory_bytes() + program_bytes_;
}

}  // namespace waybill::pattern
