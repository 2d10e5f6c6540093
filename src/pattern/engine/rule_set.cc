#include "pattern/engine/rule_set.h"

#include <vector>

#include "pattern/compiled_pattern.h"

namespace waybill::pattern {
namespace {

// Few rules are indexed anew at once; of many, when as many are gone as are left.
constexpr std::size_t kFewRules = 256;

}  // namespace

void RuleSet::add(RuleId id, const Pattern& pattern) {
  remove(id);
  const std::shared_ptr<const CompiledPattern> compiled = pattern.share_compiled();
  std::vector<FieldId> fields;
  fields.reserve(compiled->tests.size());
  for (const FieldTest& test : compiled->tests) fields.push_back(current_.paths_.field_at(test.path.text()));
  current_.plans_.grow_to(current_.paths_.field_count());
  const auto program = RuleProgram::make(id, compiled, fields, RuleKeys(counts_).choose(*compiled, fields));

  std::uint32_t slot = 0;
  if (free_.empty()) {
    slot = static_cast<std::uint32_t>(current_.cells_.size());
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  enter(slot, program);
  slots_[id] = slot;
  current_.rule_count_ = slots_.size();
  current_.program_bytes_ += program->memory_bytes();
}

void RuleSet::enter(std::uint32_t slot, const std::shared_ptr<const RuleProgram>& program) {
  current_.cells_.grow_to(slot + 1);
  current_.cells_.edit(slot) = program->cell();
  current_.programs_.grow_to(slot + 1);
  current_.programs_.edit(slot) = program;
  for (const KeyedProbe& key : program->keys()) {
    const FieldPlan& known = current_.plans_[key.field];
    if (key.probe == Probe::absent && !known.has(Probe::absent)) current_.absences_.push_back(key.field);
    FieldPlan plan = known;
    plan_for(key, plan);
    if (!(plan == known)) current_.plans_.edit(key.field) = plan;
    current_.index_.add(key.key, slot);
  }
}

bool RuleSet::remove(RuleId id) {
  const auto found = slots_.find(id);
  if (found == slots_.end()) return false;
  current_.cells_.edit(found->second) = {};
  std::shared_ptr<const RuleProgram>& place = current_.programs_.edit(found->second);
  current_.program_bytes_ -= place->memory_bytes();
  place = nullptr;
  free_.push_back(found->second);
  slots_.erase(found);
  current_.rule_count_ = slots_.size();
  ++stale_;
  if (stale_ > slots_.size() && stale_ >= kFewRules) build_anew();
  return true;
}

void RuleSet::build_anew() {
  const RuleMatcher old = current_;
  std::vector<bool> used_fields(current_.paths_.field_count());
  for (const auto& [id, slot] : slots_) old.programs_[slot]->mark_fields(used_fields);
  current_.paths_.keep_only(used_fields);
  current_.index_ = {};
  current_.plans_ = {};
  current_.plans_.grow_to(current_.paths_.field_count());
  current_.absences_.clear();
  current_.cells_ = {};
  current_.programs_ = {};
  free_.clear();
  counts_ = {};
  stale_ = 0;
  for (auto& [id, slot] : slots_) {
    const std::shared_ptr<const RuleProgram> program = old.programs_[slot];
    slot = static_cast<std::uint32_t>(current_.cells_.size());
    for (const KeyedProbe& key : program->keys()) counts_.count(key.key);
    enter(slot, program);
  }
}

std::shared_ptr<const RuleMatcher> RuleSet::snapshot() {
  // Few are worth it at once: what is left of removed ones costs each event a little.
  if (stale_ > 0 && slots_.size() <= kFewRules) build_anew();
  current_.share();
  return std::make_shared<const RuleMatcher>(current_);
}

std::size_t RuleSet::memory_bytes() const {
  constexpr std::size_t kBytesOfSlot = 40;  // a node of the map, its bucket and what the allocator takes
  return current_.memory_bytes() + sizeof(RuleSet) + slots_.size() * kBytesOfSlot +
         free_.capacity() * sizeof(std::uint32_t) + counts_.memory_bytes();
}

}  // namespace waybill::pattern
