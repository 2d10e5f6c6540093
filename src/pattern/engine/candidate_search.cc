#include "pattern/engine/candidate_search.h"

#include "pattern/case_folding.h"
#include "pattern/engine/address_key.h"

namespace waybill::pattern {

void Scratch::look_ahead() {
  CandidateSearch search(*this);
  search.find_candidates();
  search.probe_leaves();
}

void CandidateSearch::probe_leaves() {
  for (; scratch_.probed_leaves < scratch_.leaves.size(); ++scratch_.probed_leaves) {
    SeenLeaf& leaf = scratch_.leaves[scratch_.probed_leaves];
    plan_ = &(*scratch_.ahead().plans)[leaf.field];
    if ((plan_->probes & ~FieldPlan::bit(Probe::text)) != 0) probe(leaf);
  }
}

void CandidateSearch::probe_absences(std::span<const FieldId> fields) {
  for (const FieldId field : fields) {
    if (scratch_.first_leaf(field) != SeenLeaf::kNone) continue;
    plan_ = &(*scratch_.ahead().plans)[field];
    look_up(field, Probe::absent, 0);
  }
}

void CandidateSearch::look_up(FieldId field, Probe probe, std::uint64_t what) {
  scratch_.look_up(*plan_, index_key(field, probe, what));
}

void CandidateSearch::probe(SeenLeaf& leaf) {
  if (plan_->has(Probe::any)) look_up(leaf.field, Probe::any, 0);
  switch (leaf.kind) {
    case LeafKind::string: probe_string(leaf); break;
    case LeafKind::number: probe_number(leaf); break;
    default:
      if (plan_->has(Probe::literal)) look_up(leaf.field, Probe::literal, static_cast<std::uint64_t>(leaf.kind));
      break;
  }
}

// Whole strings have been looked up while the event was read.
void CandidateSearch::probe_string(const SeenLeaf& leaf) {
  const std::string_view text = leaf.view();
  if (plan_->has(Probe::prefix)) probe_fronts(leaf.field, Probe::prefix, plan_->prefixes, text);
  if (plan_->has(Probe::suffix)) probe_backs(leaf.field, Probe::suffix, plan_->suffixes, text);
  if (plan_->has(Probe::piece)) probe_pieces(leaf.field, text);
  constexpr std::uint32_t kAddresses = FieldPlan::bit(Probe::address) | FieldPlan::bit(Probe::block);
  if ((plan_->probes & kAddresses) != 0) probe_address(leaf.field, text);
  constexpr std::uint32_t kFolded =
      FieldPlan::bit(Probe::folded) | FieldPlan::bit(Probe::folded_prefix) | FieldPlan::bit(Probe::folded_suffix);
  if ((plan_->probes & kFolded) != 0) probe_folded(leaf.field, text);
}

void CandidateSearch::look_up_text(FieldId field, Probe probe, std::string_view text) {
  look_up(field, probe, hash_text(text.data(), text.size()));
}
void CandidateSearch::probe_fronts(FieldId field, Probe probe, const LengthSet& lengths, std::string_view text) {
  lengths.for_each(text.size(), [&](std::size_t length) { look_up_text(field, probe, text.substr(0, length)); });
}
void CandidateSearch::probe_backs(FieldId field, Probe probe, const LengthSet& lengths, std::string_view text) {
  lengths.for_each(text.size(),
                   [&](std::size_t length) { look_up_text(field, probe, text.substr(text.size() - length)); });
}
void CandidateSearch::probe_pieces(FieldId field, std::string_view text) {
  for (std::size_t length = 1; length <= kMaxPiece; ++length) {
    if ((plan_->piece_lengths >> length & 1) == 0) continue;
    for (std::size_t at = 0; at + length <= text.size(); ++at) {
      look_up_text(field, Probe::piece, text.substr(at, length));
    }
  }
}

void CandidateSearch::probe_address(FieldId field, std::string_view text) {
  const std::optional<IpAddress> address = IpAddress::parse(text);
  if (!address) return;
  if (plan_->has(Probe::address)) look_up(field, Probe::address, address_hash(*address));
  const auto probe_blocks = [&](std::uint64_t sizes, std::uint32_t first) {
    for (; sizes != 0; sizes &= sizes - 1) {
      const std::uint32_t bits = first + static_cast<std::uint32_t>(std::countr_zero(sizes));
      look_up(field, Probe::block, block_hash(*address, bits));
    }
  };
  if (address->size == 4) {
    probe_blocks(plan_->block_bits_v4, 0);
  } else {
    probe_blocks(plan_->block_bits_v6[0], 0);
    probe_blocks(plan_->block_bits_v6[1], 64);
  }
}

void CandidateSearch::probe_folded(FieldId field, std::string_view text) {
  scratch_.folded.clear();
  append_case_key(text, scratch_.folded);
  const std::string_view key = scratch_.folded;
  if (plan_->has(Probe::folded)) look_up_text(field, Probe::folded, key);
  if (plan_->has(Probe::folded_prefix)) probe_fronts(field, Probe::folded_prefix, plan_->folded_prefixes, key);
  if (plan_->has(Probe::folded_suffix)) probe_backs(field, Probe::folded_suffix, plan_->folded_suffixes, key);
}

void CandidateSearch::probe_number(SeenLeaf& leaf) {
  if (plan_->has(Probe::spelling)) look_up_text(leaf.field, Probe::spelling, leaf.view());
  if (!plan_->has(Probe::number) || !read_number(leaf)) return;
  const std::uint64_t number = NumberBlock::ordered(leaf.value);
  for (std::uint64_t levels = plan_->number_levels; levels != 0; levels &= levels - 1) {
    look_up(leaf.field, Probe::number, NumberBlock::hash(std::countr_zero(levels), number));
  }
}

}  // namespace waybill::pattern
