#include "handlers/host/settled_record.h"

#include <utility>

#include "base/json_text.h"
#include "base/log.h"

namespace waybill {

namespace {

// The effects of a success, the item that tells of its failure, the same in a form that always fits.
constexpr int kMostOutcomes = 3;

// None: there is no other, or it could not be made.
std::optional<RecordOutcome> in_place_of(const RecordOutcome& refused, const std::string& refusal) {
  if (!refused.if_refused) return std::nullopt;
  try {
    RecordOutcome other = refused.if_refused(refusal);
    if (!is_valid_utf8(other.error)) other.error = valid_utf8(other.error);
    return other;
  } catch (const std::exception& error) {
    spdlog::error("a handler has no outcome for effects that were refused: {}", error.what());
  } catch (...) {
    spdlog::error("a handler has no outcome for effects that were refused");
  }
  return std::nullopt;
}

}  // namespace

SettledRecord settle_record(const EffectBuilder& effects, const EffectBuilder::Context& context, RecordOutcome record) {
  SettledRecord settled;
  settled.ok = record.ok;
  settled.retryable = record.retryable;
  settled.error = record.error;
  for (int outcomes = 1;; ++outcomes) {
    settled.lines = std::move(record.effects.logs);
    auto consequences = effects.build(context, record.effects);
    if (consequences) {
      settled.consequences = std::move(*consequences);
      return settled;
    }
    const std::string& refusal = consequences.error().message;
    settled.lines.push_back({LogLevel::error, "effects refused: " + refusal});
    if (settled.ok) {
      settled.ok = false;
      settled.error = refusal;
      settled.is_denied = consequences.error().code == ErrorCode::denied;
    }
    auto other = outcomes < kMostOutcomes ? in_place_of(record, refusal) : std::nullopt;
    if (!other) return settled;
    record = std::move(*other);
  }
}

}  // namespace waybill
